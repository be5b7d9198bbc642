package agree

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
	"pgregory.net/rapid"
)

// TestListsAreReadAsByStock: a list of keys in which KEY is Alice's and OTHER is
// not, and whether her signature counts.
func TestListsAreReadAsByStock(t *testing.T) {
	needsSSH(t)
	file := newKey(t, "ed25519", "")
	signature := stockSigned(t, file, statement)
	fill := strings.NewReplacer("KEY", public(t, file), "OTHER", public(t, newKey(t, "ed25519", "")))
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"plain", "alice@example.com KEY\n", true},
		{"with a comment", "alice@example.com KEY alice's laptop\n", true},
		{"no line feed at the end", "alice@example.com KEY", true},
		{"blanks and tabs", " \talice@example.com\t  KEY\n", true},
		{"carriage returns", "# ours\r\nalice@example.com KEY\r\n", true},
		{"comments and empty lines", "# ours\n\n  # more\nalice@example.com KEY\n", true},
		{"nobody", "", false},
		{"somebody else", "bob@example.com KEY\n", false},
		{"another key", "alice@example.com OTHER\n", false},
		{"commented out", "#alice@example.com KEY\n", false},
		{"letter case of people", "Alice@example.com KEY\n", false},

		{"one of several people", "bob@example.com,alice@example.com KEY\n", true},
		{"star", "*@example.com KEY\n", true},
		{"star for everybody", "* KEY\n", true},
		{"stars", "*l*c*@*example*.com KEY\n", true},
		{"question mark", "a?ice@example.com KEY\n", true},
		{"question mark is one byte", "alice?@example.com KEY\n", false},
		{"star in the wrong place", "*@example.org KEY\n", false},
		{"negated", "*@example.com,!alice@example.com KEY\n", false},
		{"negated before", "!alice@example.com,*@example.com KEY\n", false},
		{"negated by pattern", "alice@example.com,!a* KEY\n", false},
		{"another is negated", "*@example.com,!bob@example.com KEY\n", true},
		{"only negated", "!bob@example.com KEY\n", false},
		{"empty patterns", ",,alice@example.com, KEY\n", true},
		{"longest pattern", "alice@example.com" + strings.Repeat("*", maxPattern-17) + " KEY\n", true},
		{"pattern too long", "alice@example.com," + strings.Repeat("*", maxPattern+1) + " KEY\n", false},
		{"quoted", "\"alice@example.com\" KEY\n", true},
		{"quoted list", "\"bob@example.com,alice@example.com\" KEY\n", true},
		{"quoted with blank", "\"alice@example.com, KEY\n", false},
		{"quoted in the middle", "ali\"ce@example.com\" KEY\n", true},
		{"quoted, nothing behind the quote", "\"alice@example.com\"KEY\n", true},
		{"quoted, more behind the quote", "\"alice@example\".com KEY\n", false},
		{"quote not closed", "\"alice@example.com KEY\n", false},
		{"empty quotes", "\"\" KEY\n", false},

		{"namespace", "alice@example.com namespaces=\"agree@bythebook\" KEY\n", true},
		{"namespace among others", "alice@example.com namespaces=\"git,agree@bythebook\" KEY\n", true},
		{"namespace by pattern", "alice@example.com namespaces=\"*@bythebook\" KEY\n", true},
		{"namespace behind a blank", "alice@example.com namespaces=\"a b,agree@bythebook\" KEY\n", true},
		{"quoted people and options", "\"alice@example.com\" namespaces=\"agree@bythebook\" KEY\n", true},
		{"namespace of others", "alice@example.com namespaces=\"git\" KEY\n", false},
		{"namespace negated", "alice@example.com namespaces=\"*,!agree@bythebook\" KEY\n", false},
		{"no namespace", "alice@example.com namespaces=\"\" KEY\n", false},
		{"namespace with a quote in it", "alice@example.com namespaces=\"agree@bythebook\\\"\" KEY\n", false},
		{"namespaces twice", "alice@example.com namespaces=\"*\",namespaces=\"*\" KEY\n", false},
		{"namespaces without quotes", "alice@example.com namespaces=agree@bythebook KEY\n", false},
		{"namespaces without value", "alice@example.com namespaces KEY\n", false},
		{"value not closed", "alice@example.com namespaces=\"agree@bythebook KEY\n", false},
		{"odd case", "alice@example.com NameSpaces=\"agree@bythebook\",VALID-Before=\"20270101Z\" KEY\n", true},
		{"odd case, expired", "alice@example.com VALID-Before=\"20260101Z\" KEY\n", false},

		{"valid", "alice@example.com valid-after=\"20260101\",valid-before=\"20270101\" KEY\n", true},
		{"expired", "alice@example.com valid-before=\"20260630\" KEY\n", false},
		{"not yet valid", "alice@example.com valid-after=\"20260702\" KEY\n", false},
		{"expired a second ago", "alice@example.com valid-before=\"20260701115959Z\" KEY\n", false},
		{"expires this second", "alice@example.com valid-before=\"20260701120000Z\" KEY\n", true},
		{"valid from this second", "alice@example.com valid-after=\"20260701120000Z\" KEY\n", true},
		{"valid in a second", "alice@example.com valid-after=\"20260701120001Z\" KEY\n", false},
		{"minutes", "alice@example.com valid-after=\"202607011200\",valid-before=\"202607011201Z\" KEY\n", true},
		{"minutes, expired", "alice@example.com valid-before=\"202607011159\" KEY\n", false},
		{"small z", "alice@example.com valid-before=\"20270101z\" KEY\n", true},
		{"before and after at once", "alice@example.com valid-after=\"20260101\",valid-before=\"20260101\" KEY\n", false},
		{"times the wrong way round", "alice@example.com valid-after=\"20270101\",valid-before=\"20280101\" KEY\n", false},
		{"time twice", "alice@example.com valid-before=\"20270101\",valid-before=\"20270101\" KEY\n", false},
		{"no time", "alice@example.com valid-before=\"\" KEY\n", false},
		{"words for a time", "alice@example.com valid-before=\"tomorrow\" KEY\n", false},
		{"time of another form", "alice@example.com valid-before=\"2027-01-01\" KEY\n", false},
		{"month 13", "alice@example.com valid-before=\"20271301\" KEY\n", false},
		{"two Z", "alice@example.com valid-before=\"20270101ZZ\" KEY\n", false},
		{"the beginning of time", "alice@example.com valid-before=\"19700101Z\" KEY\n", false},
		{"before the beginning of time", "alice@example.com valid-after=\"19690101Z\" KEY\n", false},
		{"shortly before the beginning of time", "alice@example.com valid-after=\"196912312359Z\" KEY\n", false},
		{"hour with offset", "alice@example.com valid-before=\"20270101+01\" KEY\n", false},

		{"two lines, one has expired", "alice@example.com valid-before=\"20260101\" KEY\nalice@example.com KEY\n", true},
		{"two lines, one is of others", "alice@example.com namespaces=\"git\" KEY\nalice@example.com namespaces=\"agree@bythebook\" KEY\n", true},
		{"two lines, none counts", "alice@example.com namespaces=\"git\" KEY\nalice@example.com valid-before=\"20260101\" KEY\n", false},
		{"behind a line that can't be read", "alice@example.com\nalice@example.com nothing\n\"alice KEY\nalice@example.com KEY\n", true},
		{"negated in one line only", "*,!alice@example.com KEY\nalice@example.com KEY\n", true},

		{"authority", "alice@example.com cert-authority KEY\n", false},
		{"authority in odd case", "alice@example.com Cert-Authority,namespaces=\"*\" KEY\n", false},
		{"authority beside a plain line", "alice@example.com cert-authority KEY\nalice@example.com KEY\n", true},
		{"unknown option", "alice@example.com no-pty KEY\n", false},
		{"unknown option among known ones", "alice@example.com namespaces=\"*\",no-pty KEY\n", false},
		{"option that only begins like one", "alice@example.com cert-authority2 KEY\n", false},
		{"no comma", "alice@example.com namespaces=\"*\"valid-before=\"20270101\" KEY\n", false},
		{"comma at the end", "alice@example.com namespaces=\"*\", KEY\n", false},
		{"options parted by a blank", "alice@example.com namespaces=\"*\" valid-before=\"20270101\" KEY\n", false},
		{"options before the people", "namespaces=\"*\" alice@example.com KEY\n", false},

		{"no key", "alice@example.com\n", false},
		{"kind without key", "alice@example.com ssh-ed25519\n", false},
		{"kind twice", "alice@example.com ssh-ed25519 KEY\n", false},
		{"another kind", strings.Replace(fill.Replace("alice@example.com KEY\n"), "ssh-ed25519", "ssh-rsa", 1), false},
		{"unknown kind", strings.Replace(fill.Replace("alice@example.com KEY\n"), "ssh-ed25519", "ssh-new", 1), false},
		{"damaged key", strings.Replace(fill.Replace("alice@example.com KEY\n"), "AAAAC3", "AAA!C3", 1), false},
		{"shortened key", fill.Replace("alice@example.com KEY")[:80] + "\n", false},
		{"key with more behind it", fill.Replace("alice@example.com KEY") + "AAAA\n", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := proof{signers: fill.Replace(c.text), signature: signature, statement: statement, identity: alice, now: noon}
			p.both(t, c.want)
		})
	}
}

