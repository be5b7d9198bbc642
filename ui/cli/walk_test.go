package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A walk is a team in a folder of its own that does what status says.
type walk struct {
	t    *testing.T
	dir  string
	shop *httptest.Server
}

// known are what only the authors know: what they write in place of what
// somebody left for them.
var known = map[string]string{
	"TODO: what fails over, in a few words":                                       "Web failover",
	"TODO: the team that owns it":                                                 "web",
	"TODO: the application that is recovered":                                     "Web",
	"TODO: the one place where everybody finds it":                                "https://wiki.example.com/dr/web",
	"TODO: where it is found while that place is down":                            "A printed copy in the duty room.",
	"TODO: when it is used, such as: the service has not answered for 5 minutes.": "The service has not answered for 5 minutes.",
	"TODO: what recovered means, as something that can be seen":                   "The public address answers.",
	"TODO: what nobody can do then":                                               "Nobody can buy anything.",
	"TODO: what people notice then":                                               "Pages are slow.",
	"TODO: list them below dependencies, or say here why there are none":          "It fails with any of its parts.",
	"TODO: what hosts it":                                                         "Linux",
	"TODO: software and version":                                                  "nginx 1.26",
	"TODO: where it runs":                                                         "one",
	"TODO: how it is backed up":                                                   "snapshot",
	"TODO: who gets paged":                                                        "whoever is on call",
	"TODO: how people cope while it is down":                                      "Orders are taken by telephone.",
	"TODO: Ann":                                                                   "Ann",
	"TODO: her position":                                                          "Lead",
	"TODO: Ben":                                                                   "Ben",
	"TODO: his position":                                                          "Deputy",
	"TODO: what is said, such as: the service is down, recovery has begun, join the bridge": "The service is down.",
	"TODO: a channel that does not depend on what failed":                                   "radio",
	"TODO: the way in two sentences":                                                        "Ask the service, bring it back.",
	"TODO: what must hold for this to work":                                                 "The snapshots are there.",
	"TODO: where recovery lands":                                                            "A new host.",
	"TODO: not the place that failed":                                                       "two",
	"TODO: what shows that it worked":                                                       "The host says ready.",
	"TODO: how it is undone":                                                                "Switch the host off.",
	"TODO: what shows it, such as a link":                                                   "We went through it together.",
	"TODO: bring the service back. Make it a `run` with what must be seen, or a step by hand that says what must be seen:": "Bring the service back.",
}

var leftForLater = regexp.MustCompile(`TODO: [^"]*`)

// TestWhoeverDoesWhatStatusSaysCompletesStageOne begins in an empty folder, and
// does nothing but what is said to mend what is missing.
func TestWhoeverDoesWhatStatusSaysCompletesStageOne(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "curl", "ssh-keygen"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed, and the walk needs it", tool)
		}
	}
	w := &walk{t: t, dir: t.TempDir()}
	w.shop = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		fmt.Fprintln(out, time.Now().UTC().Format(time.RFC3339))
	}))
	t.Cleanup(w.shop.Close)
	w.people()
	for n := 0; ; n++ {
		where := w.status()
		switch {
		case n == 100:
			t.Fatalf("there is no end of it: %+v", where)
		case len(where.Missing) > 0:
			w.mend(where.Missing[0])
			w.address()
		case where.Playbooks[0].Complete:
			if text := w.do("bythebook status web", ""); !strings.Contains(text, "Stage 1 complete.") {
				t.Errorf("it is not said:\n%s", text)
			}
			return
		default:
			w.mend(where.Playbooks[0].Missing[0])
		}
	}
}

// people have a home each, with a key.
func (w *walk) people() {
	w.t.Helper()
	for _, who := range []string{"ann", "ben"} {
		ssh := filepath.Join(w.dir, who, ".ssh")
		if err := os.MkdirAll(ssh, 0o700); err != nil {
			w.t.Fatal(err)
		}
		if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", who+"@example.com", "-f", filepath.Join(ssh, "id_ed25519")).CombinedOutput(); err != nil {
			w.t.Fatalf("%v\n%s", err, out)
		}
	}
}

