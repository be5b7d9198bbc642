package agree

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"
)

// keyOf is a key that is made of one byte, always the same.
func keyOf(seed byte) Key {
	public := ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(rune(seed)), ed25519.SeedSize))).Public()
	pub, err := ssh.NewPublicKey(public)
	if err != nil {
		panic(err)
	}
	return Key{pub: pub}
}

func TestLinesThatCountForNothingAreToldOf(t *testing.T) {
	key := lineOf(keyOf('a').pub)
	damaged := strings.Replace(key, "AAAAC3", "!AAAC3", 1)
	s := parseSigners("team/allowed_signers", []byte(strings.Join([]string{
		"# ours",
		alice + " " + key,
		alice,
		alice + " " + damaged,
		alice + " ssh-ed25519 " + "AAAA",
		alice + " ssh-rsa " + strings.Fields(key)[1],
		alice + " ssh-dss AAAA",
		alice + " sk-new@example.com AAAA",
		"\"" + alice + " " + key,
		alice + " cert-authority " + key,
		alice + " no-pty " + key,
		alice + " namespaces=git " + key,
		alice + " namespaces=\"git\"valid-before=\"20270101\" " + key,
		alice + " valid-before=\"20271301\" " + key,
		alice + " valid-after=\"20280101\",valid-before=\"20270101\" " + key,
		alice + " namespaces=\"git\",namespaces=\"git\" " + key,
		alice + " \x1b[2J\u202e " + key,
		alice + " " + key + " \x00",
		"<<<<<<< HEAD",
		"=======",
		">>>>>>> theirs",
	}, "\n")), time.UTC)
	want := []string{
		"line 3: there is no key in it; a line is: EMAIL KIND KEY",
		"line 4: the key is damaged; copy its line from the .pub file again",
		"line 5: the key can't be read (ssh: short read); copy its line from the .pub file again",
		"line 6: the key is no ssh-rsa but a ssh-ed25519; copy its line from the .pub file again",
		"line 7: there is no option ssh-dss in such a line, or its value is missing; see ALLOWED SIGNERS in man ssh-keygen",
		"line 8: there is no option sk-new@example.com in such a line, or its value is missing; see ALLOWED SIGNERS in man ssh-keygen",
		"line 9: the quote is never closed; add the other one",
		"line 10: keys that only vouch for other keys (cert-authority) count for nothing here; list each person's own key",
		"line 11: there is no option no-pty in such a line, or its value is missing; see ALLOWED SIGNERS in man ssh-keygen",
		"line 12: the value of namespaces has to stand in quotes",
		"line 13: there is no comma between two options; add it",
		"line 14: valid-before is no time; write YYYYMMDD or YYYYMMDDHHMMSS, with a Z behind it for UTC",
		"line 15: valid-before is not later than valid-after; correct one of them",
		"line 16: namespaces stands there twice; leave one",
		"line 17: there is no option \"\\x1b[2j\\u202e\" in such a line, or its value is missing; see ALLOWED SIGNERS in man ssh-keygen",
		"line 18: there is a NUL character in it; write the line anew",
		"line 19: " + ErrConflict.Error(),
		"line 20: " + ErrConflict.Error(),
		"line 21: " + ErrConflict.Error(),
	}
	for i := range want {
		want[i] = "team/allowed_signers " + want[i]
	}
	if diff := cmp.Diff(want, s.Skipped); diff != "" {
		t.Error(diff)
	}
	if err := s.Admits(keyOf('a'), alice, noon); err != nil {
		t.Errorf("the good line: %v", err)
	}
}

// TestALongListOfFaultsIsCut: by lines, and in each.
func TestALongListOfFaultsIsCut(t *testing.T) {
	s := parseSigners("list", []byte(strings.Repeat(alice+" "+strings.Repeat("x", 1000)+" y\n", 500)), time.UTC)
	if len(s.Skipped) != maxSkipped+1 || s.Skipped[maxSkipped] != "list: 480 more lines count for nothing" {
		t.Errorf("%d are told of, the last %q", len(s.Skipped), s.Skipped[len(s.Skipped)-1])
	}
	if len(s.Skipped[0]) > 500 {
		t.Errorf("a message is %d bytes long", len(s.Skipped[0]))
	}
}

