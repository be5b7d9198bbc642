package check

import (
	"fmt"
	"slices"
	"strings"
)

// A prone program stops for a person, or never ends, unless it is told not to.
type prone struct {
	names   string // programs, blanks between
	when    string // the arguments with which it does, bars between; "" is always
	unless  string // the arguments that spare it
	quiet   bool   // it only does so when what it prints goes to the terminal
	unfed   bool   // it only does so when it reads from the terminal
	message string
	mend    string
}

const (
	forKeys   = "fills the screen and waits for keys"
	forAnswer = "stops and asks before it goes on"
	forever   = "never ends by itself"
	forPager  = "may put its output into a pager, which waits for keys"
)

// prones is the closed set of them.
var prones = []prone{
	{names: "less more most vi vim nvim nano emacs htop mc tmux screen visudo vipw", message: forKeys, mend: "print with `cat`, or change the file with a command"},
	{names: "top", unless: "-b*", message: forKeys, mend: "`top -b -n 1` prints once"},
	{names: "man", quiet: true, message: forPager, mend: "leave it out: a manual is for before"},
	{names: "crontab", when: "-e", message: forKeys, mend: "`crontab FILE` sets it from a file"},
	{names: "kubectl oc", when: "edit", message: forKeys, mend: "`kubectl patch` or `kubectl apply` says the change itself"},
	{names: "git", when: "log|diff|show|branch|tag|stash list|blame|reflog", unless: "--no-pager", quiet: true, message: forPager, mend: "`git --no-pager ...`"},
	{names: "git", when: "commit", unless: "-m|-m*|-am|--message*|-F|--file*|--no-edit|-C", message: "opens an editor", mend: "give the message with `-m`"},
	{names: "git", when: "rebase -i|rebase --interactive|add -p|add -i", message: forAnswer, mend: "say what to do in the command itself"},
	{names: "systemctl", when: "status|list-*|show|cat", unless: "--no-pager", quiet: true, message: forPager, mend: "`systemctl --no-pager ...`"},
	{names: "journalctl", unless: "--no-pager|-f|--follow|--vacuum*|--disk-usage|--rotate|--flush|--sync", quiet: true, message: forPager, mend: "`journalctl --no-pager ...`"},
	{names: "psql", unless: "-At*|-tA*|-XAt*|-XtA*|-qAt*|-A|-t|--csv|-P pager*|-Ppager*|--pset pager*|--pset=pager*|-o*|--output*", quiet: true, message: forPager, mend: "`psql -P pager=off ...`"},
	{names: "aws", unless: "--no-cli-pager", quiet: true, message: forPager, mend: "`aws --no-cli-pager ...`, or an empty `AWS_PAGER`"},
	{names: "apt-get apt", when: "install|remove|purge|upgrade|dist-upgrade|full-upgrade|autoremove", unless: "-y*|--yes|--assume-yes|-qq*|-qy|-s|--dry-run", message: forAnswer, mend: "`-y`"},
	{names: "yum dnf", when: "install|remove|erase|update|upgrade|downgrade|reinstall", unless: "-y*|--assumeyes", message: forAnswer, mend: "`-y`"},
	{names: "zypper", when: "install|in|remove|rm|update|up", unless: "-n|--non-interactive|-y", message: forAnswer, mend: "`zypper --non-interactive ...`"},
	{names: "pacman", when: "-S*|-R*|-U*", unless: "--noconfirm", message: forAnswer, mend: "`--noconfirm`"},
	{names: "terraform tofu", when: "apply|destroy", unless: "-auto-approve|--auto-approve|apply ?", message: forAnswer, mend: "apply a saved plan, or `-auto-approve`"},
	{names: "gcloud", when: "delete|failover|restore-backup|promote-replica", unless: "--quiet|-q", message: forAnswer, mend: "`--quiet`"},
	{names: "az", when: "delete", unless: "--yes|-y", message: forAnswer, mend: "`--yes`"},
	{names: "scp sftp", unless: "-oBatchMode=yes|-o BatchMode=yes|-Bo BatchMode=yes|-B", message: "may ask for a password or about a new host", mend: "`-o BatchMode=yes` makes it fail instead"},
	{names: "ssh-keygen", unless: "-N*|-l*|-y*|-F*|-R*|-Y*|-A", message: forAnswer, mend: "say the file with `-f` and the passphrase with `-N`"},
	{names: "passwd", message: forAnswer, mend: "set it from a file with `chpasswd`"},
	{names: "mysql mariadb", when: "-p|--password", message: forAnswer, mend: "take the password from an options file (`--defaults-extra-file`)"},
	{names: "rm cp mv", when: "-i|-ri|-ir", message: forAnswer, mend: "leave `-i` out"},
	{names: "tail", when: "-f*|-F*|-nf|--follow*", quiet: true, message: forever, mend: "`tail -n 50`, or an `until` step that waits for the line"},
	{names: "journalctl", when: "-f|--follow", message: forever, mend: "`journalctl --no-pager -n 50`, or an `until` step that waits for the line"},
	{names: "kubectl oc docker podman", when: "logs -f|logs --follow|get -w|get --watch", message: forever, mend: "leave the following out, or wait in an `until` step"},
	{names: "ping", unless: "-c*|-w*|--count*", message: forever, mend: "`ping -c 3`"},
	{names: "watch", message: forever, mend: "an `until` step looks again and again, and ends"},
	{names: "yes", quiet: true, message: forever, mend: "give the program its own option for this"},
	{names: "read", unfed: true, message: "waits for somebody to type a value", mend: "ask for the value under `inputs`"},
}

