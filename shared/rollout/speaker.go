package rollout

import (
	"maps"
	"slices"
)

// Speakers are the functions that recognise a person and hand to decide what that person says, with the ways in which each of them
// recognises people. decide has an alias for each speaker, so IAM proves which one calls, and the message need not say it. A page
// recognises people by Slack, too, because a button in Slack sends its links.
var Speakers = map[string][]string{
	"button":   {BySlack},
	"command":  {ByIAM},
	"console":  {BySlack, ByMail},
	"pipeline": {ByCodePipeline},
}

// Recognises says whether a speaker recognises people in this way.
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
