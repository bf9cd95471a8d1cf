package rollout

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestAlarm is in characters (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html).
const longestAlarm = 255

// alarms checks the names of alarms. CloudWatch finds an alarm by its exact name only. So an impossible name is reported here, and
// not as a missing alarm when a release begins.
func (p *problems) alarms(path string, names []string) {
	seen := map[string]bool{}
	for i, name := range names {
		at := fmt.Sprintf("%s[%d]", path, i)
		before := len(*p)
		p.check(name != "" && !seen[name], at, fmt.Sprintf("%.60q is empty or named twice", name), "name each alarm once")
		p.check(!strings.HasPrefix(name, "arn:"), at, fmt.Sprintf("%.120q is an ARN", name), "write the alarm's name alone: "+lastPart(name))
		p.check(utf8.RuneCountInString(name) <= longestAlarm, at, "the name is too long", fmt.Sprintf("write at most %d characters", longestAlarm))
		if len(*p) == before {
			p.name(at, name)
		}
		seen[name] = true
	}
}

func lastPart(arn string) string { return arn[strings.LastIndexByte(arn, ':')+1:] }

// name checks a name that AWS compares character by character. Only the variables may be filled into it.
func (p *problems) name(path, name string, variables ...string) {
	if hidden, found := unseen(name); found {
		p.add(path, fmt.Sprintf("%.60q holds a character that cannot be seen (U+%04X)", name, hidden), "type the name anew instead of pasting it")
		return
	}
	p.check(name == strings.TrimSpace(name), path, fmt.Sprintf("%.60q begins or ends with a space", name), "take the space away")
	p.filled(path, name, variables...)
}

// filled checks that a text has no placeholders of other tools, only the variables that Sluice fills in there.
func (p *problems) filled(path, text string, variables ...string) {
	for _, v := range variables {
		text = strings.ReplaceAll(text, "${"+v+"}", "")
	}
	if _, rest, found := strings.Cut(text, "${"); found {
		what, _, _ := strings.Cut(rest, "}")
		p.add(path, fmt.Sprintf("${%.60s} is not filled in here", what), remedyForVariable(variables))
	}
	for _, function := range []string{"!Ref", "!Sub", "!GetAtt", "!ImportValue", "Fn::"} {
		p.check(!strings.HasPrefix(text, function), path, fmt.Sprintf("%s is a function of CloudFormation, and definitions are no templates", function), "write the name itself; what differs between environments belongs in infra/services/<environment>/")
	}
}

func remedyForVariable(known []string) string {
	if len(known) == 0 {
		return "write the name itself; what differs between environments belongs in infra/services/<environment>/"
	}
	return "write the value itself, or ${" + strings.Join(known, "} or ${") + "}"
}

// unseen finds the first character of a name that a reader cannot see, or would take for a plain space.
func unseen(name string) (rune, bool) {
	for _, r := range name {
		if r != ' ' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.IsSpace(r) || unicode.Is(unicode.Zs, r)) {
			return r, true
		}
	}
	return 0, false
}
