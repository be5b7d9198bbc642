package agree

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"bythebook/runbook"

	"github.com/google/go-cmp/cmp"
	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

// keyring makes one key of each kind, once for all tests.
var keyring = sync.OnceValue(func() map[string]ssh.Signer {
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	long, _ := rsa.GenerateKey(rand.Reader, 2048)
	curve, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	_, other, _ := ed25519.GenerateKey(rand.Reader)
	keys := map[string]ssh.Signer{}
	for who, key := range map[string]any{"alice": ed, "bob": long, "christina": curve, "dora": other} {
		keys[who], _ = ssh.NewSignerFromKey(key)
	}
	return keys
})

// A team is a playbook that asks three of its four people, and their folder.
type team struct {
	t    testing.TB
	dir  string
	book *runbook.Playbook
	from runbook.Copy
	now  time.Time
}

func newTeam(t testing.TB) *team {
	t.Helper()
	book := &runbook.Playbook{ID: "shop", Published: "https://wiki.example.com/dr/shop",
		Agreement: &runbook.Agreement{By: []string{"alice", "bob", "christina"}, Valid: 180 * 24 * time.Hour}}
	for _, who := range []string{"alice", "bob", "christina", "dora"} {
		book.Contacts = append(book.Contacts, runbook.Contact{ID: who, Email: who + "@example.com"})
	}
	return &team{t: t, dir: Dir(filepath.Join(t.TempDir(), "shop.yaml"), "shop"), book: book, from: shop(), now: spoken.Add(time.Hour)}
}

// statement is somebody's word on the text at hand, a minute before now.
func (m *team) statement(who string, d Decision) Statement {
	s := Statement{Playbook: m.book.ID, Decision: d, By: who + "@example.com", At: m.now.Add(-time.Minute), Sums: m.from.Sums()}
	switch d {
	case Objects:
		s.Because = []string{"Step 2 needs a password."}
	case Published:
		s.Place = m.book.Published
	}
	return s
}

// signedBy signs as who, for any purpose.
func signedBy(t testing.TB, who, namespace string, text []byte) []byte {
	t.Helper()
	sig, err := sshsig.Sign(bytes.NewReader(text), keyring()[who], sshsig.HashSHA512, namespace)
	if err != nil {
		t.Fatal(err)
	}
	return sshsig.Armor(sig)
}

// says keeps somebody's statement, and their key where it is the first.
func (m *team) says(who string, s Statement) {
	m.t.Helper()
	listed, err := ReadSigners(filepath.Join(m.dir, signersFile))
	if err != nil {
		m.t.Fatal(err)
	}
	var signers []byte
	if mail := who + "@example.com"; len(listed.Keys(mail)) == 0 {
		if signers, err = listed.With(mail, Key{pub: keyring()[who].PublicKey()}); err != nil {
			m.t.Fatal(err)
		}
	}
	if err := Keep(m.dir, who, s, signedBy(m.t, who, Namespace, s.Bytes()), m.from, signers); err != nil {
		m.t.Fatal(err)
	}
}

func (m *team) agree(people ...string) {
	m.t.Helper()
	for _, who := range people {
		m.says(who, m.statement(who, Agrees))
	}
}

func (m *team) look() Standing {
	m.t.Helper()
	s, err := Look(m.book, m.from, m.dir, "", m.now)
	if err != nil {
		m.t.Fatal(err)
	}
	return s
}

// states are those of all who are told of.
func states(s Standing) map[string]State {
	all := map[string]State{}
	for _, p := range slices.Concat(s.Asked, s.Others) {
		all[p.ID] = p.State
	}
	return all
}

func (m *team) want(want map[string]State) Standing {
	m.t.Helper()
	s := m.look()
	if diff := cmp.Diff(want, states(s)); diff != "" {
		m.t.Errorf("%s%+v", diff, s)
	}
	return s
}

// why looks for words in what is told of somebody's word.
func (m *team) why(who, words string) {
	m.t.Helper()
	p, _ := m.look().Person(who)
	if p.State != Unproven || !strings.Contains(p.Why, words) {
		m.t.Errorf("%s is %s, because %q; want ... %s ...", who, p.State, p.Why, words)
	}
}

