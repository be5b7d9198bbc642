// Package agree tells who has agreed to exactly this text of a playbook.
//
// Somebody's word is a Statement: a few lines that say who speaks, of which
// playbook, what they decide, and the SHA-256 of every file of the text. They
// sign it with their own SSH key, and it is kept beside the playbook in
// ID.agreement/, where git carries it and where ssh-keygen, grep and sha256sum
// check it without this program (docs/agreement.md).
//
//   - statement.go writes a statement and reads nothing else as one.
//   - key.go, signers.go, signer.go, pattern.go and revoked.go know whose key is
//     whose, as OpenSSH does; verify.go tells whether a signature counts, and
//     sign.go has one made, by an agent or by ssh-keygen.
//   - ring.go decides with which key somebody may sign.
//   - folder.go reads the folder, keep.go writes it. Others write there too, so
//     nothing in it is followed, waited for or believed.
//   - standing.go puts it together: Look says of everybody how their word stands.
//
// A word counts when it is proven: of this playbook, by this contact's email,
// with a key that is listed for it and not withdrawn. It then counts for the
// text whose sums it holds and for no other. Whatever can't be proven counts for
// nothing and is told of, never dropped.
package agree

import (
	"time"

	"bythebook/runbook"
)

// Namespace is what signatures under agreements are made for, so that none made
// for another purpose counts here (OpenSSH's PROTOCOL.sshsig).
const Namespace = "agree@bythebook"

// A Decision is what somebody says of a text.
type Decision string

// The decisions.
const (
	Agrees    Decision = "agree"
	Objects   Decision = "object"
	Published Decision = "published" // it is this text that stands at the place where it is published
)

// A State is how somebody's word on a text stands.
type State string

// The states. Only Agreed counts.
const (
	Agreed   State = "agreed"
	Objected State = "objected"     // to this text, or to another one, and it is not settled
	Another  State = "another text" // agreed to another text than this one, earlier or later
	Expired  State = "expired"      // agreed longer ago than the document lets it hold
	Unproven State = "not proven"   // the statement or its signature does not check out
	Silent   State = "silent"       // has said nothing
)

// A Person is one contact and how their word stands.
type Person struct {
	ID    string // the contact's
	State State
	Why   string       // in words, where it does not stand
	Mute  string       // why they can't sign anything, "" where they can
	On    time.Time    // when they spoke, by their own word
	Until time.Time    // until when it holds; zero: for good
	Key   string       // fingerprint of the key that proves it, SHA256:...
	Of    string       // digest of the text that they spoke of, where that is proven
	Text  runbook.Copy // that text, where it is another one and still known
}

// An Objection is somebody's word against a text, open until they say
// themselves how it was settled.
type Objection struct {
	By      string // contact's id
	On      time.Time
	Digest  string // of the text it was made to
	Text    string
	Settled string // how, in the objector's words; "" while it is open
	Ended   time.Time

	Statement string // SHA-256 of the signed statement, by which it is settled
}

// A Find is somebody's word that they looked, by hand, at what is published.
type Find struct {
	By     string // contact's id
	On     time.Time
	Place  string
	Digest string // of the text that they found
}

// A Standing is how everybody's word on one text stands.
type Standing struct {
	Digest     string // of the text
	Asked      []Person
	Others     []Person    // contacts who were not asked and have spoken
	Objections []Objection // the oldest first
	Finds      []Find      // proven ones, the newest first
	Signers    string      // SHA-256 of allowed_signers; "" where there is none
	Strays     []string    // what in the folder can't be trusted, and why
}