func TestTheLineThatIsAddedCountsForStock(t *testing.T) {
	needsSSH(t)
	file := newKey(t, "ecdsa", "")
	signature, key, err := SignFile(t.Context(), file, statement, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	text, err := parseSigners("", []byte("# ours"), time.UTC).With(alice, key)
	if err != nil {
		t.Fatal(err)
	}
	p := proof{signers: string(text), signature: signature, statement: statement, identity: alice, now: noon}
	p.both(t, true)
	p.identity = bob
	p.both(t, false)
}

// TestTimesAreOfThePlaceAsByStock: a time without a Z is read as of the place,
// and a summer's as if there were no daylight saving.
func TestTimesAreOfThePlaceAsByStock(t *testing.T) {
	needsSSH(t)
	if _, err := os.Stat("/usr/share/zoneinfo"); err != nil {
		t.Skip("the system knows no time zones, so ssh-keygen does not either")
	}
	file := newKey(t, "ed25519", "")
	p := proof{signature: stockSigned(t, file, statement), statement: statement, identity: alice}
	for _, zone := range []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Auckland", "Europe/Dublin"} {
		for _, local := range []string{"20260115", "202607011200", "20260329023000", "20261025023000", "20260405013000", "20261101013000"} {
			p.zone, p.signers = zone, fmt.Sprintf("%s valid-before=%q %s\n", alice, local, public(t, file))
			place, err := time.LoadLocation(zone)
			if err != nil {
				t.Skip(err)
			}
			until := parseSigners("", []byte(p.signers), place).lines[0].before
			t.Run(zone+" "+local, func(t *testing.T) {
				p.now = until
				p.both(t, true)
				p.now = until.Add(time.Second)
				p.both(t, false)
			})
		}
	}
}