func (m *team) write(name string, text []byte) {
	m.t.Helper()
	path := filepath.Join(m.dir, name)
	_ = os.Remove(path) // a file that is written over may have to wait for the disk
	if err := os.WriteFile(path, text, 0o644); err != nil {
		m.t.Fatal(err)
	}
}

func (m *team) file(name string) []byte {
	m.t.Helper()
	text, err := os.ReadFile(filepath.Join(m.dir, name))
	if err != nil {
		m.t.Fatal(err)
	}
	return text
}

func (m *team) names(sub string) []string {
	m.t.Helper()
	entries, err := os.ReadDir(filepath.Join(m.dir, sub))
	if err != nil {
		m.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// change makes another text of the playbook's own file.
func (m *team) change(from, to string) {
	old := m.from
	m.from = runbook.Copy{Main: old.Main, Files: maps.Clone(old.Files)}
	m.from.Files[old.Main] = bytes.Replace(old.Files[old.Main], []byte(from), []byte(to), 1)
}

var all = map[string]State{"alice": Agreed, "bob": Agreed, "christina": Agreed}

func TestEverybodyWhoIsAskedMustAgree(t *testing.T) {
	m := newTeam(t)
	if s := m.want(map[string]State{"alice": Silent, "bob": Silent, "christina": Silent}); s.Full() || len(s.Strays) > 0 {
		t.Errorf("nobody has spoken, and it is %+v", s)
	}
	m.agree("alice", "bob")
	if s := m.want(map[string]State{"alice": Agreed, "bob": Agreed, "christina": Silent}); s.Full() {
		t.Error("full without christina")
	}
	m.agree("christina", "dora")
	s := m.want(map[string]State{"alice": Agreed, "bob": Agreed, "christina": Agreed, "dora": Agreed})
	if !s.Full() || len(s.Strays) > 0 || s.Signers == "" {
		t.Errorf("not full, or with strays: %+v", s)
	}
	p, _ := s.Person("alice")
	want := Person{ID: "alice", State: Agreed, On: spoken.Add(59 * time.Minute), Until: spoken.Add(59*time.Minute + 180*24*time.Hour),
		Key: ssh.FingerprintSHA256(keyring()["alice"].PublicKey()), Of: m.from.Digest()}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}
	m.book.Agreement = nil
	if m.look().Full() {
		t.Error("full, and nobody is asked")
	}
}

// TestEveryByteCounts: whichever byte of whichever file is another, nobody's
// agreement holds.
func TestEveryByteCounts(t *testing.T) {
	m := newTeam(t)
	m.agree("alice", "bob", "christina")
	m.want(all)
	for path, text := range m.from.Files {
		changed := bytes.Clone(text)
		c := runbook.Copy{Main: m.from.Main, Files: maps.Clone(m.from.Files)}
		c.Files[path] = changed
		for i, b := range text {
			for _, other := range []byte{b ^ 1, b ^ 0x20, b ^ 0x80, b + 1, 0} {
				changed[i] = other
				s, err := Look(m.book, c, m.dir, "", m.now)
				if err != nil || other != b && (s.Full() || slices.ContainsFunc(s.Asked, func(p Person) bool { return p.State != Another })) {
					t.Fatalf("%s, byte %d from %q to %q: %v %+v", path, i, b, other, err, states(s))
				}
			}
			changed[i] = b
		}
	}
}

func TestAFileMoreOrLessIsAnotherText(t *testing.T) {
	m := newTeam(t)
	m.agree("alice", "bob", "christina")
	for name, files := range map[string]map[string][]byte{
		"more":    {"shop.yaml": m.from.Files["shop.yaml"], "scripts/launch.sh": m.from.Files["scripts/launch.sh"], "b": nil},
		"less":    {"shop.yaml": m.from.Files["shop.yaml"]},
		"renamed": {"shop.yaml": m.from.Files["shop.yaml"], "scripts/lunch.sh": m.from.Files["scripts/launch.sh"]},
		"swapped": {"shop.yaml": m.from.Files["scripts/launch.sh"], "scripts/launch.sh": m.from.Files["shop.yaml"]},
	} {
		s, err := Look(m.book, runbook.Copy{Main: "shop.yaml", Files: files}, m.dir, "", m.now)
		if err != nil || s.Full() || s.Asked[0].State != Another {
			t.Errorf("%s: %v %v", name, err, states(s))
		}
	}
}

// TestAWordOnPartOfATextIsNone: who signed a file less, or one more, did not
// sign this text, although each line for itself is true.
func TestAWordOnPartOfATextIsNone(t *testing.T) {
	m := newTeam(t)
	m.agree("christina")
	less, more := m.statement("alice", Agrees), m.statement("bob", Agrees)
	less.Sums = less.Sums[1:]
	more.Sums = append(more.Sums, strings.Repeat("f", 64)+"  scripts/more.sh\n")
	m.says("alice", less)
	m.says("bob", more)
	if s := m.want(map[string]State{"alice": Another, "bob": Another, "christina": Agreed}); s.Full() {
		t.Error("it is full")
	}
}

// TestEveryByteOfAWordCounts: a statement or a signature in which one byte is
// another counts for nothing, whichever kind of key made it.
func TestEveryByteOfAWordCounts(t *testing.T) {
	t.Parallel()
	m := newTeam(t)
	m.agree("alice", "bob", "christina")
	for i, who := range m.book.Agreement.By {
		m.book.Agreement = &runbook.Agreement{By: []string{who}} // quicker than to judge everybody
		m.book.Contacts = []runbook.Contact{newTeam(t).book.Contacts[i]}
		for _, name := range []string{who + ".txt", who + ".txt.sig"} {
			text := m.file(name)
			for i, b := range text {
				for _, other := range []byte{b ^ 1, b ^ 0x20, b + 1} {
					changed := bytes.Clone(text)
					changed[i] = other
					m.write(name, changed)
					if p, _ := m.look().Person(who); p.State != Unproven {
						t.Fatalf("%s, byte %d from %q to %q: %s is %s", name, i, b, other, who, p.State)
					}
				}
			}
			for _, cut := range [][]byte{nil, text[:len(text)-2], text[1:], append(bytes.Clone(text), '\n')} {
				m.write(name, cut)
				if p, _ := m.look().Person(who); p.State == Agreed {
					t.Errorf("%s with %d bytes still counts", name, len(cut))
				}
			}
			m.write(name, text)
		}
		m.want(map[string]State{who: Agreed})
	}
}

func TestWhatDoesNotCountAndWhy(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*team)
		why   string
	}{
		"another playbook's": {func(m *team) {
			s := m.statement("alice", Agrees)
			s.Playbook = "etcd"
			m.says("alice", s)
		}, "for another playbook, etcd"},
		"another person's": {func(m *team) {
			m.write("alice.txt", m.file("bob.txt"))
			m.write("alice.txt.sig", m.file("bob.txt.sig"))
		}, "as bob@example.com, and the playbook has alice@example.com"},
		"signed by another": {func(m *team) {
			m.write("alice.txt.sig", signedBy(m.t, "bob", Namespace, m.file("alice.txt")))
		}, "not listed for this person"},
		"for another purpose": {func(m *team) {
			m.write("alice.txt.sig", signedBy(m.t, "alice", "git", m.file("alice.txt")))
		}, "for something else than an agreement"},
		"not signed": {func(m *team) {
			os.Remove(filepath.Join(m.dir, "alice.txt.sig"))
		}, "its signature is not there, alice.txt.sig"},
		"only signed": {func(m *team) {
			os.Remove(filepath.Join(m.dir, "alice.txt"))
		}, "only its signature is there"},
		"no statement": {func(m *team) {
			m.write("alice.txt", []byte("I agree.\n"))
		}, "is no statement"},
		"still to come": {func(m *team) {
			s := m.statement("alice", Agrees)
			s.At = m.now.Add(25 * time.Hour)
			m.says("alice", s)
		}, "still to come"},
		"the email has changed": {func(m *team) {
			m.book.Contacts[0].Email = "alice@example.net"
		}, "as alice@example.com, and the playbook has alice@example.net"},
		"no email": {func(m *team) {
			m.book.Contacts[0].Email = ""
		}, "gives no email"},
		"a pattern": {func(m *team) {
			m.book.Contacts[0].Email = "*@example.com"
		}, "can't be made for the email"},
		"one email for two": {func(m *team) {
			m.book.Contacts[3].Email = "Alice@example.com"
		}, "same email for alice, dora"},
		"one key for two, by a pattern": {func(m *team) {
			m.write(signersFile, append([]byte("*@example.com "), ssh.MarshalAuthorizedKey(keyring()["dora"].PublicKey())...))
			m.write("alice.txt.sig", signedBy(m.t, "dora", Namespace, m.file("alice.txt")))
		}, "listed for alice, bob, christina, dora, so nobody can tell whose word it is"},
		"one key for two, in two lines": {func(m *team) {
			list, _ := ReadSigners(filepath.Join(m.dir, signersFile))
			text, _ := list.With("bob@example.com", Key{pub: keyring()["alice"].PublicKey()})
			m.write(signersFile, text)
		}, "listed for alice, bob, so nobody can tell whose word it is"},
		"words on publication": {func(m *team) {
			m.says("alice", m.statement("alice", Published))
			m.write("alice.txt", m.file("alice.published.txt"))
			m.write("alice.txt.sig", m.file("alice.published.txt.sig"))
		}, `it says "published"`},
		"no list": {func(m *team) {
			os.Remove(filepath.Join(m.dir, signersFile))
		}, "not listed for this person"},
		"withdrawn": {func(m *team) {
			m.write(revokedFile, ssh.MarshalAuthorizedKey(keyring()["alice"].PublicKey()))
		}, "withdrawn"},
		"a list of withdrawn keys that can't be read": {func(m *team) {
			m.write(revokedFile, []byte("alice's old one\n"))
		}, "no key is trusted"},
		"a pipe": {func(m *team) {
			os.Remove(filepath.Join(m.dir, "alice.txt"))
			if err := syscall.Mkfifo(filepath.Join(m.dir, "alice.txt"), 0o600); err != nil {
				m.t.Fatal(err)
			}
		}, "not a regular file"},
		"a link that leads out": {func(m *team) {
			elsewhere := filepath.Join(m.t.TempDir(), "alice.txt")
			if err := os.Rename(filepath.Join(m.dir, "alice.txt"), elsewhere); err != nil {
				m.t.Fatal(err)
			}
			if err := os.Symlink(elsewhere, filepath.Join(m.dir, "alice.txt")); err != nil {
				m.t.Fatal(err)
			}
		}, "alice.txt can't be read: path escapes"},
		"a flood": {func(m *team) {
			m.write("alice.txt", bytes.Repeat([]byte("x"), 1<<20))
		}, "larger than 65536 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			m := newTeam(t)
			m.agree("alice", "bob", "christina")
			c.spoil(m)
			m.why("alice", c.why)
			if m.look().Full() {
				t.Error("it is full")
			}
		})
	}
}

