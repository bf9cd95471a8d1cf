package rollout

import (
	"maps"
	"slices"
)

// Speakers are the functions that find out who somebody is and hand to decide what people say, with the ways in which each of them
// recognises people. decide has an alias for each, so that IAM says who hands over a word, and not the word itself. A page knows people
// by Slack, too: a button there sends its links.
var Speakers = map[string][]string{
	"button":   {BySlack},
	"console":  {BySlack, ByMail},
	"pipeline": {ByCodePipeline},
}

// Recognises says whether it is a speaker's work to find out who somebody is in this way.
func Recognises(speaker, how string) bool { return slices.Contains(Speakers[speaker], how) }

// SpeakerFor is a speaker that recognises people in this way; empty when there is none.
func SpeakerFor(how string) string {
	for _, name := range slices.Sorted(maps.Keys(Speakers)) {
		if Recognises(name, how) {
			return name
		}
	}
	return ""
}