// A mend as programs read it.
type mendDoc struct {
	What string
	Mend struct {
		Command, Note string
		Edit          struct {
			File, YAML string
			Line       int
			Also       []struct{ Line int }
		}
	}
}

type statusDoc struct {
	Missing   []mendDoc
	Playbooks []struct {
		Complete bool
		Missing  []mendDoc
	}
}

func (w *walk) status() (doc statusDoc) {
	w.t.Helper()
	if err := json.Unmarshal([]byte(w.do("bythebook status --json", "")), &doc); err != nil {
		w.t.Fatal(err)
	}
	return doc
}

// mend does what is said, and nothing else.
func (w *walk) mend(m mendDoc) {
	w.t.Helper()
	w.t.Log(m.What)
	switch edit := m.Mend.Edit; {
	case m.Mend.Command != "":
		w.command(m)
	case edit.YAML != "":
		w.write(edit.File, merged(w.t, w.read(edit.File), edit.YAML))
	default:
		lines := strings.Split(w.read(edit.File), "\n")
		w.fill(lines, edit.Line)
		for _, also := range edit.Also {
			w.fill(lines, also.Line)
		}
		w.write(edit.File, strings.Join(lines, "\n"))
	}
}

// fill writes what was left for later in a line.
func (w *walk) fill(lines []string, n int) {
	w.t.Helper()
	left := leftForLater.FindString(lines[n-1])
	said, ok := known[left]
	if !ok {
		w.t.Fatalf("the authors don't know what to write in line %d: %s", n, lines[n-1])
	}
	lines[n-1] = strings.Replace(lines[n-1], left, said, 1)
}

// address is what the authors know of their service, which the playbook to start
// from can't: where it is.
func (w *walk) address() {
	w.t.Helper()
	text := strings.Replace(w.read("runbooks/web.yaml"), "curl -fsS http://service.example.com/\n        expect: {exit: 7}", "curl -fsS http://127.0.0.1:1/\n        expect: {exit: 7}", 1)
	w.write("runbooks/web.yaml", strings.ReplaceAll(text, "http://service.example.com", w.shop.URL))
}

// command types a command as it stands. The digest is taken from the page that
// was published, and the exercise has an operator.
func (w *walk) command(m mendDoc) {
	w.t.Helper()
	line, says := m.Mend.Command, ""
	if strings.Contains(line, "DIGEST") {
		page := w.do("bythebook view web", "")
		line = strings.Replace(line, "DIGEST", regexp.MustCompile(`\b[0-9a-f]{64}\b`).FindString(page), 1)
	}
	switch {
	case strings.Contains(line, "agree "), strings.Contains(line, "published "):
		line += " --yes" // what people say when they are asked at a terminal
	case strings.Contains(line, " run "):
		says = "begin\nrun\ndone\nrun\nrun\ndone\nTold everybody by telephone.\nfinish\n"
	}
	w.do(line, says)
}

// do types a line into a shell, as the person whom it names.
func (w *walk) do(line, says string) string {
	w.t.Helper()
	who := "ann"
	if strings.Contains(line, "--as ben") {
		who = "ben"
	}
	cmd := exec.Command("bash", "-c", line)
	cmd.Dir, cmd.Stdin = w.dir, strings.NewReader(says)
	cmd.Env = append(os.Environ(), "HOME="+filepath.Join(w.dir, who), "USER="+who, "BYTHEBOOK_HOME="+filepath.Join(w.dir, "records"), "BYTHEBOOK_LIBRARY=", "SSH_AUTH_SOCK=", "TERM=dumb")
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

func (w *walk) read(path string) string {
	w.t.Helper()
	text, err := os.ReadFile(filepath.Join(w.dir, path))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}

func (w *walk) write(path, text string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, path), []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}