func TestAFolderThatCannotBeRead(t *testing.T) {
	for name, make := range map[string]func(*team){
		"a file": func(m *team) { m.t.Helper(); os.WriteFile(m.dir, nil, 0o600) },
		"a pipe": func(m *team) { syscall.Mkfifo(m.dir, 0o600) },
		"a link that leads out": func(m *team) {
			there := newTeam(m.t)
			there.agree("alice", "bob", "christina")
			os.Symlink(there.dir, m.dir)
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := newTeam(t)
			make(m)
			m.why("alice", "can't be read")
			if s := m.look(); s.Full() || len(s.Strays) == 0 {
				t.Errorf("%+v", s)
			}
			s := m.statement("alice", Agrees)
			if err := Keep(m.dir, "alice", s, nil, m.from, nil); err == nil {
				t.Error("something was written")
			}
		})
	}
}

func TestAWordHoldsAsLongAsTheDocumentLetsIt(t *testing.T) {
	m := newTeam(t)
	m.agree("alice", "bob", "christina")
	m.now = m.now.Add(180*24*time.Hour - time.Minute - time.Second)
	m.want(all)
	m.now = m.now.Add(time.Second)
	s := m.want(map[string]State{"alice": Expired, "bob": Expired, "christina": Expired})
	if want := "it held until 2027-05-22"; s.Full() || s.Asked[0].Why != want {
		t.Errorf("%q, want %q", s.Asked[0].Why, want)
	}
	m.book.Agreement.Valid = 0
	if s := m.want(all); !s.Asked[0].Until.IsZero() {
		t.Errorf("it holds until %s, want for good", s.Asked[0].Until)
	}
}

