package cli

import "testing"

func TestCommandsAreQuotedForTheShell(t *testing.T) {
	a := &app{World: World{Self: "/tmp/go-build123/bythebook"}, home: "/tmp/a home"}
	got, want := a.command("run", "it's here/shop.yaml", "shop-down"), `go run . run 'it'\''s here/shop.yaml' shop-down --home '/tmp/a home'`
	if got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