// TestStricterThanStock: what ssh-keygen may take, and nobody needs.
func TestStricterThanStock(t *testing.T) {
	needsSSH(t)
	file := newKey(t, "ed25519", "")
	key, signature := public(t, file), stockSigned(t, file, statement)
	certificate := certify(t, file)
	plain := proof{signers: list(alice, key), signature: signature, statement: statement, identity: alice, now: noon}
	plain.both(t, true)
	for _, c := range []struct {
		name   string
		change func(*proof)
	}{
		{"empty option", func(p *proof) { p.signers = list(alice, ",namespaces=\"*\" "+key) }},
		{"another name of UTC", func(p *proof) { p.signers = list(alice, "valid-before=\"20270101UTC\" "+key) }},
		{"blanks in a time", func(p *proof) { p.signers = list(alice, "valid-before=\"2027 1 1\" "+key) }},
		{"31 February", func(p *proof) { p.signers = list(alice, "valid-before=\"20270231\" "+key) }},
		{"NUL", func(p *proof) { p.signers = list(alice, key+" \x00") }},
		{"certificate", func(p *proof) { p.signers, p.signature = list(alice, "cert-authority "+key), certificate }},
		{"text behind the signature", func(p *proof) { p.signature = append(bytes.Clone(signature), "more\n"...) }},
		{"nobody's name", func(p *proof) { p.signers, p.identity = list("*", key), "" }},
		{"version 0", func(p *proof) { p.signature = rebuilt(t, signature, func(e *envelope) { e.Version = 0 }) }},
		{"reserved bytes", func(p *proof) { p.signature = rebuilt(t, signature, func(e *envelope) { e.Reserved = []byte("x") }) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := plain
			c.change(&p)
			if p.ours(t) == nil {
				t.Error("it was taken")
			}
		})
	}
}

