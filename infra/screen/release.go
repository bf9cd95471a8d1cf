package screen

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"sluice/shared/page"
	"sluice/shared/rollout"
)

// margin is the room on the left of what a release's lines say.
const margin = 12

// Release is a release as it stands, in lines of the pen's width: what its page shows, without the trail.
func (p Pen) Release(v page.View) string {
	var b strings.Builder
	p.head(&b, v)
	p.traffic(&b, v)
	if steps := p.steps(v); steps != "" {
		p.fact(&b, "steps", steps)
	}
	for i, c := range v.Checks {
		p.fact(&b, once("checks", i), p.check(c))
	}
	for i, g := range v.Gates {
		p.fact(&b, once("gates", i), p.gate(g))
	}
	for i, h := range v.Hooks {
		p.fact(&b, once("hooks", i), p.hook(h))
	}
	for _, f := range v.Freezes {
		b.WriteString(p.Freeze(f))
	}
	p.question(&b, v)
	p.outcome(&b, v)
	return b.String()
}

// Freeze is what somebody froze, until when and why.
func (p Pen) Freeze(f page.Freeze) string {
	var b strings.Builder
	until := "until somebody lifts it"
	if f.Until != nil {
		until = "until " + f.Until.Text
	}
	p.fact(&b, "frozen", p.Paint(Yellow, f.Subject)+" "+until+by(f.By)+": "+f.Reason)
	return b.String()
}

// head says what is released, where, why and by whom.
func (p Pen) head(b *strings.Builder, v page.View) {
	title := v.Badge
	if v.Runs && (v.Badge == "Running" || v.Badge == "Frozen") && v.Split != nil {
		title += " at " + v.Split.Weight.String()
	}
	fmt.Fprintf(b, "%s  %s\n", p.Bold(v.Service), p.Paint(ToneColor(v.Tone), title))
	about := []string{v.ID, v.Word + " " + v.Revision}
	if v.Strategy != "" {
		about = append(about, v.Strategy)
	}
	if v.Created != nil {
		about = append(about, "asked for "+v.Created.Text+by(v.By))
	}
	p.under(b, strings.Join(about, " · "))
	var origin []string
	if v.Commit != "" {
		origin = append(origin, "commit "+Clip(v.Commit, 13))
	}
	if v.Author != "" {
		origin = append(origin, "by "+v.Author)
	}
	if v.Reason != "" {
		origin = append(origin, v.Reason)
	}
	if v.Fixes != "" {
		origin = append(origin, "it mends "+v.Fixes)
	}
	if len(origin) > 0 {
		p.under(b, strings.Join(origin, " · "))
	}
	b.WriteByte('\n')
}

// by names who asked; whoever AWS has stated, in few words.
func by(who string) string {
	if who == "" {
		return ""
	}
	return " by " + rollout.Briefly(who)
}

// under writes a line below the title, in the second rank.
func (p Pen) under(b *strings.Builder, text string) {
	for line := range strings.SplitSeq(Wrap(text, p.Columns-2, ""), "\n") {
		b.WriteString("  " + p.Paint(Faint, line) + "\n")
	}
}

// traffic is the bar, with who serves how much below it.
func (p Pen) traffic(b *strings.Builder, v page.View) {
	s := v.Split
	if s == nil {
		return
	}
	back := v.Cause != nil
	width := p.room()
	p.fact(b, "traffic", p.Bar(s.Weight, width, back))
	left, right := fmt.Sprintf("%s %s  %s", s.Word, s.Stable, s.Rest), fmt.Sprintf("%s  %s %s", s.Weight, s.Word, s.Candidate)
	if over := utf8.RuneCountInString(left) + utf8.RuneCountInString(right) + 2 - width; over > 0 { // long names, such as digests
		left, right = fmt.Sprintf("stable %s", s.Rest), fmt.Sprintf("%s candidate", s.Weight)
	}
	gap := max(1, width-utf8.RuneCountInString(left)-utf8.RuneCountInString(right))
	p.fact(b, "", p.Paint(Blue, left)+strings.Repeat(" ", gap)+p.Paint(Candidate(back), right))
}

// steps are those behind, the present one with what is left of its bake, and those to come. Their numbers count from 1, as everywhere.
func (p Pen) steps(v page.View) string {
	var parts []string
	for _, s := range v.Path {
		switch {
		case s.Mark == page.Done:
			parts = append(parts, p.Paint(Green, "✓ "+s.Name))
		case s.Mark == page.Current && v.Bake != nil:
			parts = append(parts, p.Bold(s.Name)+" "+p.bake(*v.Bake))
		case s.Mark == page.Current:
			parts = append(parts, p.Bold("▸ "+s.Name))
		case s.Mark == page.Held:
			parts = append(parts, p.Paint(Yellow, "? "+s.Name))
		case s.Mark == page.Stopped:
			parts = append(parts, p.Paint(Red, "✗ "+s.Name))
		case s.Mark == page.Skipped:
			parts = append(parts, p.Paint(Faint, "- "+s.Name))
		default:
			parts = append(parts, p.Paint(Faint, s.Name))
		}
	}
	return p.flow(parts)
}

// bakeCells is how wide the progress of a bake is.
const bakeCells = 12

func (p Pen) bake(k page.Bake) string {
	left := "is being judged"
	if k.Left != "" {
		left = k.Left + " left"
	}
	if k.Again > 0 {
		left += fmt.Sprintf(", extended %d times", k.Again)
	}
	return p.Progress(k.Passed, k.Seconds, bakeCells) + " " + left
}

