package shell

import (
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// ordinary is a user without any rights: one that people log in as, where there
// is one, else nobody.
func ordinary(t *testing.T) *user.User {
	t.Helper()
	passwd, err := os.ReadFile("/etc/passwd")
	if err != nil {
		t.Fatal(err)
	}
	name := "nobody"
	for line := range strings.Lines(string(passwd)) {
		f := strings.Split(strings.TrimSpace(line), ":")
		if id, err := strconv.Atoi(f[2]); err == nil && id >= 1000 && id < 60000 && strings.HasSuffix(f[6], "sh") {
			name = f[0]
			break
		}
	}
	who, err := user.Lookup(name)
	if err != nil {
		t.Skipf("needs an ordinary user: %v", err)
	}
	return who
}

// failures are the lines of a test's output that say what failed.
var failures = regexp.MustCompile(`(?m)^.*(--- FAIL|_test\.go:|panic:).*$`)

// TestAsAnOrdinaryUser runs the tests of this package again without root's
// rights: who waits for input, what outlives a terminal and what may be read is
// another matter then.
func TestAsAnOrdinaryUser(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("needs root, to be somebody else; the tests beside this one run as an ordinary user already")
	}
	who := ordinary(t)
	uid, _ := strconv.Atoi(who.Uid)
	gid, _ := strconv.Atoi(who.Gid)
	dir, err := os.MkdirTemp("", "ordinary") // t.TempDir lies in a folder that only root may enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	// Written by this process, it would be open in whatever another test is just
	// starting, and could not be run.
	binary := filepath.Join(dir, "shell.test")
	if out, err := exec.Command("cp", os.Args[0], binary).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	which := "Case[0-9]*0|Case03|Case2[0-9]|Case3[0-6]"
	if everything() {
		which = "."
	}
	cmd := exec.Command(binary, "-test.v", "-test.run", which)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "TMPDIR="+dir, "USER="+who.Username, "LOGNAME="+who.Username)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	out, err := cmd.CombinedOutput()
	passed, skipped := strings.Count(string(out), "--- PASS"), strings.Count(string(out), "--- SKIP")
	if err != nil || passed < 10 {
		t.Fatalf("as %s, %v, %d passed:\n%s", who.Username, err, passed, strings.Join(failures.FindAllString(string(out), -1), "\n"))
	}
	t.Logf("as %s %d passed, %d were skipped", who.Username, passed, skipped)
}