// certify is a signature with a certificate that the key vouches for itself.
func certify(t *testing.T, file string) []byte {
	t.Helper()
	run(t, exec.Command("ssh-keygen", "-q", "-s", file, "-I", "id", "-n", alice, file+".pub"))
	text, err := readList(file + "-cert.pub")
	if err != nil {
		t.Fatal(err)
	}
	pub, _, _, _, err := ssh.ParseAuthorizedKey(text)
	if err != nil {
		t.Fatal(err)
	}
	s := signerOf(t, file)
	proper, err := s.Sign(rand.Reader, signedData("sha512", Namespace, statement))
	if err != nil {
		t.Fatal(err)
	}
	return sshsig.Armor(&sshsig.Signature{Version: 1, PublicKey: pub, Namespace: Namespace, HashAlgorithm: "sha512", Signature: proper})
}

// rebuilt changes what is in a signature and armors it again.
func rebuilt(t testing.TB, signature []byte, change func(*envelope)) []byte {
	t.Helper()
	var e envelope
	if err := ssh.Unmarshal(body(t, signature), &e); err != nil {
		t.Fatal(err)
	}
	change(&e)
	return armored(ssh.Marshal(e))
}

func body(t testing.TB, signature []byte) []byte {
	t.Helper()
	block, _ := pem.Decode(signature)
	if block == nil {
		t.Fatal("not armored")
	}
	return block.Bytes
}

func armored(raw []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: sshsig.PEMType, Bytes: raw})
}