func TestWhatSomebodyAgreedToCanBeCompared(t *testing.T) {
	m := newTeam(t)
	m.agree("alice", "bob", "christina")
	first := m.from
	m.change("Shop", "The shop")
	m.agree("bob")
	s := m.want(map[string]State{"alice": Another, "bob": Agreed, "christina": Another})
	if diff := cmp.Diff(first, s.Asked[0].Text); diff != "" {
		t.Error(diff)
	}
	if got := len(m.names(textsDir)); got != 3 {
		t.Errorf("%d texts are kept, want both of the playbook and the script once", got)
	}
	m.write(filepath.Join(textsDir, "notes.md"), nil)
	m.agree("alice", "christina")
	want := []string{sumOf(m.from.Files["scripts/launch.sh"]), sumOf(m.from.Files["shop.yaml"]), "notes.md"}
	slices.Sort(want)
	if diff := cmp.Diff(want, m.names(textsDir)); diff != "" {
		t.Error(diff)
	}
	m.change("Shop", "Our shop")
	m.change("shop", "store")
	kept := sumOf(shop().Files["scripts/launch.sh"])
	m.write(filepath.Join(textsDir, kept), []byte("echo down\n"))
	if s := m.look(); len(s.Asked[0].Text.Files) > 0 {
		t.Errorf("a text is told of that nobody agreed to: %+v", s.Asked[0].Text)
	}
}

