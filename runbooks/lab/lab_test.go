package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// An API failure as the practice playbook tells it: a restart does not help, a
// replacement does.
func TestLostInstance(t *testing.T) {
	f := begin(t)
	public := f.env("BOOKSTORE_URL")
	direct := "http://127.0.0.1:" + f.env("API_PORT")
	f.answers(public+"/", 200, public+"/authors/")
	f.answers(public+"/authors/", 200, "Mary Shelley")
	f.answers(public+"/books/", 200, "/static/covers/4.svg")
	f.answers("http://127.0.0.1:"+f.env("CDN_PORT")+"/static/covers/4.svg", 200, "Frankenstein")

	f.do(0, "fail", "api")
	f.answers(public+"/", 0, "refused")
	f.answers(direct+"/", 0, "refused")
	if out := f.do(0, "instances"); !strings.Contains(out, "impaired") || !strings.Contains(out, "stopped") {
		t.Errorf("instances do not show the failure:\n%s", out)
	}
	if out := f.do(1, "restart", "api"); !strings.Contains(out, "status check failed") {
		t.Errorf("restart does not say why: %s", out)
	}
	f.answers(public+"/", 0, "refused")

	launched := regexp.MustCompile(`^i-[0-9a-f]{8} (127\.0\.0\.1:\d+)\n$`).FindStringSubmatch(f.do(0, "launch", "api"))
	if launched == nil {
		t.Fatal("launch does not print an id and an address")
	}
	f.answers("http://"+launched[1]+"/books/", 200, "Emma")
	f.answers(public+"/", 0, "refused") // nothing leads there yet
	f.do(0, "route", launched[1])
	if got := f.do(0, "route"); got != launched[1]+"\n" {
		t.Errorf("route is %q, want %s", got, launched[1])
	}
	f.answers(public+"/health", 200, `"status": "ok"`)
	f.answers(direct+"/", 0, "refused")
}

func TestStoppedApplicationIsRepairedByARestart(t *testing.T) {
	f := begin(t)
	f.do(0, "fail", "app")
	f.answers(f.env("BOOKSTORE_URL"), 0, "refused")
	if out := f.do(0, "instances"); strings.Contains(out, "impaired") || !strings.Contains(out, "stopped") {
		t.Errorf("the instance itself is fine:\n%s", out)
	}
	f.do(0, "restart", "api")
	f.answers(f.env("BOOKSTORE_URL"), 200, "authors")
}

func TestDependencies(t *testing.T) {
	f := begin(t)
	public := f.env("BOOKSTORE_URL")
	for _, row := range []struct {
		part, path string
		status     int
		text       string // of path while the part is down
		health     string
	}{
		{"database", "/books/", 503, "the database does not answer", "down"},
		{"cdn", "/books/", 503, "the cdn does not answer", "down"},
		{"cdn", "/authors/", 503, "the cdn does not answer", "down"},
		{"search", "/books/?q=austen", 200, "Frankenstein", "degraded"},
		{"door", "/", 0, "refused", ""},
	} {
		f.do(0, "fail", row.part)
		f.answers(public+row.path, row.status, row.text)
		if row.health != "" {
			_, body := f.get(public + "/health")
			if want := fmt.Sprintf(`"status": "%s"`, row.health); !strings.Contains(body, want) {
				t.Errorf("without %s the health is %s, want %s", row.part, body, want)
			}
		}
		if out := f.do(0, "status"); !regexp.MustCompile(row.part + ` .*refused`).MatchString(out) {
			t.Errorf("status does not show that %s is down:\n%s", row.part, out)
		}
		f.do(0, "restart", row.part)
		f.answers(public+"/health", 200, `"status": "ok"`)
	}
	if _, body := f.get(public + "/books/?q=austen"); strings.Contains(body, "Frankenstein") {
		t.Errorf("search finds too much: %s", body)
	}
}

// A database whose file is gone must not start with a new one: that would hide
// the loss. A snapshot brings it back, and the loss is measured.
func TestLostDatabaseFile(t *testing.T) {
	f := begin(t)
	public := f.env("BOOKSTORE_URL")
	first, _ := snapshotsOf(f)
	until(t, "there is a marker after the snapshot", func() bool { _, number := f.recoveryPoint(); return number >= 3 })
	f.do(0, "fail", "database-file")
	if out := f.do(1, "restart", "database"); !strings.Contains(out, "no database file") {
		t.Errorf("the restart does not say why: %s", out)
	}
	f.answers(public+"/books/", 503, "the database does not answer")
	lost := time.Now()
	f.do(0, "restore", first)
	f.answers(public+"/books/", 200, "Emma")
	if at, _ := f.recoveryPoint(); !at.Before(lost) {
		t.Errorf("the recovery point %s is not before the loss at %s", at, lost)
	}
}

