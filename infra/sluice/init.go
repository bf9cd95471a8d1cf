package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sluice/infra/definition"
	"sluice/infra/draft"
	"sluice/infra/typed"
	"sluice/infra/verify"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// first writes the first definition of a service.
func first(d desk, open opener) *cobra.Command {
	w := beginning{answers: draft.Answers{}}
	c := &cobra.Command{
		Use: "init [SERVICE]", Short: "Write the definition of a service: asks, and looks at the account", Args: takes(0, 1, "[SERVICE]"),
		Example: "  sluice init\n  sluice init checkout --kind lambdaAlias --function checkout --alias live --alarm checkout-errors\n  sluice init checkout --kind ecsService --cluster shop --yes\n" +
			"  sluice init --from template.yaml\n  sluice init checkout --from appspec.yaml --deployment-config CodeDeployDefault.LambdaCanary10Percent5Minutes",
		Long: "Write the definition of a service into " + definition.Folder + ", then verify it. It asks what the target is, and offers what the account has:\n" +
			"functions and aliases, load balancer rules, services of ECS, stages, records, distributions, stacks, applications of AppConfig, alarms.\n" +
			"What a flag says is not asked. With --yes nothing is asked, and what is usual is taken. It only reads the account.\n\n" +
			"With --from, another tool's file says what it can: a template of AWS SAM with DeploymentPreference, an AppSpec of CodeDeploy, a Rollout of\n" +
			"Argo Rollouts, a Canary of Flagger. It says line by line what came over, what did not, and what to do instead.\n\n" +
			"A file that is there is left alone, unless --force says otherwise; whoever leaves with Ctrl-C leaves nothing behind.\n" +
			"It exits as sluice verify does: 0 no error, 3 errors, 2 something could not be looked at (or wrong use).",
		RunE: func(c *cobra.Command, words []string) error {
			e, err := open(c.Context())
			if err != nil {
				return err
			}
			w.flags(c)
			if len(words) > 0 && w.service != "" && words[0] != w.service {
				return wrong("%q and --service %s name two services: write one", words[0], w.service)
			}
			w.service = cmp.Or(firstOf(words), w.service)
			if w.from != "" {
				return d.carried(c.Context(), e, w)
			}
			return d.begin(c.Context(), e, w)
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&w.from, "from", "", "file of another tool that says how it is released now (SAM, AppSpec, Argo Rollouts, Flagger)")
	f.StringVar(&w.service, "service", "", "the same as SERVICE")
	f.StringVar(&w.kind, "kind", "", "kind of target: "+strings.Join(draft.Names(), ", "))
	f.StringSliceVar(&w.alarms, "alarm", nil, "CloudWatch alarm that takes a release back; may be given several times")
	f.BoolVarP(&w.yes, "yes", "y", false, "ask nothing: take what is usual")
	f.BoolVar(&w.force, "force", false, "write over a file that is there")
	f.StringVar(&w.config, "deployment-config", "", "with --from: CodeDeploy's deployment configuration, where the file does not name it")
	f.StringSliceVar(&w.approvers, "approver", nil, "with --from: who lets a release go on that waits for people there: NAME=IDENTITY, with an ARN of IAM, a mail address or T0123/U0456 of Slack; may be given several times")
	f.String(markedPriority.Flag, "", "with --from: "+markedPriority.Ask)
	for _, one := range draft.Flags() {
		f.String(one.Name, "", one.Usage)
	}
	_ = c.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(draft.Names(), cobra.ShellCompDirectiveNoFileComp)) // it fails for unknown flags alone
	return c
}

// A beginning is what somebody has said of a service that is to get its first definition.
type beginning struct {
	service, kind string
	alarms        []string
	yes, force    bool
	answers       draft.Answers

	from      string   // file of another tool; empty: there is none
	config    string   // CodeDeploy's deployment configuration
	approvers []string // who lets a release go on
}

