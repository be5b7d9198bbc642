package cli_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// TestNoSecretInACrash: what the program leaves when it crashes in the middle of
// a step, with every goroutine's stack printed, holds no secret.
func TestNoSecretInACrash(t *testing.T) {
	need(t, "bash")
	const secret = "hunter2-wHy?"
	dir := t.TempDir()
	sign, none := filepath.Join(dir, "sign"), write(t, "none.yaml", "answers: {}\n")
	book := write(t, "crash.yaml", `playbook: crash
title: Crash
inputs: {TOKEN: {secret: {env: DEPLOY_TOKEN}}}
scenarios:
  s:
    title: S
    recovery:
      - {id: say, do: Say it., run: 'echo "$TOKEN"; : >"`+sign+`"; read x', expect: {exit: 0}, effect: read}
`)
	var out bytes.Buffer
	home := filepath.Join(dir, "home")
	cmd := exec.Command("bythebook", "run", book, "--unattended", "--answers", none, "--home", home)
	cmd.Env = append(os.Environ(), "DEPLOY_TOKEN="+secret, "GOTRACEBACK=all")
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	appears(t, sign)
	if err := cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if !bytes.Contains(out.Bytes(), []byte("goroutine 1 ")) {
		t.Fatalf("it did not crash:\n%s", &out)
	}
	if bytes.Contains(out.Bytes(), []byte(secret)) {
		t.Error("the secret stands in what was printed")
	}
	files := 0
	err := filepath.WalkDir(home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte(secret)) {
			t.Errorf("the secret stands in %s", path)
		}
		return err
	})
	if err != nil || files < 3 {
		t.Errorf("%d files were looked at: %v", files, err)
	}
}