// TestSignaturesAreJudgedAsByStock names the error, too, by which we refuse.
func TestSignaturesAreJudgedAsByStock(t *testing.T) {
	needsSSH(t)
	file, rsaFile, other := newKey(t, "ed25519", ""), newKey(t, "rsa 2048", ""), newKey(t, "ecdsa", "")
	rsaSigner, edSigner := signerOf(t, rsaFile), signerOf(t, file)
	signature := stockSigned(t, file, statement)
	plain := proof{
		signers:   list(alice, public(t, file)) + list(alice, public(t, rsaFile)),
		signature: signature, statement: statement, identity: alice, now: noon,
	}
	edit := func(old, new string) func(*proof) {
		return func(p *proof) { p.signature = bytes.Replace(signature, []byte(old), []byte(new), 1) }
	}
	signed := func(signature []byte) func(*proof) { return func(p *proof) { p.signature = signature } }
	revoked := func(text string) func(*proof) { return func(p *proof) { p.revoked = text } }
	for _, c := range []struct {
		name   string
		change func(*proof)
		want   error
	}{
		{"good", func(*proof) {}, nil},
		{"over SHA-256", signed(forge(t, edSigner, ssh.KeyAlgoED25519, "sha256", Namespace, statement)), nil},
		{"RSA with SHA-256", signed(forge(t, rsaSigner, ssh.KeyAlgoRSASHA256, "sha512", Namespace, statement)), nil},
		{"RSA with SHA-1", signed(forge(t, rsaSigner, ssh.KeyAlgoRSA, "sha512", Namespace, statement)), ErrAlgorithm},
		{"over an unknown hash", signed(forge(t, edSigner, ssh.KeyAlgoED25519, "md5", Namespace, statement)), ErrAlgorithm},
		{"another namespace", signed(forge(t, edSigner, ssh.KeyAlgoED25519, "sha512", "file", statement)), ErrNamespace},
		{"other bytes", func(p *proof) { p.statement = append(bytes.Clone(statement), '\n') }, ErrMismatch},
		{"no bytes", func(p *proof) { p.statement = nil }, ErrMismatch},
		{"somebody else", func(p *proof) { p.identity = bob }, ErrUnlisted},
		{"unlisted key", signed(stockSigned(t, other, statement)), ErrUnlisted},
		{"key for other purposes", func(p *proof) { p.signers = list(alice, `namespaces="git" `+public(t, file)) }, ErrPurpose},
		{"expired key", func(p *proof) { p.signers = list(alice, `valid-before="20260101" `+public(t, file)) }, ErrExpired},
		{"key not yet valid", func(p *proof) { p.signers = list(alice, `valid-after="20270101" `+public(t, file)) }, ErrEarly},
		{"relabelled namespace", signed(rebuilt(t, forge(t, edSigner, ssh.KeyAlgoED25519, "sha512", "file", statement),
			func(e *envelope) { e.Namespace = Namespace })), ErrMismatch},
		{"another's key put in", signed(rebuilt(t, stockSigned(t, other, statement),
			func(e *envelope) { e.Key = edSigner.PublicKey().Marshal() })), ErrAlgorithm},
		{"bytes behind the inner signature", signed(rebuilt(t, signature,
			func(e *envelope) { e.Signature = append(e.Signature, 0) })), ErrUnreadable},
		{"bytes behind the body", signed(armored(append(body(t, signature), 0))), ErrUnreadable},

		{"revoked", revoked(public(t, file) + "\n"), ErrRevoked},
		{"revoked, with comment", revoked("# lost\n\n" + public(t, file) + " alice's laptop\r\n"), ErrRevoked},
		{"another is revoked", revoked(public(t, other) + "\n"), nil},
		{"nothing is revoked", revoked("# nothing\n"), nil},
		{"a short key is revoked", revoked(lineOf(signerOf(t, newKey(t, "rsa 1024", "")).PublicKey()) + "\n"), nil},
		{"revoked list can't be read", revoked(public(t, other) + "\nnothing\n"), ErrRevoked},
		{"revoked list with an empty line of Windows", revoked("\r\n"), ErrRevoked},
		{"revoked list with options", revoked("cert-authority " + public(t, other) + "\n"), ErrRevoked},
		{"revoked by its certificate", func(p *proof) {
			certify(t, file)
			text, _ := readList(file + "-cert.pub")
			p.revoked = string(text)
		}, ErrRevoked},
		{"binary list", func(p *proof) {
			krl := filepath.Join(t.TempDir(), "krl")
			run(t, exec.Command("ssh-keygen", "-q", "-k", "-f", krl, file+".pub"))
			text, _ := readList(krl)
			p.revoked = string(text)
		}, ErrRevoked},

		{"empty", signed(nil), ErrUnreadable},
		{"no first line", edit("-----BEGIN SSH SIGNATURE-----\n", ""), ErrUnreadable},
		{"no last line", edit("-----END SSH SIGNATURE-----\n", ""), ErrUnreadable},
		{"text before it", edit("-----BEGIN", "hello\n-----BEGIN"), ErrUnreadable},
		{"an empty line before it", edit("-----BEGIN", "\n-----BEGIN"), ErrUnreadable},
		{"headers", edit("SIGNATURE-----\n", "SIGNATURE-----\nComment: x\n\n"), ErrUnreadable},
		{"another name", edit("BEGIN SSH", "BEGIN PGP"), ErrUnreadable},
		{"carriage returns", func(p *proof) { p.signature = bytes.ReplaceAll(signature, []byte("\n"), []byte("\r\n")) }, ErrUnreadable},
		{"a half", func(p *proof) { p.signature = signature[:len(signature)/2] }, ErrUnreadable},
		{"a line less", func(p *proof) { p.signature = append(signature[:170:170], signature[241:]...) }, ErrUnreadable},
		{"a character less", edit("U1NI", "U1N"), ErrUnreadable},
		{"no base64", edit("U1NI", "U1N!"), ErrUnreadable},
		{"all on one line", func(p *proof) {
			p.signature = fmt.Appendf(nil, "%s%s%s\n", armorBegin, base64.StdEncoding.EncodeToString(body(t, signature)), armorEnd)
		}, nil},
		{"no line feed at the end", func(p *proof) { p.signature = bytes.TrimSpace(signature) }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := plain
			c.change(&p)
			if err := p.ours(t); !errors.Is(err, c.want) {
				t.Errorf("ours: %v, want %v", err, c.want)
			}
			if taken, said := p.stock(t); taken != (c.want == nil) {
				t.Errorf("ssh-keygen: %s, want %v", said, c.want)
			}
		})
	}
}