// A CDN whose files are gone starts and has nothing to serve. Its copy stays
// good meanwhile, and brings the files back.
func TestLostFiles(t *testing.T) {
	f := begin(t)
	public := f.env("BOOKSTORE_URL")
	cover := "http://127.0.0.1:" + f.env("CDN_PORT") + "/static/covers/4.svg"
	if out := f.do(0, "recovery-point", "cdn"); !strings.Contains(out, "nothing was lost") {
		t.Errorf("before the loss the recovery point is %s", out)
	}
	f.do(0, "fail", "cdn-files")
	f.answers(cover, 0, "refused")
	f.do(0, "restart", "cdn")
	f.answers(cover, 404, "not found")
	f.answers(public+"/books/", 503, "the cdn does not answer")
	if _, body := f.get(public + "/health"); !strings.Contains(body, `"cdn": "down"`) {
		t.Errorf("a cdn without files is taken for a good one: %s", body)
	}
	f.do(1, "recovery-point", "cdn")
	restored := regexp.MustCompile(`restored from the copy of (\S+)\n$`).FindStringSubmatch(f.do(0, "restore", "cdn"))
	if restored == nil {
		t.Fatal("restore does not name the copy")
	}
	f.answers(cover, 200, "Frankenstein")
	f.answers(public+"/books/", 200, "Frankenstein")
	if out := f.do(0, "recovery-point", "cdn"); !strings.HasPrefix(out, restored[1]+" ") {
		t.Errorf("restored from %s, the recovery point is %s", restored[1], out)
	}
}

// recoveryPoint is the observed recovery point.
func (f fixture) recoveryPoint() (at time.Time, number int) {
	f.Helper()
	out := f.do(0, "recovery-point")
	var word string
	if _, err := fmt.Sscanf(out, "%s marker %d\n", &word, &number); err != nil {
		f.Fatalf("recovery-point prints %q", out)
	}
	at, err := time.Parse(time.RFC3339, word)
	if err != nil {
		f.Fatal(err)
	}
	return at, number
}

func TestRecoveryPoint(t *testing.T) {
	f := begin(t)
	reaches := func(least int) {
		t.Helper()
		until(t, fmt.Sprint("marker ", least, " is written"), func() bool {
			_, number := f.recoveryPoint()
			return number >= least
		})
	}
	reaches(3)

	// An outage loses nothing: the numbers go on where they stopped.
	f.do(0, "fail", "database")
	f.do(1, "recovery-point")
	f.do(0, "restart", "database")
	_, before := f.recoveryPoint()
	reaches(before + 2)

	// A restored snapshot does: the newest marker without a gap is its own.
	first, taken := snapshotsOf(f)
	f.do(0, "restore", first)
	at, number := f.recoveryPoint()
	if number >= before || at.After(taken.Add(marking)) { // file times are coarser than markers
		t.Errorf("after restoring %s of %s the recovery point is %d, %s", first, taken, number, at)
	}
	again, same := f.recoveryPoint()
	if !again.Equal(at) || same != number {
		t.Errorf("the recovery point moved on to %d, %s", same, again)
	}
	f.answers(f.env("BOOKSTORE_URL")+"/books/", 200, "Emma")
	f.do(0, "restore")
	f.do(1, "restore", "snap-999999")
	f.answers(f.env("BOOKSTORE_URL")+"/books/", 200, "Emma")
}

// snapshotsOf is the oldest snapshot's name, and when it was taken.
func snapshotsOf(f fixture) (name string, taken time.Time) {
	f.Helper()
	until(f.T, "there is a snapshot", func() bool { return strings.Count(f.do(0, "snapshots"), "\n") > 1 })
	row := strings.Fields(strings.Split(f.do(0, "snapshots"), "\n")[1])
	taken, err := time.Parse(time.RFC3339, row[1])
	if err != nil {
		f.Fatal(err)
	}
	return row[0], taken
}

