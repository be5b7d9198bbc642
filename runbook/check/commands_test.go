package check

import (
	"slices"
	"strings"
	"testing"

	"bythebook/runbook"
)

// found are the findings of some codes in a playbook, as "CODE message".
func found(book *runbook.Playbook, codes ...string) []string {
	var got []string
	for _, f := range Run(book, runbook.Copy{}, Facts{}) {
		for _, code := range codes {
			if f.Code == code {
				got = append(got, f.Code+" "+f.Message)
			}
		}
	}
	return got
}

// running is a playbook of one step that runs a command. It has two values
// from outside: the input GIVEN, and SEEN, which another step captures.
func running(command string) *runbook.Playbook {
	return &runbook.Playbook{
		Tools:  strings.Fields("aws apt-get curl dig docker git jq kubectl psql ssh sudo systemctl terraform"),
		Inputs: []runbook.Input{{Name: "GIVEN"}},
		Scenarios: []runbook.Scenario{{ID: "down", Steps: []runbook.Step{
			{ID: "see", Procedure: runbook.Recovery, Kind: runbook.Run, Run: "echo 1", Capture: []runbook.Capture{{Name: "SEEN", Line: 1}}},
			{ID: "step", Procedure: runbook.Recovery, Kind: runbook.Run, Run: command, Warning: "Careful."},
		}}},
	}
}

// ofCommands are the checks that look at the text of a command.
var ofCommands = strings.Fields("LS01 LS05 LS06 LS08 LS13 LS14 LS17 LS23 LS24 LS25 LS26")