func TestAKeyThatIsTooShortIsRefused(t *testing.T) {
	short, err := ssh.ParsePublicKey(ssh.Marshal(struct {
		Kind string
		E, N *big.Int
	}{"ssh-rsa", big.NewInt(65537), new(big.Int).SetBit(big.NewInt(1), 767, 1)}))
	if err != nil {
		t.Fatal(err)
	}
	signature := sshsig.Armor(&sshsig.Signature{
		Version: 1, PublicKey: short, Namespace: Namespace, HashAlgorithm: "sha512",
		Signature: &ssh.Signature{Format: ssh.KeyAlgoRSASHA512, Blob: make([]byte, 96)},
	})
	if _, err := Prove(statement, signature); !errors.Is(err, ErrWeak) {
		t.Errorf("%v, want %v", err, ErrWeak)
	}
	s := parseSigners("allowed_signers", []byte(list(alice, lineOf(short))), time.UTC)
	if len(s.Skipped) != 1 || !strings.Contains(s.Skipped[0], ErrWeak.Error()) {
		t.Errorf("skipped %q, want the short key", s.Skipped)
	}
}

// TestHardwareKeysAreJudgedAsByStock signs as a hardware key does (OpenSSH's
// PROTOCOL.u2f), with and without a touch.
func TestHardwareKeysAreJudgedAsByStock(t *testing.T) {
	needsSSH(t)
	for name, key := range hardware(t) {
		good := proof{signers: list(alice, lineOf(key.pub)), signature: key.sign(1, nil), statement: statement, identity: alice, now: noon}
		t.Run(name, func(t *testing.T) { good.both(t, true) })
		for name, signature := range map[string][]byte{"untouched": key.sign(0, nil), "more behind it": key.sign(1, []byte{0})} {
			bad := good
			bad.signature = signature
			if bad.ours(t) == nil {
				t.Errorf("%s: it was taken", name)
			}
		}
	}
}

// A token stands for a hardware key.
type token struct {
	pub  ssh.PublicKey
	blob func(digest []byte) []byte
}

