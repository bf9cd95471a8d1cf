package rollout

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

func (d Definition) validateApprovals(found *problems) {
	d.validatePeople(found)
	steps, asked := d.Strategy.Steps(), map[int]bool{}
	for i, a := range d.Approvals {
		at := fmt.Sprintf("approvals[%d]", i)
		a.validate(at, d, found)
		if len(steps) == 0 { // the strategy has a problem of its own
			continue
		}
		step := a.index(steps)
		found.check(step >= 0 && step < len(steps), at+".step", fmt.Sprintf("there is no step %d", a.Step), fmt.Sprintf("write a number from 1 to %d", len(steps)))
		found.check(!asked[step], at, fmt.Sprintf("step %d is asked about twice", step+1), "keep one approval for each step, with the quorum that you want")
		asked[step] = true
	}
}

func (a Approval) validate(at string, d Definition, found *problems) {
	found.check((a.Before == "") != (a.Step == 0), at, "it does not say once before which step people are asked", "write either before: first or last, or step: with a number")
	oneOf(found, at+".before", a.Before, BeforeFirst, BeforeLast)
	oneOf(found, at+".whenSilent", a.WhenSilent, SilenceRejects, SilenceApproves)
	found.check(a.Within == 0 || a.Within.Std() >= minute, at+".within", a.Within.String()+" is too short for people", "write 1m or more")
	found.between(at+".within", a.Within, 0, 30*day)
	found.check(len(a.From) > 0, at+".from", "nobody is asked", "name people of people:")
	found.check(a.Quorum >= 0 && a.Quorum <= len(a.From), at+".quorum", fmt.Sprintf("%d of %d people can never approve", a.Quorum, len(a.From)), "write a number from 1 to how many are asked")
	seen := map[string]bool{}
	for i, name := range a.From {
		_, known := d.People[name]
		found.check(known && !seen[name], fmt.Sprintf("%s.from[%d]", at, i), fmt.Sprintf("%.60q is not in people, or named twice", name), "name each once, as people: does")
		seen[name] = true
	}
}

// validatePeople also keeps two people from being one: a quorum counts different people.
func (d Definition) validatePeople(found *problems) {
	owner := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(d.People)) {
		at, p := "people."+name, d.People[name]
		found.check(serviceName.MatchString(name), at, fmt.Sprintf("%.60q is not a person's name here", name), "use 1 to 40 lower-case letters, digits and hyphens, starting with a letter")
		found.check(p != (Person{}), at, "nothing is known of this person", "write at least one of mail, github, slack, event")
		found.check(p.Slack == "" || isSlackUser(p.Slack), at+".slack", fmt.Sprintf("%.60q is not a team and user id", p.Slack), "write both ids with a slash, such as T0123ABC/U0456DEF: names can change")
		for _, known := range []string{"mail " + p.Mail, "github " + p.GitHub, "slack " + p.Slack, "event " + p.Event} {
			found.check(owner[known] == "" || known[len(known)-1] == ' ', at, known+" is also "+owner[known], "write each name at one person only")
			owner[known] = name
		}
	}
}

// isSlackUser holds for a team id and a user id with a slash between them (https://docs.slack.dev/reference/objects/user-object).
func isSlackUser(s string) bool {
	team, user, _ := strings.Cut(s, "/")
	plain := strings.Trim(team+user, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
	return plain && len(team) > 1 && len(user) > 1 && strings.ContainsAny(team[:1], "TE") && strings.ContainsAny(user[:1], "UW")
}
