package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sluice/infra/typed"
)

// A verb is one command below sluice. open gives it the engine, which the flags name.
type verb func(d desk, open opener) *cobra.Command

// opener opens the engine that whoever types has named.
type opener func(context.Context) (engine, error)

// verbs are all, in the order in which the help lists them.
func verbs() []verb {
	all := []verb{ask, list, get, why, openPage}
	for _, w := range words {
		all = append(all, w.verb)
	}
	return append(all, freeze, unfreeze, first, verified, diff, planned, logs, replayed, redriven)
}

// commands is the whole command line.
func (d desk) commands() *cobra.Command {
	environment := d.getenv("SLUICE_ENVIRONMENT")
	root := &cobra.Command{
		Use: "sluice", Short: "Releases software on AWS a little at a time, and takes it back by itself",
		Long: "Sluice releases software on AWS a little at a time, and takes it back by itself.\n\n" +
			"A service's name is enough everywhere. AWS is reached as by the AWS CLI: AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL.\n" +
			"In a checkout where make run is up, that is what is meant.",
		SilenceErrors: true, SilenceUsage: true, Args: noWords, RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: false}, SuggestionsMinimumDistance: 3,
	}
	root.SetOut(d.out)
	root.SetErr(d.errs)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return wrong("%w; %s --help lists the flags", err, c.CommandPath())
	})
	root.PersistentFlags().StringVarP(&environment, "environment", "e", environment, "whose Sluice: production, staging, ... (SLUICE_ENVIRONMENT); default: the make run that is up here, or production")
	root.PersistentFlags().SortFlags = false
	open := func(ctx context.Context) (engine, error) {
		found, err := d.find(ctx, environment, d.checkout)
		if err != nil {
			return engine{}, &failure{wrongUse, err}
		}
		return newEngine(found), nil
	}
	for _, v := range verbs() {
		c := v(d, open)
		if strings.Contains(c.Use, "SERVICE") {
			c.ValidArgsFunction = services(open)
		}
		root.AddCommand(c)
	}
	d.fit(root)
	return root
}

// services completes the name of a service, where the engine can be reached.
func services(open opener) cobra.CompletionFunc {
	return func(c *cobra.Command, words []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(words) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		e, err := open(c.Context())
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		names, err := e.definitions.Names(c.Context())
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// noWords refuses a word that is no command, and says which was meant.
func noWords(c *cobra.Command, words []string) error {
	if len(words) == 0 {
		return nil
	}
	var known []string
	for _, one := range c.Commands() {
		known = append(known, one.Name())
	}
	return wrong("there is no command %q; %s", words[0], typed.Suggest(words[0], known))
}

// takes wants so many words, and says which where they are missing.
func takes(least, most int, form string) cobra.PositionalArgs {
	return func(c *cobra.Command, words []string) error {
		switch {
		case len(words) < least:
			return wrong("a word is missing; write: %s %s", c.CommandPath(), form)
		case len(words) > most:
			return wrong("%q was not expected; write: %s %s", words[most], c.CommandPath(), form)
		}
		return nil
	}
}

// wrong is an error in what somebody typed.
func wrong(format string, arguments ...any) error {
	return &failure{wrongUse, fmt.Errorf(format, arguments...)}
}