func TestRefusals(t *testing.T) {
	f := begin(t)
	for _, row := range []struct {
		status int
		args   string
		text   string
	}{
		{1, "fail printer", "nothing here is called"},
		{1, "restart printer", "nothing here is called"},
		{1, "restart cdn-files", "nothing here is called"},
		{1, "recovery-point search", "no recovery point is kept"},
		{1, "route 127.0.0.1:1", "no instance has the address"},
		{2, "launch database", "usage"},
		{2, "launch", "usage"},
		{2, "fail", "usage"},
		{2, "status now", "usage"},
		{2, "status --quick", "no flag"},
		{2, "up --pace", "wants a value"},
		{2, "up --pace fast", "not a number"},
		{2, "up --pace=-1", "not a number"},
		{2, "up --pace NaN", "not a number"},
		{2, "upp", "no command"},
		{2, "part", "not meant to be started by hand"},
		{2, "part cdn x 127.0.0.1:0", "not meant to be started by hand"},
		{2, "part database x 127.0.0.1:0", "not meant to be started by hand"},
		{2, "supervise", "not meant to be started by hand"},
	} {
		if out := f.do(row.status, strings.Fields(row.args)...); !strings.Contains(out, row.text) {
			t.Errorf("lab %s: %q, want %q in it", row.args, out, row.text)
		}
	}
	for range maxInstances - 1 {
		f.do(0, "launch", "api")
	}
	if out := f.do(1, "launch", "api"); !strings.Contains(out, "quota") {
		t.Errorf("one instance too many: %s", out)
	}
}

func TestHelp(t *testing.T) {
	for _, c := range commands() {
		var out, err bytes.Buffer
		if status := Main(t.Context(), []string{c.name, "--help"}, Env{}, &out, &err); status != 0 || err.Len() > 0 {
			t.Errorf("lab %s --help: status %d, %s", c.name, status, &err)
		}
		if !strings.Contains(out.String(), "bythebook lab "+c.name) || !strings.Contains(out.String(), "\n  ") {
			t.Errorf("lab %s --help has no example:\n%s", c.name, &out)
		}
	}
	var out, err bytes.Buffer
	if status := Main(t.Context(), nil, Env{}, &out, &err); status != 2 {
		t.Errorf("lab alone: status %d, want 2", status)
	}
}

func TestNotRunning(t *testing.T) {
	f := fixture{T: t, dir: filepath.Join(t.TempDir(), "lab")}
	for _, c := range commands() {
		switch c.name {
		case "up":
		case "down":
			f.do(0, "down")
		default:
			args := []string{c.name}
			if c.min > 0 {
				args = append(args, apiPart)
			}
			if out := f.do(1, args...); !strings.Contains(out, "bythebook lab up") {
				t.Errorf("lab %s does not say how to start it: %s", c.name, out)
			}
		}
	}
}

// What `lab up` prints is read by a shell, whose curl sees a real refusal.
func TestShell(t *testing.T) {
	for _, program := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(program, "is not installed")
		}
	}
	dir := filepath.Join(t.TempDir(), "it's a lab")
	script := `set -eu
variables=$("$SELF" lab up --pace 0)
eval "$variables"
[ "$(command -v bythebook)" = "$LAB_DIR/bin/bythebook" ]
curl -fsS "$BOOKSTORE_URL/books/" | grep -q Emma
bythebook lab up --owner "someone by hand" | grep -q BOOKSTORE_URL
bythebook lab fail api
status=0; curl -fsS "http://127.0.0.1:$API_PORT/health" || status=$?; [ $status = 7 ]
status=0; curl -fsS "$BOOKSTORE_URL/health" || status=$?; [ $status = 7 ]
status=0; bythebook lab up --owner ex-20261123-2 || status=$?; [ $status = 1 ]
bythebook lab down
status=0; bythebook lab status || status=$?; [ $status = 127 ]
`
	cmd := exec.Command("bash", "-c", script)
	cmd.Env = append(os.Environ(), "SELF="+self(t), "LAB_DIR="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	fixture{T: t, dir: dir}.gone()
}

