package cli_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"bythebook/ui/cli"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test binary be the program when it is started as one, so
// that scripts run what users run: exit statuses, signals and all. The tests
// mostly wait for programs, so more of them go on at once than there are
// processors, where -parallel does not say otherwise.
func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", strconv.Itoa(4*runtime.GOMAXPROCS(0))); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){
		"bythebook": func() { os.Exit(cli.Main(os.Args[1:])) },
	})
}

func TestCommandLine(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed, and the scripts need it", tool)
		}
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir+"/home")
			e.Setenv("BYTHEBOOK_HOME", e.WorkDir+"/records")
			e.Setenv("USER", "bob")
			e.Setenv("BYTHEBOOK", filepath.Join(filepath.SplitList(e.Getenv("PATH"))[0], "bythebook"))
			runbooks, err := filepath.Abs("../../runbooks")
			if err != nil {
				return err
			}
			e.Setenv("RUNBOOKS", runbooks)
			e.Setenv("EX", "ex-"+time.Now().UTC().Format("20060102")+"-1")
			e.Setenv("TERM", "dumb")
			answers, err := os.ReadFile(filepath.Join(runbooks, "practice.answers.yaml"))
			if err != nil {
				return err
			}
			if err := os.WriteFile(e.WorkDir+"/answers.yaml", answers, 0o600); err != nil {
				return err
			}
			return os.Mkdir(e.WorkDir+"/home", 0o700)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": cmdStatus},
	})
}

// cmdStatus runs the program and wants an exit status: status 6 run x.yaml.
func cmdStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N args...")
	}
	err := ts.Exec(ts.Getenv("BYTHEBOOK"), args[1:]...)
	got := "0"
	if e, ok := err.(*exec.ExitError); ok {
		got = strconv.Itoa(e.ExitCode())
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != args[0] {
		ts.Fatalf("exit status %s, want %s", got, args[0])
	}
}
