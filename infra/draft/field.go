package draft

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// Account is where choices are found, with the rights of whoever asks.
type Account = aws.Config

// Answers are what was said, by the flag of the field.
type Answers map[string]string

// A Choice is something that the account has.
type Choice struct {
	Value string // the answer: "checkout", an ARN
	About string // what people know it by, when the value does not tell; or empty
}

// A Field is one thing that a kind of target has to be told.
type Field struct {
	Flag     string // "function"
	Ask      string // "Function"
	Optional bool
	List     string // the command that lists what there is, for whoever may not have it listed; empty: there is none

	// Offer lists what the account has; nil: nothing is listed.
	Offer func(ctx context.Context, in Account, so Answers) ([]Choice, error)
	// Usual is the answer where nobody gives one; nil, or an empty answer: the only choice, if there is one.
	Usual func(ctx context.Context, in Account, so Answers) (string, error)
	// Matters says whether it is asked after the answers so far; nil: it is.
	Matters func(ctx context.Context, in Account, so Answers) bool
}

// A Kind is what a target of one kind has to be told.
type Kind struct {
	ID     kind.ID
	Fields []Field
	Target func(ctx context.Context, in Account, so Answers) (rollout.Target, error)
}

// Kinds are all, the usual ones first.
func Kinds() []Kind {
	return []Kind{lambdaAlias, ecsService, albRule, apiStage, recordSet, distribution, keyValueStore, configuration, featureFlag, stack}
}

// Of finds a kind.
func Of(id string) (Kind, bool) {
	for _, k := range Kinds() {
		if string(k.ID) == id {
			return k, true
		}
	}
	return Kind{}, false
}

// Names are the names of the kinds.
func Names() []string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, string(k.ID))
	}
	return names
}

// A Flag is a field of one or several kinds, as the command line's help lists it.
type Flag struct {
	Name  string
	Usage string // what it says, with the kinds: "Function (lambdaAlias)"
}

// Flags are those of all kinds, each once.
func Flags() (flags []Flag) {
	asked := map[string][]string{} // what a flag says, in the order of the kinds
	of := map[string][]string{}    // the kinds for which it says that
	for _, k := range Kinds() {
		for _, f := range k.Fields {
			if !slices.Contains(asked[f.Flag], f.Ask) {
				asked[f.Flag] = append(asked[f.Flag], f.Ask)
			}
			of[f.Flag+f.Ask] = append(of[f.Flag+f.Ask], string(k.ID))
			if !slices.ContainsFunc(flags, func(known Flag) bool { return known.Name == f.Flag }) {
				flags = append(flags, Flag{Name: f.Flag})
			}
		}
	}
	for i, f := range flags {
		var usage []string
		for _, ask := range asked[f.Name] {
			usage = append(usage, ask+" ("+strings.Join(of[f.Name+ask], ", ")+")")
		}
		flags[i].Usage = strings.Join(usage, "; ")
	}
	return flags
}

// always is a Usual that does not depend on anything.
func always(answer string) func(context.Context, Account, Answers) (string, error) {
	return func(context.Context, Account, Answers) (string, error) { return answer, nil }
}

// given says whether another field has an answer.
func given(flag string) func(context.Context, Account, Answers) bool {
	return func(_ context.Context, _ Account, so Answers) bool { return so[flag] != "" }
}
