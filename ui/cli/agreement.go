package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bythebook/exec/clean"
	"bythebook/runbook"
	"bythebook/runbook/agree"
	"bythebook/runbook/read"
	"bythebook/ui/part"

	"github.com/spf13/cobra"
)

func newAgreement(a *app) *cobra.Command {
	var signers string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "agreement PLAYBOOK",
		Short: "Shows who has agreed to exactly this text, and who has not",
		Long: `Shows of everybody whom the playbook asks whether they have agreed to exactly this
text: since when, until when, and if not why not and what has changed since they
did; then objections, how they were settled, and who has found the text published.

The exit status is 0 when everybody who is asked has agreed and nobody objects,
else 1. Trust in the keys comes from elsewhere than the folder itself: --signers
is your own allowed_signers. docs/agreement.md tells how to check without this
program.`,
		Example:           "  bythebook agreement bookstore\n  bythebook agreement bookstore --signers ~/team/allowed_signers\n  bythebook agreement bookstore --json | jq .full",
		Args:              usageArgs(cobra.ExactArgs(1)),
		ValidArgsFunction: a.completeAgreed,
		RunE: func(_ *cobra.Command, args []string) error {
			return a.agreement(args[0], signers, asJSON)
		},
	}
	cmd.Flags().StringVar(&signers, "signers", "", "whose key is whose, by this `FILE` instead of the folder's allowed_signers")
	cmd.Flags().BoolVar(&asJSON, "json", false, "for programs")
	return cmd
}

func (a *app) agreement(path, signers string, asJSON bool) error {
	e, err := a.agreeable(path)
	if err != nil {
		return err
	}
	dir := agree.Dir(e.Path, e.Playbook.ID)
	standing, err := agree.Look(e.Playbook, e.Copy, dir, signers, time.Now())
	if err != nil {
		return err
	}
	v := verdict{app: a, entry: e, dir: near(dir), signers: signers, Standing: standing}
	text := v.text()
	if asJSON {
		if text, err = v.json(); err != nil {
			return err
		}
	}
	if err := a.emit("", text); err != nil {
		return err
	}
	if !standing.Full() {
		return exitStatus(exitError)
	}
	return nil
}

// A verdict is how an agreement stands, to be shown.
type verdict struct {
	*app
	entry   read.Entry
	dir     string
	signers string // that somebody named
	agree.Standing
}

// wide is what everything is made to fit into.
const wide = 80

// indented is foreign text in lines that fit, each after an indent and what the
// line itself is indented by.
func indented(text, indent string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		line = clean.Line(line)
		deep := indent + line[:min(len(line)-len(strings.TrimLeft(line, " ")), wide/2)]
		for _, part := range part.Words(line, wide-len(deep)) {
			lines = append(lines, strings.TrimRight(deep+part, " "))
		}
	}
	return strings.Join(lines, "\n")
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func (v verdict) text() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n", indented(v.headline(), ""))
	v.people(&b, "", v.Asked)
	v.people(&b, "Not asked, and have spoken:", v.Others)
	v.changed(&b)
	v.objections(&b)
	v.places(&b)
	if len(v.Strays) > 0 {
		fmt.Fprintf(&b, "\nIn %s, and counting for nothing:\n", clean.Line(v.dir))
		for _, s := range v.Strays {
			fmt.Fprintf(&b, "%s\n", indented(s, "  "))
		}
	}
	v.next(&b)
	v.stock(&b)
	return b.Bytes()
}

func (v verdict) headline() string {
	of := fmt.Sprintf("%s, digest %s", v.entry.Playbook.ID, v.Digest[:12])
	agreed := 0
	for _, p := range v.Asked {
		if p.State == agree.Agreed {
			agreed++
		}
	}
	switch {
	case len(v.Asked) == 0:
		return of + ". The playbook names nobody who has to agree."
	case v.Full():
		return fmt.Sprintf("%s. Agreed by all %d.", of, agreed)
	case agreed == len(v.Asked):
		return fmt.Sprintf("%s. Not agreed yet: all %d who are asked agree, and somebody objects.", of, agreed)
	}
	return fmt.Sprintf("%s. Not agreed yet: %d of %d.", of, agreed, len(v.Asked))
}