// flow puts parts beside each other, and below each other where there is no room.
func (p Pen) flow(parts []string) string {
	var b strings.Builder
	used := 0
	for i, part := range parts {
		width := visible(part)
		switch {
		case i == 0:
		case used+3+width > p.room():
			b.WriteByte('\n')
			used = 0
		default:
			b.WriteString("   ")
			used += 3
		}
		b.WriteString(part)
		used += width
	}
	return b.String()
}

func (p Pen) check(c page.Check) string {
	text := c.Why
	if c.Stake != nil {
		text += fmt.Sprintf(" [%d %% of the evidence that would take it back]", *c.Stake)
	}
	if c.DryRun {
		text += " (recorded only)"
	}
	return p.row(c.Name, c.Word, verdictColor(c.Word), text)
}

func verdictColor(word string) string {
	switch word {
	case "Pass":
		return Green
	case "Fail":
		return Red
	}
	return Yellow
}

// hook is how a hook stands, and what it runs where.
func (p Pen) hook(h page.Hook) string {
	color := Faint
	switch h.Word {
	case "Passed":
		color = Green
	case "Failed":
		color = Red
	case "Runs":
		color = Yellow
	}
	text := fmt.Sprintf("%s: %s %s.", h.Where, h.Kind, h.Runs)
	switch {
	case len(h.Carries) > 0 && h.Why == "":
		text = h.Where + ": " + strings.Join(changes(h.Carries), "; ") + "."
	case h.Parameters && h.Why != "":
		text = h.Where + ": " + h.Why
	case h.Why != "":
		text += " " + h.Why
	}
	return p.row(h.Name, h.Word, color, text)
}

// changes are what will become of parameters, in words.
func changes(all []page.Carried) (said []string) {
	for _, c := range all {
		said = append(said, c.Says)
	}
	return said
}

func (p Pen) gate(g page.Gate) string {
	color := Yellow
	switch g.Word {
	case "Open", "Overridden":
		color = Green
	case "Failed":
		color = Red
	}
	text := g.Why
	if g.Until != nil {
		text += " Until " + g.Until.Text + "."
	}
	if o := g.Override; o != nil {
		text = fmt.Sprintf("%s let it through (%s): %s", o.By, o.How, o.Reason)
	}
	return p.row(g.Name, g.Word, color, text)
}

// row is a name, a word in colour, and a sentence that is broken below itself.
func (p Pen) row(name, word, color, text string) string {
	const names, words = 10, 13
	indent := strings.Repeat(" ", names+words)
	head := pad(name, names-1) + " " + p.Paint(color, word) + strings.Repeat(" ", max(1, words-utf8.RuneCountInString(word)))
	if utf8.RuneCountInString(name) >= names {
		head = name + " " + p.Paint(color, word) + "\n" + indent
	}
	return head + Wrap(text, p.room()-names-words, indent)
}

// question is what people are asked, and how to answer.
func (p Pen) question(b *strings.Builder, v page.View) {
	q := v.Question
	if q == nil || !q.Open {
		return
	}
	left := ""
	if q.Left != "" {
		left = ", " + q.Left + " left"
	}
	p.fact(b, "asked", p.Paint(Yellow, Wrap(fmt.Sprintf("step %d of %d, %s: %d of %s must still approve%s", q.Step, q.Steps, q.Weight, q.Missing, strings.Join(q.From, ", "), left), p.room(), "")))
	for _, a := range q.Answers {
		p.fact(b, "", Wrap(fmt.Sprintf("%s: %s (%s) %s", a.Person, answered(a.Approve), a.How, a.Comment), p.room(), "  "))
	}
	p.fact(b, "", q.Silence)
}

func answered(approve bool) string {
	if approve {
		return "yes"
	}
	return "no"
}

// outcome is why it went back, was not let in or is stuck, with what to do.
func (p Pen) outcome(b *strings.Builder, v page.View) {
	if c := v.Cause; c != nil {
		p.fact(b, "why", p.Paint(Red, Wrap(c.Kind+": "+c.Reason, p.room(), "")))
	}
	for _, r := range []*rollout.Rejection{v.Rejected, v.Obstacle} {
		if r != nil {
			p.fact(b, "why", Wrap(r.Reason, p.room(), ""))
			p.fact(b, "do", Wrap(r.Remedy, p.room(), ""))
		}
	}
	for _, line := range v.Log {
		p.fact(b, "log", Clip(line, p.room()))
	}
	if !v.Runs {
		p.fact(b, "end", Wrap(v.Status, p.room(), ""))
	}
}

// fact writes lines behind a name that stands before the first of them.
func (p Pen) fact(b *strings.Builder, name, text string) {
	for i, line := range strings.Split(text, "\n") {
		if line = strings.TrimRight(line, " "); line == "" {
			continue
		}
		fmt.Fprintf(b, "  %s%s\n", p.Paint(Faint, pad(once(name, i), margin-2)), line)
	}
}

// once is a name before the first of several lines.
func once(name string, i int) string {
	if i > 0 {
		return ""
	}
	return name
}

// room is how wide the text behind the names may be.
func (p Pen) room() int { return max(20, p.Columns-margin-2) }

// visible is how many characters of a painted text are seen.
func visible(painted string) int {
	n, inside := 0, false
	for _, c := range painted {
		switch {
		case c == '\x1b':
			inside = true
		case inside:
			inside = c != 'm'
		default:
			n++
		}
	}
	return n
}

// ToneColor is the colour of a page's tone.
func ToneColor(t page.Tone) string {
	switch t {
	case page.Running:
		return Blue
	case page.Waiting:
		return Yellow
	case page.Good:
		return Green
	case page.Back, page.Alarm:
		return Red
	}
	return Plain
}