func hardware(t testing.TB) map[string]token {
	t.Helper()
	edPub, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := ecKey.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]token{
		"ed25519": {
			pub:  parsed(t, struct{ Kind, Key, Application string }{ssh.KeyAlgoSKED25519, string(edPub), "ssh:"}),
			blob: func(data []byte) []byte { return ed25519.Sign(edKey, data) },
		},
		"ecdsa": {
			pub: parsed(t, struct{ Kind, Curve, Key, Application string }{ssh.KeyAlgoSKECDSA256, "nistp256", string(point), "ssh:"}),
			blob: func(data []byte) []byte {
				sum := sha256.Sum256(data)
				r, s, err := ecdsa.Sign(rand.Reader, ecKey, sum[:])
				if err != nil {
					t.Fatal(err)
				}
				return ssh.Marshal(struct{ R, S *big.Int }{r, s})
			},
		},
	}
}

func parsed(t testing.TB, wire any) ssh.PublicKey {
	t.Helper()
	pub, err := ssh.ParsePublicKey(ssh.Marshal(wire))
	if err != nil {
		t.Fatal(err)
	}
	return pub
}

func (k token) sign(flags byte, more []byte) []byte {
	application, message := sha256.Sum256([]byte("ssh:")), sha256.Sum256(signedData("sha512", Namespace, statement))
	tail := []byte{flags, 0, 0, 0, 7}
	data := append(append(application[:], tail...), message[:]...)
	return sshsig.Armor(&sshsig.Signature{
		Version: 1, PublicKey: k.pub, Namespace: Namespace, HashAlgorithm: "sha512",
		Signature: &ssh.Signature{Format: k.pub.Type(), Blob: k.blob(data), Rest: append(tail, more...)},
	})
}

// TestEveryChangedByteIsRefused: its lowest bit, its highest, and all of it.
func TestEveryChangedByteIsRefused(t *testing.T) {
	t.Parallel()
	needsSSH(t)
	for _, kind := range []string{"ed25519", "rsa 2048", "ecdsa 256", "ecdsa 521"} {
		file := newKey(t, kind, "")
		raw := body(t, stockSigned(t, file, statement))
		who := parseSigners("allowed_signers", []byte(list(alice, public(t, file))), time.UTC)
		if _, err := Verify(statement, armored(raw), who, Revoked{}, alice, noon); err != nil {
			t.Fatal(err)
		}
		for i := range raw {
			for _, flip := range []byte{0x01, 0x80, 0xff} {
				changed := bytes.Clone(raw)
				changed[i] ^= flip
				if _, err := Verify(statement, armored(changed), who, Revoked{}, alice, noon); err == nil {
					t.Errorf("%s: byte %d changed by %#x was taken", kind, i, flip)
				}
			}
		}
	}
}

// TestNothingIsTakenThatStockRefuses makes lists of keys from pieces that fit
// and such that do not.
func TestNothingIsTakenThatStockRefuses(t *testing.T) {
	needsSSH(t)
	file := newKey(t, "ed25519", "")
	p := proof{signature: stockSigned(t, file, statement), statement: statement, identity: alice, now: noon}
	pieces := listPieces(public(t, file), public(t, newKey(t, "ecdsa", "")))
	rapid.Check(t, func(r *rapid.T) {
		p.signers = strings.Join(rapid.SliceOfN(pieces, 1, 4).Draw(r, "lines"), "")
		p.zone = rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/New_York"}).Draw(r, "zone")
		zone, err := time.LoadLocation(p.zone)
		if err != nil {
			t.Skip(err)
		}
		mine := p.ours(t)
		taken, said := p.stock(t)
		if mine == nil && !taken {
			r.Fatalf("we take what ssh-keygen refuses: %s", said)
		}
		if mine != nil && taken && len(parseSigners("", []byte(p.signers), zone).Skipped) == 0 {
			r.Fatalf("we refuse what ssh-keygen takes, and do not say that we skip a line: %v", mine)
		}
	})
}

