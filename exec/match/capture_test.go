package match

import (
	"testing"

	"bythebook/runbook"
)

func TestCapture(t *testing.T) {
	const instances = `{"Instances": [{"PublicDnsName": "ec2-1.example.com", "Id": 12345678901234567890, "Up": true, "None": null,
		"Tags": [ {"a": 1}, "b\n\u00e9" ], "with.dot": "x", "a\"b": "y"}]}`
	for _, row := range []struct {
		capture    runbook.Capture
		text, want string
		ok         bool
	}{
		{runbook.Capture{Pattern: `ec2-\S+`}, "ec2-1\nec2-2 up", "ec2-2", true},
		{runbook.Capture{Pattern: `id: (\w+) (\w+)`}, "id: a b\r\nid: c d\r\n", "c", true},
		{runbook.Capture{Pattern: `^\d+$`}, "x\n42\ny", "42", true},
		{runbook.Capture{Pattern: `x(y)?`}, "x", "", false},
		{runbook.Capture{Pattern: `x(y*)`}, "x", "", true},
		{runbook.Capture{Pattern: `x`}, "", "", false},
		{runbook.Capture{Pattern: `(`}, "(", "", false},
		{runbook.Capture{JSON: ".Instances[0].PublicDnsName"}, instances, "ec2-1.example.com", true},
		{runbook.Capture{JSON: "Instances[0].PublicDnsName"}, instances, "ec2-1.example.com", true},
		{runbook.Capture{JSON: ".Instances.[0].Id"}, instances, "12345678901234567890", true},
		{runbook.Capture{JSON: ".Instances[0].Up"}, instances, "true", true},
		{runbook.Capture{JSON: ".Instances[0].None"}, instances, "", false},
		{runbook.Capture{JSON: ".Instances[0].Tags[0]"}, instances, `{"a":1}`, true},
		{runbook.Capture{JSON: ".Instances[0].Tags[1]"}, instances, "b\né", true},
		{runbook.Capture{JSON: `.Instances[0]["with.dot"]`}, instances, "x", true},
		{runbook.Capture{JSON: `.Instances[0]."a\"b"`}, instances, "y", true},
		{runbook.Capture{JSON: "."}, " 7 ", "7", true},
		{runbook.Capture{JSON: "[1]"}, "[1,2]", "2", true},
		{runbook.Capture{JSON: "[2]"}, "[1,2]", "", false},
		{runbook.Capture{JSON: "[99999999999999999999]"}, "[1,2]", "", false},
		{runbook.Capture{JSON: ".Instances.PublicDnsName"}, instances, "", false},
		{runbook.Capture{JSON: ".instances"}, instances, "", false},
		{runbook.Capture{JSON: ".a..b"}, instances, "", false},
		{runbook.Capture{JSON: ".a"}, "not json", "", false},
		{runbook.Capture{JSON: ".a"}, `{"a":1} x`, "", false},
		{runbook.Capture{JSON: ".a"}, ``, "", false},
		{runbook.Capture{Line: 1}, "  3 \nb\n", "3", true},
		{runbook.Capture{Line: 2}, "a\r\nb\r\n", "b", true},
		{runbook.Capture{Line: 3}, "a\nb\n", "", false},
		{runbook.Capture{Line: 2}, "a\n\nb", "", true},
		{runbook.Capture{Line: 1}, "", "", false},
		{runbook.Capture{Line: -1}, "a", "", false},
		{runbook.Capture{}, "a", "", false},
	} {
		got, ok := Capture(row.capture, row.text)
		if got != row.want || ok != row.ok {
			t.Errorf("%+v of %q: got %q, %v, want %q, %v", row.capture, row.text, got, ok, row.want, row.ok)
		}
	}
}

func FuzzCapture(f *testing.F) {
	f.Add(`.a[0]["b"]`, `{"a":[{"b":1}]}`)
	f.Add(`."a\u0062"`, `{"ab":null}`)
	f.Fuzz(func(t *testing.T, path, text string) {
		Capture(runbook.Capture{JSON: path}, text)
		Capture(runbook.Capture{Pattern: path}, text)
		Capture(runbook.Capture{Line: len(path)}, text)
	})
}