func TestOneOwner(t *testing.T) {
	f := begin(t)
	again, err := Up(t.Context(), f.dir, self(t), 0, "ex-20261123-1")
	if err != nil {
		t.Fatal(err)
	}
	if again.Fresh() || !f.lab.Fresh() {
		t.Errorf("fresh: first %t, second %t; want true, false", f.lab.Fresh(), again.Fresh())
	}
	other, err := Up(t.Context(), f.dir, self(t), 0, "ex-20261123-2")
	var busy Busy
	if !errors.Is(err, ErrBusy) || !errors.As(err, &busy) || busy.Owner != "ex-20261123-1" || !busy.Present {
		t.Fatalf("a second owner gets %v, %v", other, err)
	}
	f.answers(f.env("BOOKSTORE_URL"), 200, "authors")

	// The exercise was left, and may be resumed: the lab is still its own.
	again.Close(false)
	f.lab.Close(false)
	until(t, "the owner is seen to be gone", func() bool {
		_, err := Up(t.Context(), f.dir, self(t), 0, "ex-20261123-2")
		return errors.As(err, &busy) && !busy.Present
	})
	if !strings.Contains(busy.Error(), "ex-20261123-1") {
		t.Errorf("%q does not name the owner", busy.Error())
	}
}

// Closing a lab that has ended must not end the one that stands in its place.
func TestCloseEndsOnlyItsOwn(t *testing.T) {
	f := begin(t)
	f.do(0, "down")
	next, err := Up(t.Context(), f.dir, self(t), 0, "ex-20261123-2")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.lab.Close(true); err != nil {
		t.Error(err)
	}
	f.do(0, "status")
	if err := next.Close(true); err != nil {
		t.Error(err)
	}
	f.gone()
}

func TestNobodyThere(t *testing.T) {
	f := fixture{T: t, dir: filepath.Join(t.TempDir(), "lab")}
	l, err := up(t.Context(), settings{dir: f.dir, self: self(t), pace: "0", owner: "ex-1", quiet: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	f.do(0, "status") // while its owner is there it stays
	l.Close(false)
	f.gone()
	left, err := os.ReadDir(f.dir)
	if err != nil || len(left) != 1 || left[0].Name() != lockName {
		t.Errorf("left over: %v, %v", left, err)
	}
}

// However and whenever the supervisor is killed, nothing is left over, and the
// next start works.
func TestKilledSupervisor(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "lab")
	for i := range 20 {
		f := fixture{T: t, dir: dir}
		l, err := Up(t.Context(), dir, self(t), 0, "ex-20261123-1")
		if err != nil {
			t.Fatal(err)
		}
		if !l.Fresh() {
			t.Fatalf("kill %d: the lab was still there", i)
		}
		busy := make(chan int, 1)
		go func() { // ends with its command, which ends with the supervisor
			args := [][]string{{"launch", "api"}, {"restart", "database"}, {"restore"}, {"fail", "api"}, {"status"}}[rand.IntN(5)]
			busy <- Main(t.Context(), args, Env{Dir: dir, Self: self(t)}, new(bytes.Buffer), new(bytes.Buffer))
		}()
		<-time.After(rand.N(30 * time.Millisecond)) // a random moment
		if err := syscall.Kill(l.note.PID, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		<-busy
		f.gone()
		l.Close(false)
	}
}

// A supervisor that is killed while it starts is no different.
func TestKilledStart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "lab")
	f := fixture{T: t, dir: dir}
	if err := folder(dir).open(); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		cmd := exec.Command(self(t), "lab", "supervise", dir, self(t), "0", "ex-1", "1h")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		<-time.After(rand.N(150 * time.Millisecond)) // a random moment
		cmd.Process.Kill()
		cmd.Wait()
		f.gone()
	}
	l, err := Up(t.Context(), dir, self(t), 0, "ex-2")
	if err != nil {
		t.Fatal(err)
	}
	f.do(0, "status")
	if err := l.Close(true); err != nil {
		t.Error(err)
	}
	f.gone()
}

// The lab outlives an owner that is killed, and is there when it is resumed.
func TestKilledOwner(t *testing.T) {
	f := begin(t)
	f.lab.Close(false)
	f.do(0, "fail", "api")
	for range 20 {
		cmd := exec.Command(self(t), "own", f.dir, "ex-20261123-1")
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		<-time.After(rand.N(60 * time.Millisecond)) // a random moment
		cmd.Process.Kill()
		cmd.Wait()
		stdin.Close()
		if out := f.do(0, "instances"); !strings.Contains(out, "impaired") {
			t.Fatalf("the lab is not as it was left:\n%s", out)
		}
	}
	l, err := Up(t.Context(), f.dir, self(t), 0, "ex-20261123-1")
	if err != nil || l.Fresh() {
		t.Fatalf("resuming: %v, %v", l, err)
	}
	if err := l.Close(true); err != nil {
		t.Error(err)
	}
}

