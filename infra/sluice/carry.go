package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"sluice/infra/convert"
	"sluice/infra/definition"
	"sluice/infra/draft"
	"sluice/infra/typed"
	"sluice/infra/verify"
)

// carried writes the definitions that a file of another tool amounts to, and says what came over and what did not.
func (d desk) carried(ctx context.Context, e engine, b beginning) error {
	text, err := os.ReadFile(b.from)
	if err != nil {
		return wrong("%w; give the path of a file", err)
	}
	q := newQuestions(d, b.yes)
	found, err := q.converted(ctx, text, &b)
	if err != nil {
		return err
	}
	fmt.Fprint(d.out, d.cameOver(b.from, found))
	drafts, err := b.wanted(found)
	if err != nil {
		return err
	}
	var whole []carry
	for _, one := range drafts {
		c, err := q.carries(ctx, e, b, one, len(drafts) == 1)
		if err != nil {
			return err
		}
		whole = append(whole, c)
	}
	for _, c := range whole {
		if err := q.agreed(ctx, c.text); err != nil {
			return err
		}
	}
	return d.writes(ctx, e, whole)
}

// A carry is one definition that is to be written.
type carry struct {
	beginning
	text  string
	blind []convert.Note
}

// writes writes the definitions and verifies them. Those that another one keeps from being written are not there by half: each was looked for before.
func (d desk) writes(ctx context.Context, e engine, whole []carry) error {
	var all []definition.Service
	var found []verify.Finding
	var names []string
	for _, c := range whole {
		if err := written(c.file(d.checkout), c.text, c.force); err != nil {
			return err
		}
		fmt.Fprintf(d.out, "\n%s is written.\n", definition.Folder+"/"+c.service+".yaml")
		for _, n := range c.blind {
			fmt.Fprint(d.out, d.note(n))
		}
		services, problems, err := d.chosen(e.Environment, []string{c.service})
		if err != nil {
			return err
		}
		all, found, names = append(all, services...), append(found, problems...), append(names, c.service)
	}
	found = append(found, d.verify(ctx, e, all)...)
	fmt.Fprintf(d.out, "\n%s", d.findings(all, found))
	for _, name := range names {
		fmt.Fprintf(d.out, "Next: sluice verify %s (until it finds no error), sluice plan %[1]s\n", name)
	}
	return verdict(found)
}

// converted reads the file, and asks for what it cannot say, until it is whole or nobody answers.
func (q *questions) converted(ctx context.Context, text []byte, b *beginning) (found convert.Result, err error) {
	for {
		if found, err = convert.Read(b.from, text, b.wish()); err != nil {
			return found, &failure{wrongUse, err}
		}
		answered := false
		for _, m := range found.Missing {
			a := question{flag: m.Flag, ask: m.Ask, note: m.Why, several: m.Flag == "approver"}
			for _, c := range m.Choices {
				a.choices = append(a.choices, draft.Choice{Value: c})
			}
			said, err := q.answer(ctx, a)
			if err != nil {
				return found, err
			}
			if answered = answered || said != ""; said == "" {
				continue
			}
			switch m.Flag {
			case "approver":
				b.approvers = strings.FieldsFunc(said, func(r rune) bool { return r == ',' })
			case "deployment-config":
				b.config = said
			}
		}
		if !answered {
			return found, nil
		}
	}
}

func (b beginning) wish() convert.Wish {
	return convert.Wish{Kind: b.kind, Config: b.config, Approvers: b.approvers, Stack: b.answers["stack"]}
}

// wanted are the drafts that are to be written: all, or the one that was named.
func (b beginning) wanted(found convert.Result) (drafts []convert.Draft, err error) {
	var refused, names []string
	for _, one := range found.Drafts {
		if names = append(names, one.Service); one.Refused != nil {
			refused = append(refused, fmt.Sprintf("%s, %s; %s.", one.From, one.Refused.Reason, one.Refused.Remedy))
			continue
		}
		if len(found.Drafts) == 1 || b.service == "" || b.service == one.Service {
			drafts = append(drafts, one)
		}
	}
	switch {
	case len(drafts) > 0:
		return drafts, nil
	case len(found.Drafts) == 0:
		return nil, &failure{rejected, fmt.Errorf("%s releases nothing by itself, so there is nothing to write", b.from)}
	case len(refused) < len(found.Drafts):
		return nil, wrong("there is no %q in %s; %s", b.service, b.from, typed.Suggest(b.service, names))
	}
	return nil, &failure{rejected, fmt.Errorf("nothing was written. %s", strings.Join(refused, "\n"))}
}

// carries makes one definition. What a flag says stands over what the file says, where the file has one service alone.
func (q *questions) carries(ctx context.Context, e engine, b beginning, one convert.Draft, alone bool) (c carry, err error) {
	c.beginning = b
	c.answers = maps.Clone(one.Answers)
	for flag, said := range b.answers {
		if one.Answers[flag] != "" && !alone {
			return c, wrong("--%s would be the same for all services of %s: name one, such as sluice init %s --from %s", flag, b.from, one.Service, b.from)
		}
		c.answers[flag] = said
	}
	if c.service == "" || !alone {
		c.service = one.Service
	}
	if b.kind != "" && b.kind != string(one.Kind) {
		return c, wrong("%s becomes a target of the kind %s, and --kind is %s: leave it out", one.From, one.Kind, b.kind)
	}
	c.kind, c.alarms = string(one.Kind), slices.Concat(one.Alarms(), b.alarms)
	if err := q.named(ctx, &c.beginning); err != nil {
		return c, err
	}
	if one.Marked() {
		if err := q.field(ctx, e, markedPriority, c.answers); err != nil {
			return c, err
		}
	}
	t, err := q.aimed(ctx, e, &c.beginning)
	if err != nil {
		return c, err
	}
	priority := 0
	if one.Marked() {
		if priority, err = strconv.Atoi(c.answers[markedPriority.Flag]); err != nil {
			return c, wrong("--%s is %q: write a number, smaller than the priority of the rule", markedPriority.Flag, c.answers[markedPriority.Flag])
		}
	}
	one.Service = c.service
	whole, err := one.Definition(t, c.alarms, priority)
	if err != nil {
		return c, &failure{rejected, err}
	}
	c.blind = convert.Blind(whole)
	c.text, err = draft.Text(whole)
	return c, err
}

// markedPriority is asked for where a step gives the candidate marked requests alone.
var markedPriority = draft.Field{Flag: "marked-priority", Ask: "Priority of the rule for marked requests: a free one, smaller than that of the rule"}
