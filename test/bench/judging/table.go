package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"
)

// report prints, for each chapter, how often each rule rolls back good releases and how soon it finds bad ones.
func report(w io.Writer, results []result, runs int) {
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) }
	say("Looks at every minute of an hour. %d good releases of each scenario, %d bad ones of each kind; +-%.1f points at 1 %%.", runs, runs/2, 200*math.Sqrt(0.01*0.99/float64(runs)))
	say("Sluice: the product with one definition everywhere (errors: [{}] or latency: [{}]): test, ceiling, looks with CloudWatch's delay, policy at the end of a bake.")
	say("Peers: they see a minute one minute after its end; each threshold is the smallest that rolls back at most 1 %% of the good releases it is calibrated to.")
	say("A cell of a bad release is: median minutes to roll back (share found) bad requests of the candidate until then.")
	for _, r := range results {
		say("\n== %s ==", r.title)
		say("\nGood releases rolled back, in %%, when calibrated to plain traffic")
		say("%s", line("", names(r.good), 9))
		for i, rule := range r.rules {
			var cells []string
			for s := range r.good {
				cells = append(cells, fmt.Sprintf("%.1f", 100*r.rates[s][i]))
			}
			say("%s", line(rule.name, cells, 9))
			if i == 0 {
				say("%s", line("  of these when a bake ended", atTheEnd(r), 9))
			}
		}
		found(say, r, "Bad releases in plain traffic, when calibrated to plain traffic", r.plain, nil)
		found(say, r, "Bad releases in plain traffic, when calibrated to every scenario above", r.every, r.hard)
		if len(r.within) > 0 {
			within(say, r)
		}
	}
	unmet(say, results)
	say("\n== The bar ==\n")
	verdict(say, results)
}

// atTheEnd is how many good releases Sluice's policy takes back for want of evidence.
func atTheEnd(r result) []string {
	var cells []string
	for _, share := range r.policy {
		cells = append(cells, fmt.Sprintf("%.1f", 100*share))
	}
	return cells
}

func found(say func(string, ...any), r result, title string, by [][]detection, hard []bool) {
	say("\n%s", title)
	say("%s", line("", names(r.bad), 17))
	for i, rule := range r.rules {
		if hard != nil && hard[i] {
			say("%s", line(rule.name, []string{"no threshold does it"}, 24))
			continue
		}
		var cells []string
		for _, d := range by {
			cells = append(cells, d[i].String())
		}
		say("%s", line(rule.name, cells, 17))
	}
}

func within(say func(string, ...any), r result) {
	say("\nBad releases in each scenario, x 2 / x 3, median minutes, when calibrated to that very scenario")
	say("%s", line("", names(r.good[1:]), 9))
	for i, rule := range r.rules {
		var cells []string
		for _, by := range r.within {
			cells = append(cells, soon(by[0][i].minutes)+"/"+soon(by[1][i].minutes))
		}
		say("%s", line(rule.name, cells, 9))
	}
}

// unmet tells how candidates end that no user meets: nothing speaks against them, and no data is no good news.
func unmet(say func(string, ...any), results []result) {
	var levels, atEnd []string
	var rules []rule
	rows := map[int][]string{}
	for _, r := range results {
		for c, e := range r.unmet {
			levels, atEnd, rules = append(levels, r.blind[c].name), append(atEnd, fmt.Sprintf("%.1f", 100*e.atEnd)), r.rules
			for i, back := range e.back {
				rows[i] = append(rows[i], fmt.Sprintf("%.1f", 100*back))
			}
		}
	}
	say("\n== Candidates that no user meets: 6 good health pings a minute, while 1 %% of stable's requests are bad ==")
	say("\nReleases rolled back, in %%, when calibrated to plain traffic: 100 is right, what is missing was promoted")
	say("%s", line("", levels, 9))
	for i, rule := range rules {
		say("%s", line(rule.name, rows[i], 9))
		if i == 0 {
			say("%s", line("  of these when a bake ended", atEnd, 9))
		}
	}
}

// String is such as "7 (100%) 42"; the minutes are "-" when fewer than half are found.
func (d detection) String() string {
	return fmt.Sprintf("%s (%.0f%%) %5.0f", soon(d.minutes), 100*d.share, d.harmed)
}

func soon(minutes float64) string {
	if math.IsInf(minutes, 1) {
		return "-"
	}
	return fmt.Sprintf("%.0f", minutes)
}

func line(name string, cells []string, width int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-28s", name)
	for _, c := range cells {
		fmt.Fprintf(&b, " %*s", width, c)
	}
	return strings.TrimRight(b.String(), " ")
}

func names(stories []story) []string {
	var found []string
	for _, s := range stories {
		found = append(found, s.name)
	}
	return found
}

const (
	opening = "<!-- printed by make bench-judge -->\n```text\n"
	closing = "```\n<!-- end -->"
)

// paste puts the text between the marks of a page.
func paste(page, text string) error {
	before, after, err := around(page)
	if err != nil {
		return err
	}
	return os.WriteFile(page, []byte(before+opening+text+closing+after), 0o644)
}

// placed says whether a page has a place for the tables.
func placed(page string) error {
	_, _, err := around(page)
	return err
}

// around is what stands before and after the tables of a page.
func around(page string) (before, after string, err error) {
	old, err := os.ReadFile(page)
	if err != nil {
		return "", "", fmt.Errorf("reading the page: %w", err)
	}
	before, rest, begun := strings.Cut(string(old), opening)
	_, after, ended := strings.Cut(rest, closing)
	if !begun || !ended {
		return "", "", fmt.Errorf("%s has no place for the tables: put the lines %q and %q there", page, opening, closing)
	}
	return before, after, nil
}
