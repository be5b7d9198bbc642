package check

import (
	"fmt"
	"slices"
	"strings"

	"bythebook/runbook"
)

// destroyers are the commands that take away what is hard to bring back, or
// lead users elsewhere: programs, and the arguments that do it, bars between.
var destroyers = eachName(map[string]string{
	"aws": "delete-*|terminate-*|s3 rm|s3 rb|s3 sync --delete|deregister-*|release-address|detach-volume|restore-*|failover-*|promote-*|change-resource-record-sets|revoke-*|purge-*|reset-*|" +
		"update-service --desired-count 0|update-auto-scaling-group --desired-capacity 0|set-desired-capacity --desired-capacity 0",
	"kubectl oc": "delete|drain|replace --force|scale --replicas=0|scale --replicas 0",
	"helm":       "uninstall|delete|upgrade --force",
	"gcloud":     "delete|failover|restore*|promote-replica|record-sets create|record-sets update|record-sets transaction",
	"az":         "delete|purge|failover*|restore|record-set",
	"oci ibmcloud doctl heroku fly flyctl hcloud openstack linode-cli scw exo": "delete|destroy|terminate|failover|*:destroy|*:reset",
	"terraform tofu pulumi":  "destroy|taint|apply -auto-approve|apply --auto-approve|apply -replace*|state rm|up --yes",
	"vault consul etcdctl":   "delete|destroy|del|snapshot restore|kv delete",
	"nomad":                  "stop -purge|job stop -purge",
	"git":                    "push --force*|push -f|reset --hard|clean -*",
	"docker podman":          "rm|rmi|prune|volume rm|down -v|down --volumes",
	"patronictl repmgr":      "failover|switchover|reinit|promote",
	"pg_ctl pg_ctlcluster":   "promote",
	"pg_restore":             "--clean|-c",
	"redis-cli":              "flushall|FLUSHALL|flushdb|FLUSHDB|failover|FAILOVER",
	"rabbitmqctl":            "reset|force_reset|delete_*|purge_*",
	"rsync":                  "--delete*",
	"zfs zpool btrfs":        "destroy|rollback|subvolume delete",
	"virsh":                  "destroy|undefine",
	"iptables ip6tables nft": "-F|--flush|flush",
	"dropdb dropuser mkfs wipefs shred fdisk sgdisk lvremove vgremove pvremove userdel shutdown reboot poweroff halt nsupdate": "",
	"mkfs.ext4 mkfs.xfs mkfs.btrfs": "",
	"dd":                            "of=/dev/*",
})

// eachName spreads a table whose keys are several names, blanks between.
func eachName[T any](table map[string]T) map[string]T {
	spread := map[string]T{}
	for names, row := range table {
		for _, name := range strings.Fields(names) {
			spread[name] = row
		}
	}
	return spread
}

// clients are programs that hand SQL to a database, and sql what in it destroys.
var (
	clients = setOf("psql mysql mariadb sqlite3 sqlcmd cockroach clickhouse-client")
	sql     = compiled(`(?i)\b(drop\s+(table|database|schema|role|user|index|view|column|tablespace)|truncate\s+\w|delete\s+from|pg_promote|pg_terminate_backend|pg_drop_replication_slot|reset\s+(slave|replica|master))`)
)

// findDestructive is LS17. What an inject breaks is its purpose, and has a
// check of its own. A target that must be typed first is a warning too.
func findDestructive(s *subject) {
	s.eachStep(func(sc *scene, st *step) {
		if st.Procedure == runbook.Inject {
			return
		}
		path, what := st.destroys()
		mild := st.Effect == runbook.None || st.Effect == runbook.Read
		switch {
		case what == "":
		case mild && st.Kind.Commands():
			s.report(path, fmt.Sprintf("%s, and the step says `effect: %s`", what, st.Effect), "say `effect: change`, or `final` where it cannot be undone")
		case st.Warning == "" && st.Rollback == "" && len(st.Approve) == 0 && st.Aim == "":
			s.report(path, what+", and the step has no warning, no approval and no rollback", "")
		}
	})
}

// destroys is where a step does what is hard to undo, and what that is; "" for
// nothing.
func (st *step) destroys() (path, what string) {
	for _, sh := range st.scripts {
		for _, c := range sh.calls {
			if c.destroys() {
				return sh.path, "`" + c.String() + "` is hard to undo"
			}
		}
		if slices.ContainsFunc(sh.calls, call.asksDatabase) {
			if m := sql().FindString(sh.text); m != "" {
				return sh.path, "`" + strings.Join(strings.Fields(m), " ") + "` is hard to undo"
			}
		}
	}
	if st.Kind == runbook.Manual {
		if m := drastic.submatch(st.prose.plain); m != nil {
			words := strings.Join(strings.Fields(m[2]), " ")
			return st.at("do"), "\"" + words + "\" is hard to undo"
		}
	}
	if st.Effect == runbook.Final {
		return st.at("effect"), "this cannot be undone"
	}
	return "", ""
}

func (c call) asksDatabase() bool { return clients[c.name] }

func (c call) destroys() bool {
	if slices.ContainsFunc(c.args, func(a string) bool { return strings.HasPrefix(a, "--dry-run") }) {
		return false
	}
	if c.name == "rm" {
		return slices.ContainsFunc(c.operands(nil), lasting)
	}
	does, known := destroyers[c.name]
	return known && (does == "" || c.hasAny(does))
}

// lasting reports whether a file is worth a thought before it is removed: not
// what was made to be thrown away.
func lasting(file string) bool {
	for _, prefix := range []string{"/tmp/", "/var/tmp/", "$TMPDIR/", "/run/", "/var/run/", "/dev/shm/"} {
		if strings.HasPrefix(file, prefix) {
			return false
		}
	}
	for _, suffix := range []string{".lock", ".pid", ".tmp", ".sock"} {
		if strings.HasSuffix(file, suffix) {
			return false
		}
	}
	return !strings.HasPrefix(file, "-")
}

// drastic are instructions to a person that are hard to take back.
var drastic = phrase("delete|destroy|terminate|drop|wipe|purge|erase|recreate|overwrite|truncate|deregister|promote|force|restore|fail|change|update|switch|edit|point|reroute|modify",
	`(?im)(^|[.;:!,]\s+|\b(?:and|then|to|or)\s+)((?:delete|destroy|terminate|drop|wipe|purge|erase|recreate|overwrite|truncate|deregister|promote|force)\s+(?:(?:the|a|an|all|every)\s+)?\w+(?:\s+\w+)?`+
		`|restore\s+(?:\w+\s+){0,5}(?:snapshot|backup|dump|database|data|volume)|fail\s*over\s+(?:to\s+)?(?:(?:the|a|an)\s+)?\w+`+
		`|(?:change|update|switch|edit|point|reroute|repoint|modify)\s+(?:[\w.'-]+\s+){0,6}?(?:dns|records?|cname|route)\b)`)