// flags takes the answers that the command line gives.
func (b *beginning) flags(c *cobra.Command) {
	for _, f := range append(draft.Flags(), draft.Flag{Name: markedPriority.Flag}) {
		if said, err := c.Flags().GetString(f.Name); err == nil && said != "" {
			b.answers[f.Name] = said
		}
	}
}

// begin asks what is missing, writes the file and verifies it.
func (d desk) begin(ctx context.Context, e engine, b beginning) error {
	q := newQuestions(d, b.yes)
	if err := q.named(ctx, &b); err != nil {
		return err
	}
	t, err := q.aimed(ctx, e, &b)
	if err != nil {
		return err
	}
	text, err := draft.Text(draft.Compose(ctx, e.AWS, b.service, t, b.alarms, d.now()))
	if err != nil {
		return err
	}
	if err := q.agreed(ctx, text); err != nil {
		return err
	}
	if err := written(b.file(d.checkout), text, b.force); err != nil {
		return err
	}
	fmt.Fprintf(d.out, "%s is written.\n", definition.Folder+"/"+b.service+".yaml")
	services, found, err := d.chosen(e.Environment, []string{b.service})
	if err != nil {
		return err
	}
	found = append(found, d.verify(ctx, e, services)...)
	fmt.Fprint(d.out, d.findings(services, found))
	return verdict(found)
}

// aimed asks for the target: its kind, what that kind has to be told, and the alarms.
func (q *questions) aimed(ctx context.Context, e engine, b *beginning) (t rollout.Target, err error) {
	k, err := q.kindOf(ctx, b)
	if err != nil {
		return t, err
	}
	for _, f := range k.Fields {
		if err := q.field(ctx, e, f, b.answers); err != nil {
			return t, err
		}
	}
	return q.target(ctx, e, k, b)
}

// named asks for the service, of which there may be no file yet.
func (q *questions) named(ctx context.Context, b *beginning) (err error) {
	if b.service == "" {
		if b.service, err = q.answer(ctx, question{flag: "SERVICE", ask: "Name of the service"}); err != nil || b.service == "" {
			return err // who cannot be asked is told below what else is missing
		}
	}
	return b.free(b.file(q.checkout))
}

func (b beginning) file(checkout string) string {
	return filepath.Join(checkout, filepath.FromSlash(definition.Folder), b.service+".yaml")
}

// kindOf asks for the kind of the service's target.
func (q *questions) kindOf(ctx context.Context, b *beginning) (k draft.Kind, err error) {
	if b.kind == "" {
		var choices []draft.Choice
		for _, one := range draft.Kinds() {
			choices = append(choices, draft.Choice{Value: string(one.ID), About: kind.Of(one.ID).Title})
		}
		if b.kind, err = q.answer(ctx, question{flag: "kind", ask: "What carries its traffic", choices: choices}); err != nil {
			return k, err
		}
	}
	if b.kind == "" {
		return k, q.incomplete()
	}
	k, known := draft.Of(b.kind)
	if !known {
		return k, wrong("there is no kind of target %q; %s", b.kind, typed.Suggest(b.kind, draft.Names()))
	}
	return k, nil
}

// free says whether the file may be written.
func (b beginning) free(file string) error {
	for _, p := range (rollout.Definition{Service: b.service}).Validate() {
		if p.Path == "service" {
			return wrong("%s; %s", p.Wrong, p.Remedy)
		}
	}
	if _, err := os.Stat(filepath.Dir(file)); err != nil {
		return wrong("there is no folder %s here: go to a checkout that has it", definition.Folder)
	}
	if _, err := os.Stat(file); err == nil && !b.force {
		return wrong("%s/%s.yaml is there already: sluice verify %[2]s looks at it, and --force writes over it", definition.Folder, b.service)
	}
	return nil
}