func TestKeysAreThoseOfThePerson(t *testing.T) {
	s := parseSigners("", []byte(list(alice, lineOf(keyOf('a').pub))+list("*", lineOf(keyOf('b').pub))+
		list(alice, `valid-before="20260101" `+lineOf(keyOf('a').pub))+list(bob, lineOf(keyOf('c').pub))), time.UTC)
	var got []string
	for _, k := range s.Keys(alice) {
		got = append(got, k.Fingerprint())
	}
	want := []string{keyOf('a').Fingerprint(), keyOf('b').Fingerprint()}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAListGrowsByALine(t *testing.T) {
	key := lineOf(keyOf('b').pub)
	for name, before := range map[string]string{
		"empty":                   "",
		"one line":                list(alice, lineOf(keyOf('a').pub)),
		"no line feed at the end": alice + " " + lineOf(keyOf('a').pub),
	} {
		got, err := parseSigners("", []byte(before), time.UTC).With(bob, keyOf('b'))
		if err != nil {
			t.Fatal(err)
		}
		if before != "" {
			before = strings.TrimSuffix(before, "\n") + "\n"
		}
		want := before + bob + ` namespaces="agree@bythebook" ` + key + "\n"
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if err := parseSigners("", got, time.UTC).Admits(keyOf('b'), bob, noon); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNobodyIsListedByAPattern(t *testing.T) {
	for _, identity := range []string{"", "*", "*@example.com", "a?b@example.com", "!a@example.com", "a@example.com,b@example.com", "#a", "a b@example.com", "a\tb", "a\n* ", "\"a\"", "a\x00"} {
		if got, err := (Signers{}).With(identity, keyOf('a')); !errors.Is(err, ErrList) {
			t.Errorf("%q: %q, %v", identity, got, err)
		}
	}
}

// write makes a file in a folder of its own.
func write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadSigners(t *testing.T) {
	text := list(alice, lineOf(keyOf('a').pub))
	s, err := ReadSigners(write(t, "allowed_signers", text))
	if err != nil || s.Admits(keyOf('a'), alice, noon) != nil {
		t.Errorf("%v, %v", err, s)
	}
	if want := fmt.Sprintf("%x", sha256.Sum256([]byte(text))); s.Sum != want {
		t.Errorf("the sum is %s, want %s", s.Sum, want)
	}
	s, err = ReadSigners(filepath.Join(t.TempDir(), "allowed_signers"))
	if err != nil || s.Sum != "" || !errors.Is(s.Admits(keyOf('a'), alice, noon), ErrUnlisted) {
		t.Errorf("no file: %v, %v", err, s)
	}
	if s, err = ReadSigners(write(t, "allowed_signers", "")); err != nil || s.Sum == "" {
		t.Errorf("an empty file: %v, %v", err, s)
	}
	for name, path := range map[string]string{"a folder": t.TempDir(), "too long": write(t, "allowed_signers", strings.Repeat("#", maxList+1))} {
		if _, err := ReadSigners(path); !errors.Is(err, ErrList) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadRevoked(t *testing.T) {
	key := lineOf(keyOf('a').pub)
	for _, c := range []struct {
		name, text string
		has        bool   // keyOf('a'), which is
		want       string // words of the error
	}{
		{"listed", "# lost\n" + key + " laptop\n", true, ""},
		{"another", lineOf(keyOf('b').pub), false, ""},
		{"empty", "", false, ""},
		{"binary", "SSHKRL\n\x00\x00\x00\x00\x01", true, "is a binary list (KRL), which is not read here; write the public keys into it, one a line"},
		{"not a key", lineOf(keyOf('b').pub) + "\nnothing\n", true, "revoked_keys line 2: the key is damaged; copy its line from the .pub file again (until then no key is trusted)"},
		{"options", "cert-authority " + key, true, "revoked_keys line 1"},
		{"too long", strings.Repeat("#", maxList+1), true, "longer than 1 MiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			gone, err := ReadRevoked(write(t, "revoked_keys", c.text))
			if gone.Has(keyOf('a')) != c.has {
				t.Errorf("revoked: %v, want %v", !c.has, c.has)
			}
			if (err != nil) != (c.want != "") || err != nil && (!errors.Is(err, ErrList) || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
	if gone, err := ReadRevoked(filepath.Join(t.TempDir(), "revoked_keys")); err != nil || gone.Has(keyOf('a')) {
		t.Errorf("no file: %v", err)
	}
}

// TestPatternsAreNeverSlow: each of these takes a matcher that tries every way
// longer than anybody waits.
func TestPatternsAreNeverSlow(t *testing.T) {
	for _, pattern := range []string{
		strings.Repeat("*a", maxPattern/2) + "b",
		strings.Repeat("a*", maxPattern/2) + "b",
		strings.Repeat("?*", maxPattern/2) + "b",
	} {
		if listed(strings.Repeat("a", 4096), pattern) {
			t.Errorf("%.10s... matches", pattern)
		}
	}
}

// FuzzSigners: no list makes it panic, what is told of it can be shown, and a
// line that is added counts.
func FuzzSigners(f *testing.F) {
	key := lineOf(keyOf('a').pub)
	for _, text := range []string{
		"", "#\n\r\n", list(alice, key), list("\"*\"", `NAMESPACES="a\"b,!c",valid-after="20260101Z",valid-before="202701010000" `+key),
		list("!a,*", "cert-authority "+key), list(alice, key[:40]), list(alice, `namespaces="`), list("\"", key), "a\x00b " + key,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := parseSigners("allowed_signers", []byte(text), time.UTC)
		for _, line := range s.Skipped {
			if strings.ContainsFunc(line, unicode.IsControl) {
				t.Errorf("a control character is in %q", line)
			}
		}
		grows(t, s)
		if gone, err := parseRevoked("revoked_keys", []byte(text)); err != nil && !gone.Has(keyOf('a')) {
			t.Error("a list that can't be read trusts a key")
		}
	})
}

// grows adds a key to a list and reads it again.
func grows(t *testing.T, s Signers) {
	t.Helper()
	more, err := s.With(bob, keyOf('b'))
	if err != nil {
		t.Fatal(err)
	}
	again := parseSigners("allowed_signers", more, time.UTC)
	if err := again.Admits(keyOf('b'), bob, noon); err != nil {
		t.Errorf("the added line: %v", err)
	}
	if len(again.lines) != len(s.lines)+1 || len(again.Skipped) != len(s.Skipped) {
		t.Errorf("%d lines and %d skipped became %d and %d", len(s.lines), len(s.Skipped), len(again.lines), len(again.Skipped))
	}
}
