package check

import (
	"net/netip"
	"strings"

	"bythebook/runbook"
)

// passing are the kinds of names that belong to one machine or one day, and
// will be others the next time. Of addresses some last.
var passing = []struct {
	pattern
	what string
}{
	{phrase("ec2-", `\bec2-\d+-\d+-\d+-\d+\.[\w.-]*amazonaws\.com\b`), "the host name of one instance"},
	{phrase("ip-", `\bip-\d+-\d+-\d+-\d+\b`), "the host name of one instance"},
	{phrase("i-", `\bi-[0-9a-f]{8,17}\b`), "the id of one instance"},
	{phrase("ami-", `\bami-[0-9a-f]{8,17}\b`), "the id of one image"},
	{phrase("vol-|snap-|eni-|eip", `\b(?:vol|snap|eni|eipalloc|eipassoc)-[0-9a-f]{8,17}\b`), "the id of one resource"},
	{phrase("sg-|subnet-|vpc-|rtb-|igw-|nat-|lt-|acl-", `\b(?:sg|subnet|vpc|rtb|igw|nat|lt|acl)-[0-9a-f]{8,17}\b`), "the id of one resource"},
	{phrase("-", `\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`), "the id of one thing"},
	{phrase("20", `\b20\d\d-\d\d-\d\d[T _]?\d\d[:.]?\d\d`), "one moment"},
}

var address = phrase(".", `(?:^|[^\w.-])(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(/\d+)?(?:$|[^\w.-])`)

// lastingNets are addresses that mean the same everywhere and always, or that
// documents may use as examples.
var lastingNets = prefixes("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",
	"224.0.0.0/4", "240.0.0.0/4", "1.1.1.1/32", "1.0.0.1/32", "8.8.8.8/32", "8.8.4.4/32", "9.9.9.9/32")

func prefixes(texts ...string) []netip.Prefix {
	var all []netip.Prefix
	for _, t := range texts {
		all = append(all, netip.MustParsePrefix(t))
	}
	return all
}

// findVolatile is LS06.
func findVolatile(s *subject) {
	s.eachStep(func(sc *scene, st *step) {
		for _, sh := range st.scripts {
			s.reportPassing(sh.path, sh.text)
		}
		if len(st.Expect.Ignore) == 0 { // else somebody has thought of it
			s.reportPassing(st.wants(), expected(&st.Expect)...)
		}
	})
	for _, sh := range s.procedures().probes {
		s.reportPassing(sh.path, sh.text)
	}
}

// reportPassing reports the first such name in the texts.
func (s *subject) reportPassing(path string, texts ...string) {
	for _, text := range texts {
		if name, what := passes(text); name != "" {
			s.report(path, "`"+name+"` is "+what+", and another one the next time", "")
			return
		}
	}
}

// passes is a name in the text that will not last, and what it is.
func passes(text string) (name, what string) {
	if !strings.ContainsAny(text, "0123456789") {
		return "", ""
	}
	for _, p := range passing {
		if name := p.in(text); name != "" {
			return name, p.what
		}
	}
	if address.in(text) == "" {
		return "", ""
	}
	for _, m := range address.form().FindAllStringSubmatch(text, -1) {
		if ip, err := netip.ParseAddr(m[1]); err == nil && m[2] == "" && !lastingIP(ip) {
			return m[1], "the address of one machine"
		}
	}
	return "", ""
}

func lastingIP(ip netip.Addr) bool {
	for _, net := range lastingNets {
		if net.Contains(ip) {
			return true
		}
	}
	return false
}

var (
	latestTag  = compiled(`(?:[:@]|==)latest$|^latest$`)
	latestText = phrase("latest|newest|most recent", `(?i)\b(?:latest|newest|most recent)\s+(?:\w+\s+)?(?:release|version|build|commit|code)\b`)
	branches   = setOf("main master trunk develop HEAD")
)

// findUnpinned is LS26.
func findUnpinned(s *subject) {
	s.eachStep(func(sc *scene, st *step) {
		for _, sh := range st.scripts {
			for _, c := range sh.calls {
				if what := c.unpinned(); what != "" {
					s.report(sh.path, what, "")
					break
				}
			}
		}
		if m := latestText.in(st.prose.plain); m != "" && st.Kind == runbook.Manual {
			s.report(st.at("do"), "\""+m+"\" is another one on another day, and maybe the one that failed", "")
		}
	})
}

// unpinned says that what the call fetches differs from day to day.
func (c call) unpinned() string {
	for _, a := range c.args {
		if latestTag().MatchString(a) && c.fetches() {
			return "`" + a + "` is another version on another day, and maybe the one that failed"
		}
	}
	rest := c.operands([]string{"-C", "-c"})
	if c.name != "git" || len(rest) == 0 {
		return ""
	}
	var names []string
	for _, a := range rest[1:] {
		if !strings.HasPrefix(a, "-") {
			names = append(names, a)
		}
	}
	switch {
	case rest[0] == "pull" && len(names) < 2:
		return "`git pull` brings whatever is newest on its branch, and maybe what failed"
	case (rest[0] == "checkout" || rest[0] == "pull") && len(names) > 0 && branches[names[len(names)-1]]:
		return "`" + names[len(names)-1] + "` is whatever is newest, and maybe what failed"
	}
	return ""
}

// fetches reports whether the call is of a program to which "latest" is a
// version of something.
func (c call) fetches() bool {
	return fetchers[c.name]
}

var fetchers = setOf("docker podman nerdctl kubectl oc helm npm npx pnpm yarn pip pip3 pipx uv go cargo gem aws gcloud az nomad crane skopeo ctr crictl brew terraform tofu ansible-playbook")