func TestCommandsWithFaults(t *testing.T) {
	for _, tt := range []struct{ name, command, want string }{
		{"an open quote", `echo "a`, "LS25 a shell cannot read this: line 1: reached EOF without closing quote `\"`"},
		{"an open here-document", "cat <<EOF\na\n", "LS25 a shell cannot read this: line 1: unclosed here-document `EOF`"},
		{"an open branch", "if true; then\n  date\n", "LS25 a shell cannot read this: line 1: `if` statement must end with `fi`"},
		{"a last backslash", "date \\\n", "LS25 it ends in a backslash, which asks for one more line"},
		{"Windows' line ends", "date\r\nuptime\r\n", "LS25 its lines end as Windows ends them, and a shell takes the carriage return for a part of the last word"},
		{"a no-break space", "echo\u00a0hi", "LS25 it holds a no-break space (\u00a0) where a shell wants the plain character"},
		{"curly quotes", "echo “x y”", "LS25 it holds a curly quote (“) where a shell wants the plain character"},
		{"a dash", "ls –l", "LS25 it holds a dash instead of a hyphen (–) where a shell wants the plain character"},
		{"everything", "sudo rm -rf /", "LS25 `rm` deletes `/`, which is everything"},
		{"maybe everything", `rm -r -f "$GIVEN/"*`, "LS25 `rm` deletes `$GIVEN/*`: with an empty `$GIVEN` that begins at the root"},
		{"a bare value", "echo $SEEN", "LS25 `$SEEN` stands without quotes: a blank or a star in its value makes other arguments of it"},
		{"a second shell", `bash -c "echo $GIVEN"`, "LS25 `$GIVEN` becomes part of the text that a second shell reads: whatever its value holds is run there"},
		{"a far shell", `ssh -o BatchMode=yes host "cat ${GIVEN}"`, "LS25 `$GIVEN` becomes part of the text that the shell at the other end reads: whatever its value holds is run there"},
		{"a far shell's script", "ssh -o BatchMode=yes host bash <<EOF\ncat $GIVEN\nEOF", "LS25 `$GIVEN` becomes part of the text that the shell at the other end reads: whatever its value holds is run there"},
		{"what was loaded", "curl -fsS https://example.com/x | sudo bash", "LS25 what `curl` loads is run by `bash` unseen, and another time it may be something else"},
		{"an older command", `echo "done !date"`, "LS25 a person who types this runs an older command in the place of `!date`"},
		{"exit", "test -e /x || exit 1", "LS25 `exit` ends the terminal that the next steps need"},
		{"exec", "exec date", "LS25 `exec` puts a program in the place of the terminal's shell, and with it the next steps lose their terminal"},
		{"set -e", "set -euo pipefail", "LS25 `set -e` ends the terminal at the first command that fails, in this step or a later one"},
		{"trap", "trap 'echo bye' EXIT", "LS25 `trap ... EXIT` acts when the terminal ends, not when this step does"},
		{"the background", "sleep 100 &", "LS25 `&` leaves something running: its status is nobody's, and what it prints lands among later steps' output"},

		{"a pager", "git log", "LS23 `git log` may put its output into a pager, which waits for keys"},
		{"a far pager", "ssh -o BatchMode=yes host journalctl -u web", "LS23 `journalctl -u web` may put its output into a pager, which waits for keys"},
		{"a client's pager", "psql -c 'select 1'", "LS23 `psql -c select 1` may put its output into a pager, which waits for keys"},
		{"a screen", "sudo vi /etc/hosts", "LS23 `vi /etc/hosts` fills the screen and waits for keys"},
		{"a question", "sudo apt-get install jq", "LS23 `apt-get install jq` stops and asks before it goes on"},
		{"a password", "ssh host date", "LS23 `ssh` may ask for a password or about a new host, and waits"},
		{"a value by hand", "read -p Name: X", "LS23 `read -p Name: X` waits for somebody to type a value"},
		{"no end", "tail -f /var/log/web", "LS23 `tail -f /var/log/web` never ends by itself"},
		{"a hidden failure", "curl -fsS http://localhost/ | jq .", "LS23 `curl | jq` succeeds also when `curl` fails: a pipeline's status is its last program's"},

		{"a failure hidden twice", "curl -fsS http://localhost/ | jq . | head", "LS23 `curl | jq` succeeds also when `curl` fails: a pipeline's status is its last program's"},

		{"two commands", "date\nuptime", "LS01 one step runs `date` and `uptime`: one status stands for both"},
		{"a folder", "cd /srv && date", "LS01 `cd` and `date` stand in one step, and the next steps stay in that folder"},
		{"a prompt", "$ date", "LS05 the command begins with a prompt, `$`, which a shell takes for a program"},
		{"somebody's prompt", "ann@web:~$ date", "LS05 the command begins with a prompt, `ann@web:~$`, which a shell takes for a program"},
		{"an address", "curl -fsS http://10.0.3.17:8080/", "LS06 `10.0.3.17` is the address of one machine, and another one the next time"},
		{"an id", "echo i-0a1b2c3d4e5f67890", "LS06 `i-0a1b2c3d4e5f67890` is the id of one instance, and another one the next time"},
		{"a moment", "restore --to 2026-11-20T10:00:00Z", "LS06 `2026-11-20T10:00` is one moment, and another one the next time"},
		{"elsewhere", "ssh -i key -p 22 ann@host", "LS08 `ssh -i key -p 22 ann@host` goes somewhere else and stays there, and the next steps do not say where they run"},
		{"somebody else", "sudo -i", "LS08 `sudo -i` goes somewhere else and stays there, and the next steps do not say where they run"},
		{"a container", "docker exec -it web bash", "LS08 `docker exec -it web bash` goes somewhere else and stays there, and the next steps do not say where they run"},
		{"alternatives", "date\n# or, on a Mac\nuptime", "LS13 `# or`: two commands stand here as alternatives, and a shell runs both"},
		{"a loop without end", "until curl -fsS http://localhost/; do sleep 5; done", "LS14 the loop sleeps until something comes true, and nothing says how long at most"},
		{"an undeclared tool", "frobnicate now", "LS24 the commands need `frobnicate`, which `tools` does not name"},
		{"an undeclared script", "./scripts/x.sh", "LS24 `./scripts/x.sh` is run, and is not among `files`"},
		{"the latest", "docker pull web:latest", "LS26 `web:latest` is another version on another day, and maybe the one that failed"},
		{"the newest", "git -C /srv pull", "LS26 `git pull` brings whatever is newest on its branch, and maybe what failed"},
		{"a branch", "git checkout main", "LS26 `main` is whatever is newest, and maybe what failed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := found(running(tt.command), ofCommands...)
			if !slices.Contains(got, tt.want) {
				t.Errorf("%s\nfinds\n  %s\nand not\n  %s", tt.command, strings.Join(got, "\n  "), tt.want)
			}
		})
	}
}

