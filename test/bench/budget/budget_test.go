package budget

import (
	"os"
	"strings"
	"testing"
)

func TestFigureBeyondItsBudgetSaysSo(t *testing.T) {
	for _, c := range []struct {
		b      Budget
		figure float64
		want   string
	}{
		{Start, 2, "2.00x  <= 2x"},
		{Start, 2.01, "2.01x  <= 2x: missed"},
		{Throughput, 200, "200  >= 200"},
		{Throughput, 38.4, "38  >= 200: missed"},
		{Warm, 5.04, "5.0 s  <= 5 s: missed"},
	} {
		if row := c.b.Row(c.figure); !strings.HasSuffix(row, " "+c.want) {
			t.Errorf("row is %q, want %q at its end", row, c.want)
		}
	}
}

// The page states each budget once, in the words of this list, with what was measured last and the command where make bench does not measure it.
func TestThePageStatesEveryBudget(t *testing.T) {
	page, err := os.ReadFile("../../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	_, figures, _ := strings.Cut(string(page), "\n## Figures\n")
	for _, b := range All {
		var rows []string
		for line := range strings.Lines(figures) {
			if cells := strings.Split(line, "|"); len(cells) == 5 && strings.HasPrefix(strings.TrimSpace(cells[1]), b.What) {
				rows = append(rows, line)
			}
		}
		switch {
		case len(rows) != 1:
			t.Errorf("%d rows of docs/architecture.md state %q, want one", len(rows), b.What)
		case !strings.HasSuffix(rows[0], "| "+b.String()+" |\n") && !strings.HasSuffix(rows[0], "| "+b.String()+": missed |\n"):
			t.Errorf("the row does not end with the budget %s: %s", b, rows[0])
		case b.By != "" && !strings.Contains(rows[0], "`"+b.By+"`"):
			t.Errorf("the row does not name %s: %s", b.By, rows[0])
		}
	}
}
