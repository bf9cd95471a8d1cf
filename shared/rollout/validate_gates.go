package rollout

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	clockTime       expression = `^([01][0-9]|2[0-3]):[0-5][0-9]$`
	zoneName        expression = `^(UTC|[A-Za-z]+(/[A-Za-z0-9_+-]+)+)$`
	parameterName   expression = `^/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$`
	documentName    expression = `^(arn:[^ ]+:document/)?[A-Za-z0-9_.:/-]{3,128}$`
	imageRepository expression = `^[a-z0-9]+([._/-][a-z0-9]+)*$`
	ruleName        expression = `^[^ *?][^*?]{0,127}$`
	appConfigID     expression = `^[a-z0-9]{4,7}$`
	flagKey         expression = `^[a-z][a-zA-Z0-9_-]{0,63}$`
)

// Days of the week, from the first that time.Weekday knows.
var Days = []Day{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func (d Definition) validateGates(found *problems) {
	g := d.Gates
	if g == nil {
		return
	}
	n := len(g.Windows) + len(g.Freezes) + len(g.Calendars) + len(g.Flags) + len(g.Features) + len(g.Tests)
	found.check(n > 0 || len(g.Override) > 0 || g.Unmuted || g.InSync || g.Config != nil || g.Scan != nil, "gates", "there is no gate", "write one of unmuted, inSync, windows, freezes, calendars, flags, features, config, scan, tests, or override for freezes alone, or leave gates out")
	found.check(n <= 50, "gates", fmt.Sprintf("%d gates are too many", n), "write at most 50")
	found.check(!g.InSync || d.Target.Stack != nil, "gates.inSync", an(d.Target.Facts().Title)+" has no template from which it could drift", "leave it out")
	oneOf(found, "gates.whenShut", g.WhenShut, ShutWaits, ShutRejects)
	oneOf(found, "gates.whenFailed", g.WhenFailed, ShutWaits, ShutRejects)
	for i, name := range g.Override {
		_, known := d.People[name]
		found.check(known && !slices.Contains(g.Override[:i], name), fmt.Sprintf("gates.override[%d]", i), fmt.Sprintf("%.60q is not in people, or named twice", name), "write each name once, as under people:")
	}
	g.validateTimes(found)
	g.validateNames(found)
	if s := g.Scan; s != nil {
		oneOf(found, "gates.scan.severity", s.Severity, Severities...)
		found.check(s.Most >= 0, "gates.scan.most", fmt.Sprintf("%d is not a number of findings", s.Most), "write a whole number from 0 up")
		found.check(s.ECR != "" || s.Inspector, "gates.scan", "nobody is asked for findings", "write ecr: with the image's repository, inspector: true, or both")
		found.check(s.ECR == "" || imageRepository.MatchString(s.ECR), "gates.scan.ecr", fmt.Sprintf("%.60q is not a repository's name", s.ECR), "write the name alone, without registry and tag")
	}
	names, together := map[string]bool{}, time.Duration(0)
	for i, t := range g.withDefaults().Tests {
		if t.Answers() {
			together += t.Within.Std()
		}
		found.check(!t.Answers() || t.Within.Std() > longestInvocation || together <= longestInvocation, fmt.Sprintf("gates.tests[%d].within", i), "the functions and endpoints take "+Duration(together).String()+" together", "give them 2m at most in all: they are asked one after the other")
		g.Tests[i].validate(fmt.Sprintf("gates.tests[%d]", i), found)
		found.check(!names[t.Gate()], fmt.Sprintf("gates.tests[%d]", i), fmt.Sprintf("%.80s is there twice", t.Gate()), "name each test once")
		names[t.Gate()] = true
	}
}

func (g Gates) validateTimes(found *problems) {
	for i, w := range g.Windows {
		at := fmt.Sprintf("gates.windows[%d]", i)
		for j, day := range w.Days {
			found.check(slices.Contains(Days, day), fmt.Sprintf("%s.days[%d]", at, j), fmt.Sprintf("%.60q is not a day", string(day)), "write mon, tue, wed, thu, fri, sat or sun")
		}
		found.check(w.From == "" || clockTime.MatchString(w.From), at+".from", fmt.Sprintf("%.60q is not a time of day", w.From), `write it from "00:00" to "23:59", in quotes`)
		found.check(w.Until == "" || w.Until == "24:00" || clockTime.MatchString(w.Until), at+".until", fmt.Sprintf("%.60q is not a time of day", w.Until), `write it from "00:00" to "24:00", in quotes`)
		found.check(w.From == "" || w.From != w.Until, at+".until", "the window is empty", "let it end at another time than it begins; leave both out for whole days")
		found.check(zoneName.MatchString(w.Zone), at+".zone", fmt.Sprintf("%.60q is not a time zone", w.Zone), "write its name, such as Europe/Berlin or UTC: abbreviations know no daylight saving")
	}
	for i, f := range g.Freezes {
		at := fmt.Sprintf("gates.freezes[%d]", i)
		found.check(f.Until.After(f.From), at+".until", "the freeze ends before it begins", "write a later time, such as 2027-01-02T08:00:00+01:00")
		found.check(strings.TrimSpace(f.Owner) != "", at+".owner", "nobody owns the freeze", "write whom to ask")
		found.check(strings.TrimSpace(f.Reason) != "", at+".reason", "the freeze has no reason", "write one sentence for whoever is kept out")
	}
}

// validateNames checks the names of AWS resources; each resource is granted by its name.
func (g Gates) validateNames(found *problems) {
	for i, c := range g.Calendars {
		found.check(documentName.MatchString(c), fmt.Sprintf("gates.calendars[%d]", i), fmt.Sprintf("%.60q is not a calendar", c), "write the name of a Change Calendar document, or its ARN for one of another account")
		found.check(!slices.Contains(g.Calendars[:i], c), fmt.Sprintf("gates.calendars[%d]", i), fmt.Sprintf("%.60q is there twice", c), "name each calendar once")
	}
	for i, f := range g.Flags {
		at := fmt.Sprintf("gates.flags[%d].parameter", i)
		found.check(parameterName.MatchString(f.Parameter) && len(f.Parameter) <= 500, at, fmt.Sprintf("%.60q is not a parameter's name", f.Parameter), "write it as SSM shows it, such as /checkout/releases")
		found.check(!slices.ContainsFunc(g.Flags[:i], func(o Flag) bool { return o.Parameter == f.Parameter }), at, fmt.Sprintf("%.60q is there twice", f.Parameter), "name each parameter once")
	}
	for i, f := range g.Features {
		at := fmt.Sprintf("gates.features[%d]", i)
		found.check(appConfigID.MatchString(f.Application), at+".application", fmt.Sprintf("%.60q is not an application's id", f.Application), "write the id, such as abc1234: aws appconfig list-applications")
		found.check(appConfigID.MatchString(f.Environment), at+".environment", fmt.Sprintf("%.60q is not an environment's id", f.Environment), "write the id, such as abc1234: aws appconfig list-environments")
		found.check(appConfigID.MatchString(f.Profile), at+".profile", fmt.Sprintf("%.60q is not a configuration profile's id", f.Profile), "write the id, such as abc1234: aws appconfig list-configuration-profiles")
		found.check(flagKey.MatchString(f.Flag), at+".flag", fmt.Sprintf("%.60q is not a flag's key", f.Flag), "write its key, such as cart")
		found.check(!slices.ContainsFunc(g.Features[:i], func(o Feature) bool { return o.Name() == f.Name() }), at, "it is there twice", "name each flag once")
	}
	if c := g.Config; c != nil {
		found.check(len(c.Rules) > 0 && len(c.Rules) <= 20, "gates.config.rules", fmt.Sprintf("%d rules are named", len(c.Rules)), "name 1 to 20 rules of AWS Config")
		for i, r := range c.Rules {
			found.check(ruleName.MatchString(r) && !slices.Contains(c.Rules[:i], r), fmt.Sprintf("gates.config.rules[%d]", i), fmt.Sprintf("%.60q is not a rule's name, or named twice", r), "name each rule of AWS Config once")
		}
	}
}