// people are a line or two each.
func (v verdict) people(b *bytes.Buffer, title string, all []agree.Person) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintln(b)
	if title != "" {
		fmt.Fprintln(b, title)
	}
	name := 0
	for _, p := range all {
		name = max(name, min(len(p.ID), 20))
	}
	for _, p := range all {
		begin := fmt.Sprintf("  %-*s  %-12s  ", name, p.ID, p.State)
		if len(begin) > wide/2 {
			fmt.Fprintf(b, "%s\n%s\n", strings.TrimRight(begin, " "), indented(stands(p), "      "))
			continue
		}
		lines := indented(stands(p), strings.Repeat(" ", len(begin)))
		fmt.Fprintln(b, strings.TrimRight(begin+strings.TrimLeft(lines, " "), " "))
	}
}

// stands is how somebody's word stands: when, until when, why.
func stands(p agree.Person) string {
	var parts []string
	if !p.On.IsZero() {
		parts = append(parts, day(p.On))
	}
	if p.State == agree.Agreed && !p.Until.IsZero() {
		parts = append(parts, "holds until "+day(p.Until))
	}
	if p.Why != "" {
		parts = append(parts, p.Why)
	}
	return strings.Join(parts, ", ")
}

// changed says, text by text, in what the one at hand differs from those that
// people spoke of.
func (v verdict) changed(b *bytes.Buffer) {
	spoke := map[string][]string{} // by the digest of the text
	texts := map[string]runbook.Copy{}
	var order []string
	for _, p := range slices.Concat(v.Asked, v.Others) {
		if p.State != agree.Another && p.State != agree.Objected || p.Of == "" || p.Of == v.Digest {
			continue
		}
		if spoke[p.Of] == nil {
			order = append(order, p.Of)
		}
		spoke[p.Of], texts[p.Of] = append(spoke[p.Of], p.ID), p.Text
	}
	for _, digest := range order {
		who := strings.Join(spoke[digest], ", ") + " signed, " + digest[:12]
		if changes, ok := differing(v.entry, texts[digest]); ok {
			fmt.Fprintf(b, "\n%s\n%s", indented("The text at hand differs from the one that "+who+":", ""), told(changes, false))
		} else {
			fmt.Fprintf(b, "\n%s\n", indented("What "+who+", is not kept here, so it can't be compared with the text at hand.", ""))
		}
	}
}

func (v verdict) objections(b *bytes.Buffer) {
	for _, o := range v.Objections {
		if o.Settled == "" {
			fmt.Fprintf(b, "\n%s objects since %s:\n%s\n", o.By, day(o.On), indented(o.Text, "  "))
			continue
		}
		fmt.Fprintf(b, "\n%s objected on %s:\n%s\nand settled that on %s:\n%s\n", o.By, day(o.On), indented(o.Text, "  "), day(o.Ended), indented(o.Settled, "  "))
	}
}

// places say who has found what where the playbook is published.
func (v verdict) places(b *bytes.Buffer) {
	place := v.entry.Playbook.Published
	if place == "" {
		return
	}
	fmt.Fprintf(b, "\n%s\n", indented("Published at "+place, ""))
	for _, f := range v.Finds {
		what := "this very text"
		if f.Digest != v.Digest {
			what = "another text, digest " + f.Digest[:12]
		}
		fmt.Fprintf(b, "  %s found %s there on %s\n", f.By, what, day(f.On))
	}
	if len(v.Finds) == 0 {
		fmt.Fprintln(b, "  nobody has looked yet whether it is this text that stands there")
	}
}

// next is what to type so that the agreement gets further.
func (v verdict) next(b *bytes.Buffer) {
	path := near(v.entry.Path)
	var lines []string
	for i, p := range slices.Concat(v.Asked, v.Others) {
		asked := i < len(v.Asked)
		switch {
		case asked && p.Mute != "":
			lines = append(lines, "give "+p.ID+" an email of their own in "+clean.Line(path))
		case p.State == agree.Objected:
			lines = append(lines, v.settling(v.entry, p.ID))
		case asked && p.State != agree.Agreed:
			lines = append(lines, v.command("agree", path, "--as", p.ID))
		}
	}
	seen := slices.ContainsFunc(v.Finds, func(f agree.Find) bool { return f.Digest == v.Digest })
	if v.Full() && v.entry.Playbook.Published != "" && !seen {
		lines = append(lines, v.command("published", path, "DIGEST")+"   (the one that stands there)")
	}
	if len(v.Asked) == 0 {
		lines = append(lines, "name who has to agree in "+clean.Line(path)+", as in  agreement: {by: [alice, bob], valid: 180d}")
	}
	if len(lines) > 0 {
		fmt.Fprintf(b, "\nNext (people sign with their own keys):\n  %s\n", strings.Join(lines, "\n  "))
	}
}