// A supervisor that hangs is asked, and then killed, by whoever ends it.
func TestHungSupervisor(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as patience does")
	}
	f := begin(t)
	if err := syscall.Kill(f.lab.note.PID, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	f.do(0, "down")
	f.gone()
}

// Two who start at the same moment get one lab, and one of them is told.
func TestTwoStarts(t *testing.T) {
	f := fixture{T: t, dir: filepath.Join(t.TempDir(), "lab")}
	type got struct {
		lab *Lab
		err error
	}
	all := make(chan got, 4)
	for i := range cap(all) {
		go func() { // ends with its start
			l, err := Up(context.Background(), f.dir, self(t), 0, fmt.Sprint("ex-", i))
			all <- got{l, err}
		}()
	}
	var winner *Lab
	for range cap(all) {
		g := <-all
		switch {
		case g.err == nil && winner == nil:
			winner = g.lab
		case g.err == nil:
			t.Error("two got the lab")
		case !errors.Is(g.err, ErrBusy):
			t.Error(g.err)
		}
	}
	if winner == nil {
		t.Fatal("nobody got the lab")
	}
	if err := winner.Close(true); err != nil {
		t.Error(err)
	}
	f.gone()
}

func TestFolder(t *testing.T) {
	t.Run("is closed to others", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "lab")
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := folder(dir).open(); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("its mode is %v, %v", info.Mode(), err)
		}
	})
	t.Run("with other things is refused", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "db"), []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Up(t.Context(), dir, self(t), 0, "ex-1"); err == nil {
			t.Error("a folder with other things was taken")
		}
		if text, _ := os.ReadFile(filepath.Join(dir, "db")); string(text) != "mine" {
			t.Error("a file of somebody's was touched")
		}
	})
	t.Run("that is a link is refused", func(t *testing.T) {
		link := filepath.Join(t.TempDir(), "lab")
		if err := os.Symlink(t.TempDir(), link); err != nil {
			t.Fatal(err)
		}
		if err := folder(link).open(); err == nil {
			t.Error("a link was taken for a folder")
		}
	})
}

// Controls want the token; without it a loopback port would be open to every
// user of the machine.
func TestControlsWantTheToken(t *testing.T) {
	f := begin(t)
	n := f.lab.note
	n.Token = ""
	for _, path := range []string{ownPath, doPath, stopPath, "/"} {
		response, err := n.call(t.Context(), path, nil, patience)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != 403 {
			t.Errorf("%s answers %s without the token", path, response.Status)
		}
	}
	f.do(0, "status")
}

func TestFreeAddresses(t *testing.T) {
	addresses, err := freeAddresses(5, nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, address := range addresses {
		if seen[address] {
			t.Errorf("%s was found twice", address)
		}
		seen[address] = true
		listener, err := net.Listen("tcp", address)
		if err != nil {
			t.Error(err)
			continue
		}
		listener.Close()
	}
}

// TestTakenPort: a port that somebody else has taken is told from what else can
// go wrong, in the words that come from a part.
func TestTakenPort(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, err = start(os.Args[0], nil, searchPart, t.TempDir(), listener.Addr().String())
	if !taken(err) {
		t.Errorf("a part at a port that is taken says %v", err)
	}
	if _, err = start(os.Args[0], nil, searchPart, t.TempDir(), "127.0.0.1:none"); err == nil || taken(err) {
		t.Errorf("a part without a port says %v", err)
	}
}

func TestPace(t *testing.T) {
	for _, row := range []struct {
		text        string
		delay, tick time.Duration // of a second
	}{
		{"0", 0, 100 * time.Millisecond},
		{"0.5", 500 * time.Millisecond, 500 * time.Millisecond},
		{"1", time.Second, time.Second},
		{"10", 10 * time.Second, time.Second}, // a promised cadence is kept
	} {
		p, err := parsePace(row.text)
		if err != nil || p.of(time.Second) != row.delay || p.cadence(time.Second, 100*time.Millisecond) != row.tick {
			t.Errorf("pace %s: %v, %v, %v", row.text, p.of(time.Second), p.cadence(time.Second, 100*time.Millisecond), err)
		}
	}
}