// TestGoodCommands: a false alarm costs the true ones their reader.
func TestGoodCommands(t *testing.T) {
	for _, command := range []string{
		`curl -fsS "http://$GIVEN/"`,
		"sudo systemctl restart nginx",
		`aws --no-cli-pager ec2 wait instance-running --instance-ids "$SEEN"`,
		"ID=$(aws --output text ec2 describe-instances)\naws --no-cli-pager ec2 reboot-instances --instance-ids \"$ID\"",
		"AWS_PAGER= aws sts get-caller-identity",
		"set -o pipefail\ncurl -fsS http://127.0.0.1:8080/ | jq .",
		"curl -fsS http://localhost/ | grep -q Welcome",
		"curl -fsS http://localhost/health | jq -e '.status == \"ok\"'",
		"echo '{\"a\": 1}' | jq .a",
		"for host in web-1 web-2; do\n  ssh -o BatchMode=yes \"$host\" uptime\ndone",
		"for i in 1 2 3; do curl -fsS http://localhost/ && break; sleep 5; done",
		"until curl -fsS http://localhost/; do\n  n=$((n + 1))\n  [ \"$n\" -lt 30 ] || break\n  sleep 5\ndone",
		"timeout 60 tail -f /var/log/web | grep -m1 started",
		"while read -r line; do echo \"$line\"; done < /etc/hosts",
		"git --no-pager log -5",
		"git log -5 | cat",
		"git checkout v1.4.2",
		"git pull origin v1.4.2",
		"psql -P pager=off -h db.example.com -U shop -Atc 'select max(at) from orders'",
		"psql -XAtc 'select 1'",
		"sudo du -x / | sort -n | tail",
		"psql -P pager=off -h db.example.com shop <<'EOF'\nselect count(*) from orders;\nEOF",
		"sudo -n -u postgres psql -P pager=off -c 'select 1'",
		"sudo DEBIAN_FRONTEND=noninteractive apt-get install -y jq",
		"kubectl exec deploy/web -- date",
		"kubectl get pods -l app=web -o name",
		"kubectl delete pod web-0",
		"ssh -o BatchMode=yes host 'echo \"$HOME\"'",
		"ssh -N -f -L 8080:localhost:80 host",
		"bash -c 'echo \"$1\"' _ \"$GIVEN\"",
		"(cd /tmp && exit 3)",
		"(set -e; date)",
		"x=$(exit 3) || true",
		"f() { exit 3; }; echo defined",
		"echo 'It’s done!'",
		"echo \"done!\"",
		"[ \"$GIVEN\" != main ] && echo ok",
		"find . -name '*.tmp' ! -newer x",
		"shopt -s extglob; ls !(x)",
		"cat <<EOF > /tmp/x\n$GIVEN\nEOF",
		"cat > /tmp/change.json <<EOF\n{\"host\": \"$SEEN\"}\nEOF\naws --no-cli-pager route53 change-resource-record-sets --change-batch file:///tmp/change.json",
		"rm -f /tmp/web.lock",
		"rm -rf \"${GIVEN:?}/cache\"",
		"awk '{print $1}' /etc/hosts",
		"echo \"$((1 + 2))\" \"${#GIVEN}\" \"$?\"",
		"dig +short @8.8.8.8 www.example.com",
		"curl -fsS http://192.0.2.10/",
		"curl -fsS --resolve www.example.com:443:127.0.0.1 https://www.example.com/",
		"docker run --rm web:1.4.2 migrate",
		"terraform apply -input=false tfplan",
		"export REGION=eu-west-1",
		"sleep 100 & wait",
		"echo 10.4.0.0/16 1.2.3",
	} {
		t.Run(command, func(t *testing.T) {
			if got := found(running(command), ofCommands...); len(got) > 0 {
				t.Errorf("finds\n  %s", strings.Join(got, "\n  "))
			}
		})
	}
}

// TestDestructiveCommands: what is hard to undo wants a word beside it.
func TestDestructiveCommands(t *testing.T) {
	for _, tt := range []struct {
		command string
		want    bool
	}{
		{"aws ec2 terminate-instances --instance-ids x", true},
		{"aws s3 rm s3://bucket --recursive", true},
		{"aws route53 change-resource-record-sets --hosted-zone-id x", true},
		{"aws ec2 describe-instances", false},
		{"aws ec2 terminate-instances --dry-run --instance-ids x", false},
		{"kubectl -n shop delete pod web-0", true},
		{"kubectl scale deploy/web --replicas=0", true},
		{"kubectl scale deploy/web --replicas 0", true},
		{"kubectl scale deploy/web --replicas=3", false},
		{"aws ecs update-service --service writer --desired-count 0", true},
		{"aws ecs update-service --service writer --desired-count 6", false},
		{"gcloud sql instances failover db", true},
		{"terraform destroy", true},
		{"terraform plan", false},
		{"psql -c 'drop table orders'", true},
		{"psql <<EOF\nDELETE FROM orders;\nEOF", true},
		{"psql -c 'select * from dropped'", false},
		{"ssh host sudo rm -rf /srv/web", true},
		{"sh -c 'dropdb shop'", true},
		{"kubectl exec db-0 -- dropdb shop", true},
		{"rm /tmp/x", false},
		{"git push --force origin main", true},
		{"systemctl restart web", false},
	} {
		book := running(tt.command)
		book.Scenarios[0].Steps[1].Warning = ""
		if got := found(book, "LS17"); (len(got) > 0) != tt.want {
			t.Errorf("%s: finds %q", tt.command, got)
		}
	}
}