func listPieces(key, other string) *rapid.Generator[string] {
	people := rapid.SampledFrom([]string{alice, "*", "*@example.com", "al?ce@*", "\"" + alice + "\"", "!" + alice, bob, "!" + bob + ",*", "a\"lice@example.com\"", "\"\"", "\"", ""})
	option := rapid.SampledFrom([]string{
		`namespaces="agree@bythebook"`, `NAMESPACES="*"`, `namespaces="git"`, `namespaces="!git,a*"`, `namespaces="`, `namespaces=""`, "namespaces",
		`valid-before="20270101"`, `Valid-Before="202607011201"`, `valid-before="20260701120000"`, `valid-before="20260701120000Z"`, `valid-before="x"`,
		`valid-after="20260701"`, `valid-after="202607011200z"`, `valid-after="20260702"`, `valid-after="202607011100"`,
		"cert-authority", "CERT-authority", "no-pty", "", `"`, `\"`, "=", "\t",
	})
	keys := rapid.SampledFrom([]string{key, key, key, key, other, key[:40], "ssh-ed25519", "ssh-rsa " + strings.Fields(key)[1], ""})
	blank := rapid.SampledFrom([]string{" ", " ", " ", "\t", "  ", "", "\r"})
	end := rapid.SampledFrom([]string{"\n", "\n", "\n", " comment\n", "\r\n", " # x\n", "\x00\n", ""})
	return rapid.Custom(func(r *rapid.T) string {
		options := strings.Join(rapid.SliceOfN(option, 0, 3).Draw(r, "options"), ",")
		if options != "" {
			options += blank.Draw(r, "blank")
		}
		return rapid.SampledFrom([]string{"", "", "", " ", "#", "\r"}).Draw(r, "start") +
			people.Draw(r, "people") + blank.Draw(r, "blank") + options + keys.Draw(r, "key") + end.Draw(r, "end")
	})
}

// FuzzVerify: nothing foreign makes it panic, and what it takes ssh-keygen takes
// as well.
func FuzzVerify(f *testing.F) {
	key, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize)))
	if err != nil {
		f.Fatal(err)
	}
	good := forge(f, key.(ssh.AlgorithmSigner), ssh.KeyAlgoED25519, "sha512", Namespace, statement)
	_, err = exec.LookPath("ssh-keygen")
	stock := err == nil
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add(append(bytes.Clone(good), good...))
	f.Add(rebuilt(f, good, func(e *envelope) { e.Reserved = []byte("x") }))
	f.Add(rebuilt(f, good, func(e *envelope) { e.Signature = append(e.Signature, 0) }))
	f.Fuzz(func(t *testing.T, signature []byte) {
		p := proof{signers: list(alice, lineOf(key.PublicKey())), signature: signature, statement: statement, identity: alice, now: noon}
		if p.ours(t) != nil || !stock {
			return
		}
		if taken, said := p.stock(t); !taken {
			t.Errorf("we take what ssh-keygen refuses: %s", said)
		}
	})
}

// FuzzProveBody is FuzzVerify behind the armor, where the parsers are. Of a
// signature there is one text only, so that nobody can change one that stands.
func FuzzProveBody(f *testing.F) {
	key, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize)))
	if err != nil {
		f.Fatal(err)
	}
	good := body(f, forge(f, key.(ssh.AlgorithmSigner), ssh.KeyAlgoED25519, "sha512", Namespace, statement))
	f.Add(good)
	for _, k := range hardware(f) {
		f.Add(body(f, k.sign(1, nil)))
	}
	for _, made := range software(f) {
		s, err := ssh.NewSignerFromKey(made)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body(f, forge(f, s.(ssh.AlgorithmSigner), "", "sha256", Namespace, statement)))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if got, err := Prove(statement, armored(raw)); err == nil && got.Is(Key{pub: key.PublicKey()}) && !bytes.Equal(raw, good) {
			t.Errorf("another text of a signature was taken: %x", raw)
		}
	})
}

// software are keys of the kinds that are not ed25519.
func software(t testing.TB) []crypto.Signer {
	t.Helper()
	number, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	made := []crypto.Signer{number}
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		k, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, k)
	}
	return made
}