// TestAnObjectionThatIsGoneIsMissed: by the word that settled it, or by the number
// of a later one.
func TestAnObjectionThatIsGoneIsMissed(t *testing.T) {
	for name, left := range map[string]string{"settled": "bob.settled-1.txt", "a later one": "bob.objection-2.txt"} {
		m := newTeam(t)
		m.agree("alice", "bob", "christina")
		for _, half := range []string{"", ".sig"} {
			m.write(left+half, m.file("bob.txt"+half))
		}
		if s := m.look(); !slices.Contains(s.Strays, "bob.objection-1.txt is gone: an objection was filed under that number") {
			t.Errorf("%s: %q", name, s.Strays)
		}
	}
}

func TestAnObjectionStandsUntilItsAuthorSettlesIt(t *testing.T) {
	m := newTeam(t)
	m.agree("alice", "christina")
	objects := m.statement("bob", Objects)
	m.says("bob", objects)
	m.want(map[string]State{"alice": Agreed, "bob": Objected, "christina": Agreed})

	m.change("Shop", "The shop")
	m.now = m.now.Add(time.Hour)
	m.agree("alice", "christina")
	s := m.want(map[string]State{"alice": Agreed, "bob": Objected, "christina": Agreed})
	if p := s.Asked[1]; p.Why != "the objection was to another text, and is not settled" || len(p.Text.Files) == 0 {
		t.Errorf("%+v", p)
	}

	settles := m.statement("bob", Agrees)
	settles.Settled, settles.Settles = []string{"Kim has it.", "Tried."}, []string{s.Open("bob")[0].Statement}
	m.says("bob", settles)
	s = m.want(all)
	want := []Objection{{By: "bob", On: objects.At, Digest: objects.Digest(), Text: "Step 2 needs a password.", Settled: "Kim has it.\nTried.", Ended: settles.At, Statement: sumOf(objects.Bytes())}}
	if diff := cmp.Diff(want, s.Objections); diff != "" || !s.Full() {
		t.Errorf("full: %v %s", s.Full(), diff)
	}

	m.change("shop", "store") // the word that settled it is replaced, and it stays settled
	m.agree("alice", "bob", "christina")
	if diff := cmp.Diff(want, m.want(all).Objections); diff != "" {
		t.Error(diff)
	}

	second := m.statement("bob", Objects)
	second.Because = []string{"The database has moved."}
	m.says("bob", second)
	s = m.want(map[string]State{"alice": Agreed, "bob": Objected, "christina": Agreed})
	settles = m.statement("bob", Agrees)
	settles.Settled, settles.Settles = []string{"It says so now."}, []string{s.Open("bob")[0].Statement}
	m.says("bob", settles)
	if s := m.want(all); len(s.Objections) != 2 || !s.Full() || len(s.Strays) > 0 {
		t.Errorf("%+v", s)
	}
	if names := m.names("."); !slices.Contains(names, "bob.objection-2.txt") || !slices.Contains(names, "bob.settled-2.txt.sig") {
		t.Errorf("the second objection is not filed: %v", names)
	}

	for _, name := range []string{"bob.settled-1.txt", "bob.settled-1.txt.sig"} {
		os.Remove(filepath.Join(m.dir, name))
	}
	if s := m.want(map[string]State{"alice": Agreed, "bob": Objected, "christina": Agreed}); s.Full() {
		t.Error("an objection that nobody has settled is taken for settled")
	}
}

