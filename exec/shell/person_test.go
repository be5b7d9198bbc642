package shell

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const theirPassword = "correct-Horse7"

// person makes an ordinary user with a password, who may become root with it,
// and takes both away again.
func person(t *testing.T) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("needs root, to make a user")
	}
	program(t, "useradd", "chpasswd", "sudo", "su", "setpriv")
	name := fmt.Sprintf("bythebook%d", os.Getpid())
	must(t, "", "useradd", "-M", "-d", "/", "-s", "/bin/bash", name)
	t.Cleanup(func() { must(t, "", "userdel", name) })
	must(t, name+":"+theirPassword, "chpasswd")
	rule := filepath.Join("/etc/sudoers.d", name)
	if err := os.WriteFile(rule, []byte(name+" ALL=(ALL) ALL\n"), 0o440); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(rule) })
	return name
}

// must runs a program that a test can't do without.
func must(t *testing.T, input string, words ...string) {
	t.Helper()
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Stdin = strings.NewReader(input)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", words, err, out)
	}
}

// passwordServer is an sshd on loopback that takes passwords; it returns the
// words of an ssh to it.
func passwordServer(t *testing.T, user string) string {
	t.Helper()
	sshd := "/usr/sbin/sshd"
	if _, err := os.Stat(sshd); err != nil {
		t.Skip("needs sshd")
	}
	program(t, "ssh", "ssh-keygen")
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	free.Close()
	os.MkdirAll("/run/sshd", 0o755) // a machine that never started one lacks it
	dir := t.TempDir()
	key, conf := filepath.Join(dir, "key"), filepath.Join(dir, "conf")
	must(t, "", "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
	text := fmt.Sprintf("Port %d\nListenAddress 127.0.0.1\nHostKey %s\nUsePAM no\nPasswordAuthentication yes\nAllowUsers %s\nPidFile none\n", port, key, user)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	server := exec.Command(sshd, "-D", "-f", conf)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Process.Kill(); server.Wait() })
	until(t, "an sshd that answers", func() bool {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	return fmt.Sprintf("ssh -F none -o LogLevel=ERROR -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o PreferredAuthentications=password -p %d %s@127.0.0.1", port, user)
}

// TestCase27Passwords: whoever asks for a password is seen to, by what it did to
// the terminal, and what is typed then is nowhere.
func TestCase27Passwords(t *testing.T) {
	user := person(t)
	ssh := passwordServer(t, user)
	s := open(t)
	as := "setpriv --reuid " + user + " --regid " + user + " --init-groups "
	for _, c := range []struct{ name, text, want string }{
		{"read -s", "read -s -p 'word: ' w; echo; [ ${#w} = 14 ] && echo 14", "14"},
		{"sudo", as + "sudo -k id -un", "root"},
		{"su", as + "su " + user + " -c 'id -un'", user},
		{"ssh", ssh + " id -un", user},
	} {
		r := begin(t, s, c.text+"; (exit 3)", 0)
		until(t, c.name+" waits for a password", func() bool { w, ok := s.Waiting(); return ok && w == Password })
		if s.Screen(Password) != nil {
			t.Errorf("%s is taken for one that fills the screen", c.name)
		}
		if err := s.Type([]byte(theirPassword + "\r")); err != nil {
			t.Fatal(err)
		}
		if o := r.end(); !o.OK(3) || !strings.HasSuffix(printed(t, s, o), c.want) {
			t.Errorf("%s: %q %+v", c.name, printed(t, s, o), o)
		}
	}
	t.Run("a pager behind ssh", func(t *testing.T) {
		program(t, "less")
		r := begin(t, s, ssh[:4]+"-t "+ssh[4:]+" less /etc/services; (exit 3)", 0)
		until(t, "a password", func() bool { w, ok := s.Waiting(); return ok && w == Password })
		s.Type([]byte(theirPassword + "\r"))
		r.picture("the first page", holds("/etc/services"))
		s.Type([]byte("q"))
		if o := r.end(); !o.OK(3) {
			t.Errorf("%+v", o)
		}
	})
	if all, err := os.ReadFile(s.opt.Transcript); err != nil || bytes.Contains(all, []byte(theirPassword)) {
		t.Errorf("the password is in the transcript (%v)", err)
	}
}
