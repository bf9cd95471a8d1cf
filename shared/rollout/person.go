package rollout

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Person is somebody who may answer, with the names by which the ways of answering know them. The author of a commit and the
// person who started a release are excluded by any of these names.
type Person struct {
	Mail      string `json:"mail,omitempty"`
	GitHub    string `json:"github,omitempty"`    // login
	GitLab    string `json:"gitlab,omitempty"`    // number of the user: names can change
	Bitbucket string `json:"bitbucket,omitempty"` // uuid of the account in braces, or the number of Data Center's user
	Slack     string `json:"slack,omitempty"`     // team and user id: T0123/U0456
	AWS       string `json:"aws,omitempty"`       // ARN of an IAM user, of a role, or of a session of one, as CloudTrail writes it (Caller)
	Event     string `json:"event,omitempty"`     // the name under which senders on the bus may answer for them; empty: nobody may
}

// is says whether a name that came from outside means this person.
func (p Person) is(name, own string) bool {
	return mayBeCaller(strings.TrimSpace(name), p.AWS) || slices.ContainsFunc([]string{own, p.Mail, p.GitHub, p.GitLab, p.Bitbucket, p.Slack, p.AWS, p.Event}, func(n string) bool {
		return n != "" && strings.EqualFold(n, strings.TrimSpace(name))
	})
}

// The ways in which people answer.
const (
	ByEvent        = "event"
	BySlack        = "slack"
	ByMail         = "mail"
	ByCodePipeline = "codepipeline"
	ByIAM          = "iam" // by the command line: AWS says who signed
)

// Known finds the person whom a way of answering knows by a name; "" is nobody.
func (d Definition) Known(how, by string) string {
	for _, name := range slices.Sorted(maps.Keys(d.People)) {
		if d.People[name].answersAs(how, by) {
			return name
		}
	}
	return ""
}

// NamesFor says whether the definition names anybody for a way of answering.
func (d Definition) NamesFor(how string) bool {
	for _, p := range d.People {
		if p.knownAs(how) != "" {
			return true
		}
	}
	return false
}

// answersAs says whether a way of answering knows this person by a name. Sessions of roles whose names differ in case are different people.
func (p Person) answersAs(how, by string) bool {
	own := p.knownAs(how)
	switch how {
	case ByCodePipeline:
		return own != "" && own == by
	case ByIAM:
		return isCaller(by, own)
	}
	return own != "" && strings.EqualFold(own, by)
}

// knownAs is the name by which a way of answering knows this person; empty when it does not.
func (p Person) knownAs(how string) string {
	switch how {
	case ByEvent:
		return p.Event
	case BySlack:
		return p.Slack
	case ByMail:
		return p.Mail
	case ByCodePipeline, ByIAM:
		return p.AWS
	}
	return ""
}

// Asked says in words who is asked.
func (a Approval) Asked() string {
	who := slices.Clone(a.From)
	if a.SlackTeam != "" {
		_, group, _ := strings.Cut(a.SlackTeam, "/")
		who = append(who, "Slack's group "+group)
	}
	return strings.Join(who, ", ")
}

// AsksTeam says whether a person may be asked as a member of the Slack group. by is the name by which the way of answering (how) knows
// them: nobody from another workspace is asked.
func (a Approval) AsksTeam(how, by string) bool {
	team, _, grouped := strings.Cut(a.SlackTeam, "/")
	return how == BySlack && grouped && strings.HasPrefix(by, team+"/") && len(by) > len(team)+1
}

// Respondent finds the person who answers. It refuses a person who is unknown or not asked, the author of the revision, and the
// person who started the release. by is the name by which the way of answering (how) knows them. If they are unknown, person is
// empty; they may still be a Member.
func (r Release) Respondent(a Approval, how, by string) (person string, refusal *Rejection) {
	for _, name := range a.From {
		if r.Definition.People[name].answersAs(how, by) {
			return name, r.excluded(a, name)
		}
	}
	return "", Because(fmt.Sprintf("%.120q is not among those who are asked by %s", by, how), "ask one of "+a.Asked())
}

// Member finds the person who answers as a member of the Slack group that is asked. by is their team and user id, members are the ids
// of the group's users. A person whom the definition knows has one name, however they answer.
func (r Release) Member(a Approval, by string, members []string) (person string, refusal *Rejection) {
	_, user, _ := strings.Cut(by, "/")
	if !a.AsksTeam(BySlack, by) || !slices.Contains(members, user) {
		return "", Because(fmt.Sprintf("%.60q is not among those who are asked by slack", by), "ask one of "+a.Asked())
	}
	if person = r.Definition.Known(BySlack, by); person != "" {
		return person, r.excluded(a, person)
	}
	if refusal := r.excluded(a, by); refusal != nil {
		return by, refusal
	}
	if who, found := r.hidden(); found {
		return by, Because(fmt.Sprintf("nobody knows whether %.60q is %s, whose work this is", by, who), "write slack: for both of them under people, deploy and release again; or ask one of "+a.Asked()+" who is named under people")
	}
	return by, nil
}

// excluded says why a person who is asked may still not answer.
func (r Release) excluded(a Approval, person string) *Rejection {
	p := r.Definition.People[person] // empty for a member whom the definition does not know: person is an id then
	remedy := "ask somebody else of " + a.Asked()
	switch {
	case p.is(r.Revision.Author, person):
		return Because(person+" is the author of the revision", remedy)
	case slices.ContainsFunc(r.Authors, func(w Author) bool { return p.mayBe(w, person) }):
		return Because(person+" is an author of what was pushed", remedy)
	case p.is(r.By, person):
		return Because(person+" started the release", remedy)
	}
	return nil
}