// proneTo are their rows by program.
var proneTo = byProgram(prones)

func byProgram(rows []prone) map[string][]prone {
	by := map[string][]prone{}
	for _, row := range rows {
		for _, name := range strings.Fields(row.names) {
			by[name] = append(by[name], row)
		}
	}
	return by
}

// batch is what keeps ssh from asking.
const batch = "-oBatchMode=yes|-o BatchMode=yes"

// findPrompts is LS23.
func findPrompts(s *subject) {
	s.eachStep(func(sc *scene, st *step) {
		if st.Opens != "" {
			return // it is there to be typed into
		}
		for _, sh := range st.scripts {
			for _, c := range sh.calls {
				s.reportPrompt(sh, c, st)
			}
			s.reportHidden(sh, st)
		}
	})
	for _, sh := range s.procedures().probes {
		for _, c := range sh.calls {
			s.reportPrompt(sh, c, nil)
		}
	}
}

func (s *subject) reportPrompt(sh *script, c call, st *step) {
	if c.name == "ssh" && len(c.operands(sshValued)) > 1 && !c.hasAny(batch) {
		s.report(sh.path, "`ssh` may ask for a password or about a new host, and waits", "`ssh -o BatchMode=yes ...` makes it fail instead")
		return
	}
	for _, p := range proneTo[c.name] {
		if p.hits(c) && !spared(c, st) {
			s.report(sh.path, fmt.Sprintf("`%s` %s", c, p.message), p.mend)
			return
		}
	}
}

// hits reports whether a call is one of these.
func (p prone) hits(c call) bool {
	switch {
	case p.when != "" && !c.hasAny(p.when), c.hasAny(p.unless):
	case p.message == forever && c.limited, p.quiet && c.hidden, p.unfed && (c.fed || c.looped || c.inside):
	default:
		return true
	}
	return false
}

// spared reports whether a variable turns the pager off for this call.
func spared(c call, st *step) bool {
	names := slices.Clone(c.prefix)
	if st != nil {
		for _, e := range st.In.Env {
			names = append(names, e.ID)
		}
	}
	return slices.ContainsFunc(names, func(n string) bool { return strings.HasSuffix(n, "PAGER") })
}

// filters are programs that succeed on whatever they are given, also nothing.
var filters = setOf("jq yq head tail sort uniq tee awk gawk sed cut tr wc column less more xargs tac nl fold fmt rev paste base64 tsort")

// harmless are programs whose own failure nobody needs to hear of.
var harmless = setOf("echo printf cat true yes seq head tail sort sed awk cut tr ls env date history jq du df ps lsof ss netstat find dmesg journalctl stat")

// reportHidden reports a pipeline whose status says nothing of the program
// that matters, where nothing looks at its output either.
func (s *subject) reportHidden(sh *script, st *step) {
	if sh.wants.Text() || sh.minds {
		return
	}
	for _, p := range sh.pipes {
		if p.from != "" && !harmless[p.from] && filters[p.to] && !p.captured && !slices.Contains(p.last, "-e") {
			s.report(sh.path, fmt.Sprintf("`%s | %s` succeeds also when `%s` fails: a pipeline's status is its last program's", p.from, p.to, p.from),
				"say in `expect` what the output must hold, or put `set -o pipefail` before it")
			return
		}
	}
}
