package convert

import (
	"cmp"
	"slices"
)

// Fate is what became of something that the file says.
type Fate string

// The fates.
const (
	Kept    Fate = "came over"
	Differs Fate = "came over, and is not quite the same"
	Lost    Fate = "did not come over"
)

// Fates are all, the best first.
var Fates = []Fate{Kept, Differs, Lost}

// A Note is what became of one thing that the file says.
type Note struct {
	Line int    // of the file
	Says string // what stands there: "setWeight: 20"
	Fate Fate
	Here string // what it is here, or why it is nothing: a clause
	Do   string // what to do; empty: nothing
}

// notes are collected while a file is read.
type notes []Note

func (n *notes) kept(v *value, here string) {
	*n = append(*n, Note{v.where(), v.short(), Kept, here, ""})
}

func (n *notes) differs(v *value, here, do string) {
	*n = append(*n, Note{v.where(), v.short(), Differs, here, do})
}

func (n *notes) lost(v *value, here, do string) {
	*n = append(*n, Note{v.where(), v.short(), Lost, here, do})
}

// gone notes each of these members that is there, and takes it whole: they share one reason.
func (n *notes) gone(v *value, here, do string, names ...string) {
	for _, name := range names {
		if f := v.at(name); f != nil {
			n.lost(f.whole(), here, do)
		}
	}
}

// left notes what no reader has taken.
func (n *notes) left(v *value, tool string) {
	for _, one := range v.rest() {
		n.lost(one, "no reader here knows it", "look it up in the guide of "+tool+", and say it in the definition if there is a word for it")
	}
}

func (n notes) sorted() []Note {
	slices.SortStableFunc(n, func(a, b Note) int { return cmp.Compare(a.Line, b.Line) })
	return n
}
