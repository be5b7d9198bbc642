package history_test

import (
	"slices"
	"testing"

	"bythebook/exec/history"

	"github.com/google/go-cmp/cmp"
)

func TestOldestFirst(t *testing.T) {
	want := []string{"backup", "ex-20261122-11", "ex-20261123-1", "ex-20261123-2", "ex-20261123-9", "ex-20261123-10", "ex-20261124-1"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, history.ByAge)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("not by day and number (-want +got):\n%s", d)
	}
}
