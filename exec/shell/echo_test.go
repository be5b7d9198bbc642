package shell

import "testing"

// An echo is taken out once, near where it was typed, and nothing else is.
func TestWithoutEchoes(t *testing.T) {
	for _, row := range []struct {
		name, output string
		from         int64
		echoes       []Echo
		want         string
		dropped      int
	}{
		{"one", "Who? bob\r\nHello bob\r\n", 0, []Echo{{5, "bob"}}, "Who? Hello bob\r\n", 1},
		{"not what was printed before", "bob\r\nWho? bob\r\nbye\r\n", 0, []Echo{{10, "bob"}}, "bob\r\nWho? bye\r\n", 1},
		{"two, in order", "a\r\nb\r\na\r\n", 100, []Echo{{100, "a"}, {103, "b"}}, "a\r\n", 2},
		{"enter alone", "go on? \r\nyes\r\n", 0, []Echo{{7, ""}}, "go on? yes\r\n", 1},
		{"not shown", "Who? Hello bob!\r\n", 0, []Echo{{5, "bob"}}, "Who? Hello bob!\r\n", 0},
		{"behind the end", "x\r\n", 0, []Echo{{50, "x"}}, "x\r\n", 0},
		{"before the beginning", "x\r\ny\r\n", 90, []Echo{{80, "x"}}, "y\r\n", 1},
		{"none", "x\r\n", 0, nil, "x\r\n", 0},
	} {
		got, dropped := WithoutEchoes([]byte(row.output), row.from, row.echoes)
		if string(got) != row.want || dropped != row.dropped {
			t.Errorf("%s: %q, %d dropped; want %q, %d", row.name, got, dropped, row.want, row.dropped)
		}
	}
}