func TestNobodyElseSettlesAnObjection(t *testing.T) {
	m := newTeam(t)
	m.agree("alice", "bob", "christina")
	m.says("dora", m.statement("dora", Objects)) // who was not even asked
	s := m.want(map[string]State{"alice": Agreed, "bob": Agreed, "christina": Agreed, "dora": Objected})
	if s.Full() {
		t.Error("full over an objection")
	}
	sum := s.Open("dora")[0].Statement
	settles := m.statement("alice", Agrees)
	settles.Settled, settles.Settles = []string{"Never mind."}, []string{sum}
	text := settles.Bytes()
	m.write("alice.txt", text)
	m.write("alice.txt.sig", signedBy(t, "alice", Namespace, text))
	m.write("dora.objection-1.txt", m.file("dora.txt"))
	m.write("dora.objection-1.txt.sig", m.file("dora.txt.sig"))
	m.write("dora.settled-1.txt", text)
	m.write("dora.settled-1.txt.sig", m.file("alice.txt.sig"))
	if s := m.look(); s.Full() || len(s.Open("dora")) != 1 {
		t.Errorf("settled by another: %+v", s.Objections)
	}
}

func TestWhatIsPublishedWasLookedAt(t *testing.T) {
	m := newTeam(t)
	m.agree("alice")
	m.says("alice", m.statement("alice", Published))
	m.says("dora", m.statement("dora", Published))
	other := m.statement("bob", Published)
	other.Place = "https://wiki.example.com/old"
	m.says("bob", other)
	s := m.want(map[string]State{"alice": Agreed, "bob": Silent, "christina": Silent})
	want := []Find{
		{"alice", m.now.Add(-time.Minute), m.book.Published, m.from.Digest()},
		{"dora", m.now.Add(-time.Minute), m.book.Published, m.from.Digest()},
	}
	if diff := cmp.Diff(want, s.Finds); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"bob.published.txt: it tells of another place, https://wiki.example.com/old"}, s.Strays); diff != "" {
		t.Error(diff)
	}
	m.change("Shop", "The shop")
	if s := m.look(); len(s.Finds) != 2 || s.Finds[0].Digest == s.Digest {
		t.Errorf("what was found is another text: %+v", s.Finds)
	}
}

func TestWhatIsNotOursIsLeftAlone(t *testing.T) {
	m := newTeam(t)
	m.agree("alice", "bob", "christina")
	for _, name := range []string{"README.md", ".hidden.txt", "photo.png", "zoe.txt", "zoe.txt.sig", "Bob.txt", "bob.sig", "bob.objection-1.txt"} {
		m.write(name, []byte("x"))
	}
	s := m.want(all)
	want := []string{
		"Bob.txt: it looks like a signed statement, and by its name it is none",
		"bob.sig: it looks like a signed statement, and by its name it is none",
		"zoe.txt: nobody in the playbook has the id zoe",
		`bob.objection-1.txt: bob.objection-1.txt is no statement: its first line is not "bythebook agreement v1"`,
	}
	if diff := cmp.Diff(want, s.Strays); diff != "" || !s.Full() {
		t.Errorf("full: %v %s", s.Full(), diff)
	}
	m.agree("alice")
	if names := m.names("."); !slices.Contains(names, "README.md") || !slices.Contains(names, "zoe.txt") {
		t.Errorf("something was taken away: %v", names)
	}
}