// field finds the answer to one field: of the command line, of a person, or what is usual.
func (q *questions) field(ctx context.Context, e engine, f draft.Field, so draft.Answers) error {
	if so[f.Flag] != "" {
		return nil
	}
	a := question{flag: f.Flag, ask: f.Ask, optional: f.Optional}
	if len(q.missing) == 0 && (q.asks || q.usual) { // what depends on an answer that is missing cannot be looked up
		if f.Matters != nil && !f.Matters(ctx, e.AWS, so) {
			return nil
		}
		var err error
		if f.Usual != nil {
			if a.usual, err = f.Usual(ctx, e.AWS, so); err != nil {
				a.note = unlisted(err, f.List)
			}
		}
		if f.Offer != nil {
			if a.choices, err = f.Offer(ctx, e.AWS, so); err != nil {
				a.note = unlisted(err, f.List)
			}
		}
	} else if f.Matters != nil {
		return nil
	}
	said, err := q.answer(ctx, a)
	if said != "" {
		so[f.Flag] = said
	}
	return err
}

// unlisted says why there is nothing to choose from, and how to find out.
func unlisted(err error, list string) string {
	text := "It cannot be listed: " + verify.Why(err) + "."
	if list != "" {
		text += " Whoever may: " + list
	}
	return text
}

// target makes the target of the answers, and asks for the alarms that fit it.
func (q *questions) target(ctx context.Context, e engine, k draft.Kind, b *beginning) (t rollout.Target, err error) {
	if len(q.missing) == 0 {
		if t, err = k.Target(ctx, e.AWS, b.answers); err != nil {
			return t, err
		}
	}
	if len(b.alarms) == 0 {
		a := question{flag: "alarm", ask: "Alarms that take a release back (numbers or names, with commas)", several: true}
		if t.Spec() != nil && (q.asks || q.usual) {
			if a.choices, err = draft.Alarms(ctx, e.AWS, b.service, t.Spec()); err != nil {
				a.note = unlisted(err, "aws cloudwatch describe-alarms")
			}
			a.usual = b.service + "-errors"
			if len(a.choices) > 0 {
				a.usual = strings.Join(valuesOf(a.choices), ",")
			} else if command := draft.NewAlarm(a.usual, t.Spec()); command != "" {
				a.note += " No alarm of the account watches it. This makes one: " + command
			}
		}
		said, err := q.answer(ctx, a)
		if err != nil {
			return t, err
		}
		b.alarms = strings.FieldsFunc(said, func(r rune) bool { return r == ',' })
	}
	return t, q.incomplete()
}

func valuesOf(all []draft.Choice) []string {
	names := make([]string, len(all))
	for i, c := range all {
		names[i] = c.Value
	}
	return names
}

// incomplete says which flags are missing where nobody can be asked.
func (q *questions) incomplete() error {
	if len(q.missing) == 0 {
		return nil
	}
	named := slices.Compact(q.missing)
	for i, m := range named {
		named[i] = strings.Replace(m, "--SERVICE", "SERVICE", 1)
	}
	if q.usual {
		return wrong("this is missing: %s; %s", strings.Join(named, ", "), cmp.Or(strings.Join(q.notes, " "), "the account does not tell it"))
	}
	return wrong("nobody can be asked here (no terminal), and this is missing: %s; --yes takes what is usual for the others%s", strings.Join(named, ", "), strings.TrimRight(". "+strings.Join(q.notes, " "), ". "))
}

// agreed shows the file to whoever was asked, and asks whether it is to be written.
func (q *questions) agreed(ctx context.Context, text string) error {
	if !q.asks {
		return nil
	}
	fmt.Fprintf(q.out, "\n%s", text)
	said, err := q.answer(ctx, question{flag: "yes", ask: "Write it", usual: "yes"})
	if err != nil {
		return err
	}
	if !strings.HasPrefix(strings.ToLower(said), "y") {
		return &failure{wrongUse, errLeft}
	}
	return nil
}

// written writes the file as a whole: one that somebody made meanwhile is left alone.
func written(file, text string, force bool) error {
	how := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if force {
		how = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(file, how, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return wrong("%s was made meanwhile: --force writes over it", file)
	}
	if err != nil {
		return fmt.Errorf("writing the definition: %w", err)
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("writing the definition: %w", err)
	}
	return nil
}
