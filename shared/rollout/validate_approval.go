package rollout

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

func (d Definition) validateApprovals(found *problems) {
	d.validatePeople(found)
	steps, asked := d.Steps(), map[int]bool{}
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
	found.check((a.Before == "") != (a.Step == 0), at, "it does not say in exactly one way before which step people are asked", "write either before: first or last, or step: with a number")
	oneOf(found, at+".before", a.Before, BeforeFirst, BeforeLast)
	oneOf(found, at+".whenSilent", a.WhenSilent, SilenceRejects, SilenceApproves)
	found.check(a.Within == 0 || a.Within.Std() >= minute, at+".within", a.Within.String()+" is too short for people", "write 1m or more")
	found.between(at+".within", a.Within, 0, 30*day)
	found.check(len(a.From) > 0 || a.SlackTeam != "", at+".from", "nobody is asked", "write names of people:")
	found.check(a.Quorum >= 0 && (a.Quorum <= len(a.From) || a.SlackTeam != ""), at+".quorum", fmt.Sprintf("%d of %d people can never approve", a.Quorum, len(a.From)), "write a number from 1 to how many are asked")
	found.check(a.SlackTeam == "" || isSlackID(a.SlackTeam, "S"), at+".slackTeam", fmt.Sprintf("%.60q is not a team and user group id", a.SlackTeam), "write both ids with a slash, such as T0123ABC/S0456DEF: names can change")
	found.check(a.SlackTeam == "" || d.Slack != nil, at+".slackTeam", "its members answer by the buttons of a message, and there is none", "write slack: with the channel")
	a.Pipeline.validate(at+".pipeline", d, found)
	seen := map[string]bool{}
	for i, name := range a.From {
		_, known := d.People[name]
		found.check(known && !seen[name], fmt.Sprintf("%s.from[%d]", at, i), fmt.Sprintf("%.60q is not in people, or named twice", name), "write each name once, as under people:")
		seen[name] = true
	}
}

// validatePeople checks the people, and that no two of them share a name: a quorum counts different people.
func (d Definition) validatePeople(found *problems) {
	owner := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(d.People)) {
		at, p := "people."+name, d.People[name]
		found.check(serviceName.MatchString(name), at, fmt.Sprintf("%.60q is not a person's name here", name), "use 1 to 40 lower-case letters, digits and hyphens, starting with a letter")
		found.check(p != (Person{}), at, "nothing is known of this person", "write at least one of mail, github, gitlab, bitbucket, slack, aws, event")
		found.check(p.Slack == "" || isSlackID(p.Slack, "UW"), at+".slack", fmt.Sprintf("%.60q is not a team and user id", p.Slack), "write both ids with a slash, such as T0123ABC/U0456DEF: names can change")
		found.check(p.GitLab == "" || userNumber.MatchString(p.GitLab), at+".gitlab", fmt.Sprintf("%.60q is not the number of a user", p.GitLab), "write the user ID of their profile page, in quotes, such as \"4711\": names can change")
		found.check(p.Bitbucket == "" || bitbucketUser.MatchString(p.Bitbucket), at+".bitbucket", fmt.Sprintf("%.60q is neither the uuid of an account nor the number of a user", p.Bitbucket), "write the uuid with its braces, in quotes, or the number of Data Center's user: names can change")
		found.check(p.AWS == "" || principal.MatchString(p.AWS), at+".aws", fmt.Sprintf("%.100q is neither an IAM user nor a role nor a session of one", p.AWS), "write the ARN as CloudTrail does: arn:aws:iam::123456789012:user/grace, or arn:aws:sts::123456789012:assumed-role/Developer/grace; for sluice, a role may stand without a session")
		for _, known := range []string{"aws " + p.AWS, "mail " + p.Mail, "github " + p.GitHub, "gitlab " + p.GitLab, "bitbucket " + p.Bitbucket, "slack " + p.Slack, "event " + p.Event} {
			found.check(owner[known] == "" || known[len(known)-1] == ' ', at, known+" is also "+owner[known], "write each name at one person only")
			owner[known] = name
		}
	}
}

// isSlackID says whether s is a team id, a slash, and an id whose first letter is one of kinds
// (https://docs.slack.dev/reference/objects/user-object).
func isSlackID(s, kinds string) bool {
	team, id, _ := strings.Cut(s, "/")
	plain := strings.Trim(team+id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
	return plain && len(team) > 1 && len(id) > 1 && strings.ContainsAny(team[:1], "TE") && strings.ContainsAny(id[:1], kinds)
}

const (
	// principal is a person as CloudTrail names them. The root user and a role without its session are nobody.
	principal     expression = `^arn:aws[a-z-]*:(iam::[0-9]{12}:(user|role)/[A-Za-z0-9_+=,.@/-]+|sts::[0-9]{12}:assumed-role/[A-Za-z0-9_+=,.@-]+/[A-Za-z0-9_+=,.@-]+)$`
	userNumber    expression = `^[0-9]{1,18}$`
	bitbucketUser expression = `^(\{[0-9a-f-]{36}\}|[0-9]{1,18})$`
	actionName    expression = `^[A-Za-z0-9.@_-]{1,100}$`
)

// validate checks the names, and that no action asks two questions.
func (p *Pipeline) validate(at string, d Definition, found *problems) {
	if p == nil {
		return
	}
	for field, name := range map[string]string{"name": p.Name, "stage": p.Stage, "action": p.Action} {
		found.check(actionName.MatchString(name), at+"."+field, fmt.Sprintf("%.60q is no name of CodePipeline", name), "write the name of the pipeline, the stage or the manual approval action, as CodePipeline shows it")
	}
	same := 0
	for _, a := range d.Approvals {
		if a.Pipeline != nil && *a.Pipeline == *p {
			same++
		}
	}
	found.check(same < 2, at, "another approval has the same action", "let each action ask one question")
}
