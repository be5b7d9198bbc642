package agree

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

// The limits of one signature. The largest key that OpenSSH knows makes 2 KiB.
const (
	maxSignature = 64 << 10 // of the file
	maxBlob      = 2 << 10  // of the signature proper
)

// The lines around a signature. What stands before them is refused, as
// ssh-keygen does it.
var (
	armorBegin = []byte("-----BEGIN SSH SIGNATURE-----\n")
	armorEnd   = []byte("\n-----END SSH SIGNATURE-----")
)

// Verify proves that somebody made a signature over a statement with a key that
// counts for them now. What it takes, `ssh-keygen -Y verify` takes as well. The
// key is returned with an error, too, where it could be read.
func Verify(statement, signature []byte, who Signers, gone Revoked, identity string, now time.Time) (Key, error) {
	key, err := Prove(statement, signature)
	if err != nil {
		return key, err
	}
	if gone.Has(key) {
		return key, fmt.Errorf("%s: %w", key.Fingerprint(), ErrRevoked)
	}
	return key, who.Admits(key, identity, now)
}

// Prove tells which key made a signature over a statement, and nothing about
// whose it is. A zero Key comes with the errors that leave no key to tell.
func Prove(statement, signature []byte) (Key, error) {
	sig, err := unarmor(signature)
	if err != nil {
		return Key{}, err
	}
	key := Key{pub: sig.PublicKey}
	switch {
	case key.weak():
		return key, ErrWeak
	case !slices.Contains(formats[key.Kind()], sig.Signature.Format), sig.HashAlgorithm.Available() != nil:
		return key, ErrAlgorithm
	case sig.Namespace != Namespace:
		return key, ErrNamespace
	}
	if err := sshsig.Verify(bytes.NewReader(statement), sig, sig.PublicKey, sig.HashAlgorithm, Namespace); err != nil {
		return key, ErrMismatch
	}
	return key, nil
}

// unarmor reads a signature as ssh-keygen writes it.
func unarmor(text []byte) (*sshsig.Signature, error) {
	if len(text) > maxSignature {
		return nil, fmt.Errorf("%w: it is longer than 64 KiB", ErrUnreadable)
	}
	text, begins := bytes.CutPrefix(text, armorBegin)
	text, behind, ends := bytes.Cut(text, armorEnd)
	if end := string(behind); !begins || !ends || end != "" && end != "\n" {
		return nil, fmt.Errorf("%w: a line is missing, or there is something before or behind it", ErrUnreadable)
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(string(text))
	if err != nil {
		return nil, fmt.Errorf("%w: it is damaged", ErrUnreadable)
	}
	sig, ok := parse(raw)
	if !ok {
		return nil, fmt.Errorf("%w: it is damaged", ErrUnreadable)
	}
	return sig, nil
}

// An envelope is a signature's bytes (OpenSSH's PROTOCOL.sshsig).
type envelope struct {
	Magic     [6]byte
	Version   uint32
	Key       []byte
	Namespace string
	Reserved  []byte
	Hash      string
	Signature []byte
}

// parse takes only what our own or OpenSSH's signing writes, to the byte. The
// library's reader leaves room for bytes that nothing signs and nobody reads.
func parse(raw []byte) (*sshsig.Signature, bool) {
	var e envelope
	if ssh.Unmarshal(raw, &e) != nil || string(e.Magic[:]) != "SSHSIG" || e.Version != 1 || len(e.Reserved) > 0 {
		return nil, false
	}
	pub, err := ssh.ParsePublicKey(e.Key)
	if err != nil || !bytes.Equal(pub.Marshal(), e.Key) {
		return nil, false
	}
	var proper ssh.Signature
	if ssh.Unmarshal(e.Signature, &proper) != nil || len(proper.Blob) > maxBlob {
		return nil, false
	}
	hardware := pub.Type() == ssh.KeyAlgoSKED25519 || pub.Type() == ssh.KeyAlgoSKECDSA256
	if !hardware && len(proper.Rest) > 0 {
		return nil, false
	}
	return &sshsig.Signature{
		Version:       e.Version,
		PublicKey:     pub,
		Namespace:     e.Namespace,
		HashAlgorithm: sshsig.HashAlgorithm(e.Hash),
		Signature:     &proper,
	}, true
}