// stock is how somebody's word is checked without this program.
func (v verdict) stock(b *bytes.Buffer) {
	i := slices.IndexFunc(v.Asked, func(p agree.Person) bool { return p.State == agree.Agreed })
	if i < 0 {
		return
	}
	c, _ := v.entry.Playbook.Contact(v.Asked[i].ID)
	base := v.entry.Playbook.ID + ".agreement/"
	signers := base + "allowed_signers"
	if v.signers != "" {
		signers = clean.Word(v.signers)
	}
	if _, err := os.Stat(filepath.Join(v.dir, "revoked_keys")); err == nil {
		signers += " \\\n    -r " + base + "revoked_keys"
	}
	fmt.Fprintf(b, "\nWithout this program, in %s:\n", clean.Line(near(filepath.Dir(v.entry.Path))))
	fmt.Fprintf(b, "  w=%s%s.txt && grep -qx 'decision: agree' $w &&\n", base, c.ID)
	fmt.Fprintf(b, "  ssh-keygen -Y verify -n %s -f %s \\\n    -I %s -s $w.sig < $w &&\n", agree.Namespace, signers, clean.Word(c.Email))
	fmt.Fprintf(b, "  grep -E '^[0-9a-f]{64}  ' $w | sha256sum -c --strict\n")
}

// The forms of an agreement for programs. Their names stay.
type (
	agreementJSON struct {
		Playbook   string          `json:"playbook"`
		Digest     string          `json:"digest"`
		Full       bool            `json:"full"`
		Published  string          `json:"published,omitempty"`
		Signers    string          `json:"signers,omitempty"`
		People     []personJSON    `json:"people"`
		Objections []objectionJSON `json:"objections"`
		Finds      []findJSON      `json:"finds"`
		Strays     []string        `json:"strays"`
	}
	personJSON struct {
		Contact string       `json:"contact"`
		Asked   bool         `json:"asked"`
		State   agree.State  `json:"state"`
		Why     string       `json:"why,omitempty"`
		On      string       `json:"on,omitempty"`
		Until   string       `json:"until,omitempty"`
		Key     string       `json:"key,omitempty"`
		Changes []changeJSON `json:"changes,omitempty"`
	}
	changeJSON struct {
		Path string `json:"path"`
		What string `json:"what"`
		Old  string `json:"old,omitempty"`
		New  string `json:"new,omitempty"`
	}
	objectionJSON struct {
		By      string `json:"by"`
		On      string `json:"on"`
		Digest  string `json:"digest"`
		Text    string `json:"text"`
		Settled string `json:"settled,omitempty"`
		Ended   string `json:"ended,omitempty"`
	}
	findJSON struct {
		By     string `json:"by"`
		On     string `json:"on"`
		Place  string `json:"place"`
		Digest string `json:"digest"`
	}
)

func (v verdict) json() ([]byte, error) {
	doc := agreementJSON{
		Playbook: v.entry.Playbook.ID, Digest: v.Digest, Full: v.Full(), Published: v.entry.Playbook.Published, Signers: v.Signers,
		People: []personJSON{}, Objections: []objectionJSON{}, Finds: []findJSON{}, Strays: append([]string{}, v.Strays...),
	}
	changes := map[string][]changeJSON{} // by the text that was spoken of: most speak of one
	for i, p := range slices.Concat(v.Asked, v.Others) {
		of := p.Text.Digest()
		if _, known := changes[of]; !known {
			changes[of] = v.changes(p.Text)
		}
		doc.People = append(doc.People, personJSON{p.ID, i < len(v.Asked), p.State, p.Why, instant(p.On), instant(p.Until), p.Key, changes[of]})
	}
	for _, o := range v.Objections {
		doc.Objections = append(doc.Objections, objectionJSON{o.By, instant(o.On), o.Digest, o.Text, o.Settled, instant(o.Ended)})
	}
	for _, f := range v.Finds {
		doc.Finds = append(doc.Finds, findJSON{f.By, instant(f.On), f.Place, f.Digest})
	}
	var b bytes.Buffer
	to := json.NewEncoder(&b)
	to.SetEscapeHTML(false)
	to.SetIndent("", "  ")
	err := to.Encode(doc)
	return clean.JSON(b.Bytes()), err
}

// changes are those in meaning since a text, as far as that is known.
func (v verdict) changes(old runbook.Copy) (all []changeJSON) {
	changes, _ := differing(v.entry, old)
	for _, c := range changes {
		all = append(all, changeJSON{c.Path, c.What, c.Old, c.New})
	}
	return all
}

// instant is a time as programs read it, "" where there is none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