func TestLinksAreReplacedAndNotFollowed(t *testing.T) {
	m := newTeam(t)
	m.agree("alice")
	precious := filepath.Join(t.TempDir(), "precious")
	if err := os.WriteFile(precious, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bob.txt", "bob.txt.sig"} {
		if err := os.Symlink(precious, filepath.Join(m.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	m.agree("bob")
	if text, _ := os.ReadFile(precious); string(text) != "mine" {
		t.Errorf("written through a link: %q", text)
	}
	m.want(map[string]State{"alice": Agreed, "bob": Agreed, "christina": Silent})
	if info, err := os.Lstat(filepath.Join(m.dir, "bob.txt")); err != nil || info.Mode().Type() != 0 {
		t.Errorf("bob.txt is %v, %v", info.Mode(), err)
	}
}

func TestOtherKeysThanTheFoldersOwn(t *testing.T) {
	m := newTeam(t)
	m.agree("alice", "bob", "christina")
	trusted, err := Signers{}.With("bob@example.com", Key{pub: keyring()["bob"].PublicKey()})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "mine")
	if err := os.WriteFile(path, trusted, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Look(m.book, m.from, m.dir, path, m.now)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]State{"alice": Unproven, "bob": Agreed, "christina": Unproven}, states(s)); diff != "" || s.Signers != sumOf(trusted) {
		t.Error(diff)
	}
	if _, err := Look(m.book, m.from, m.dir, path+"x", m.now); err == nil {
		t.Error("a list that is not there is taken for an empty one")
	}
}

// BenchmarkLook judges the words of three people, each with a key of another
// kind.
func BenchmarkLook(b *testing.B) {
	m := newTeam(b)
	m.agree("alice", "bob", "christina")
	for b.Loop() {
		m.look()
	}
}

// BenchmarkVerify verifies one statement of each kind of key.
func BenchmarkVerify(b *testing.B) {
	m := newTeam(b)
	m.agree("alice", "bob", "christina")
	who := parseSigners("allowed_signers", m.file("allowed_signers"), time.UTC)
	for _, name := range m.book.Agreement.By {
		text, sig := m.file(name+".txt"), m.file(name+".txt.sig")
		b.Run(name+", "+keyring()[name].PublicKey().Type(), func(b *testing.B) {
			for b.Loop() {
				if _, err := Verify(text, sig, who, Revoked{}, name+"@example.com", m.now); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestNobodySignsWithAKeyOfSeveral: what would not count is not signed either.
func TestNobodySignsWithAKeyOfSeveral(t *testing.T) {
	m := newTeam(t)
	key := Key{pub: keyring()["dora"].PublicKey()}
	ring := Ring{Signers: parseSigners(signersFile, append([]byte("*@example.com "), ssh.MarshalAuthorizedKey(key.pub)...), time.UTC)}
	if _, err := ring.Admit(m.book, "dora", key, m.now); err == nil || !strings.Contains(err.Error(), "listed for alice, bob, christina, dora") {
		t.Errorf("dora may sign with everybody's key: %v", err)
	}
}

// TestWhoCannotSign: why not is part of how their word stands, whatever they said.
func TestWhoCannotSign(t *testing.T) {
	m := newTeam(t)
	m.agree("alice", "bob", "christina")
	m.book.Contacts[0].Email = ""
	s := m.want(map[string]State{"alice": Unproven, "bob": Agreed, "christina": Agreed})
	for _, p := range s.Asked {
		if want := map[string]string{"alice": "the playbook gives no email, and a signature is made for one"}[p.ID]; p.Mute != want {
			t.Errorf("%s can't sign because %q, want %q", p.ID, p.Mute, want)
		}
	}
}
