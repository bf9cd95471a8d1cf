package iam

import (
	"slices"
	"strings"
)

// meets says whether a policy's resource, with * and ?, matches any ARN of a resource type. Both are patterns: it looks for a
// text that both match.
func meets(t, resource string) bool {
	return slices.ContainsFunc(forms(t), func(form string) bool {
		policy, arns := strings.SplitN(resource, ":", arnParts), strings.SplitN(form, ":", arnParts)
		if len(policy) != arnParts || len(arns) != arnParts {
			return false
		}
		for i := range arnParts { // no star of a policy reaches over a colon into the next part
			if !meet(glob(policy[i]), shape(arns[i])) {
				return false
			}
		}
		return true
	})
}

// A symbol is one character of a pattern, any of a class, or any number of a class.
type symbol struct {
	literal byte
	class   string // "" for a literal; else one that names has
	many    bool
}

func glob(p string) (symbols []symbol) {
	for i := range len(p) {
		switch p[i] {
		case '*':
			symbols = append(symbols, symbol{class: `.`, many: true})
		case '?':
			symbols = append(symbols, symbol{class: `.`})
		default:
			symbols = append(symbols, symbol{literal: p[i]})
		}
	}
	return symbols
}

func shape(form string) (symbols []symbol) {
	for _, p := range split(form) {
		if p.variable == "" {
			symbols = append(symbols, glob(p.literal)...) // the further forms have stars
			continue
		}
		class, many := p.class()
		if many == "+" {
			symbols = append(symbols, symbol{class: class})
		}
		symbols = append(symbols, symbol{class: class, many: true})
	}
	return symbols
}

// meet says whether two patterns match one text.
func meet(a, b []symbol) bool {
	type place struct{ i, j int }
	seen := map[place]bool{}
	var from func(i, j int) bool
	from = func(i, j int) bool {
		p := place{i, j}
		if seen[p] { // it was tried, and is being tried still or has failed
			return false
		}
		seen[p] = true
		if i == len(a) && j == len(b) {
			return true
		}
		if i < len(a) && a[i].many && from(i+1, j) || j < len(b) && b[j].many && from(i, j+1) {
			return true
		}
		if i == len(a) || j == len(b) || !common(a[i], b[j]) {
			return false
		}
		nextI, nextJ := i+1, j+1
		if a[i].many {
			nextI = i
		}
		if b[j].many {
			nextJ = j
		}
		return (nextI != i || nextJ != j) && from(nextI, nextJ)
	}
	return from(0, 0)
}

// common says whether two symbols have a character in common.
func common(a, b symbol) bool {
	switch {
	case a.class == "" && b.class == "":
		return a.literal == b.literal
	case a.class == "":
		return holds(b.class, a.literal)
	case b.class == "":
		return holds(a.class, b.literal)
	}
	return true // every class has letters
}

func holds(class string, c byte) bool {
	return class == `.` || c != ':' && (c != '/' || class == `[^:]`)
}
