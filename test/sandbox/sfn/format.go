package sfn

import (
	"encoding/json"
	"fmt"
	"strings"
)

// formatCall begins the one intrinsic function that is carried out: States.Format('{} of {}', $.a, 'b').
const formatCall = "States.Format("

// compileFormat compiles a call of States.Format, whose template is a literal and whose arguments are literals and paths. Each {} of the template
// takes one argument: a text as it is, a number, a boolean or null as JSON writes it
// (https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html). Functions inside of it are refused, as are escapes.
func compileFormat(source, at string) (expression, error) {
	inner, ok := strings.CutSuffix(strings.TrimPrefix(source, formatCall), ")")
	if !ok || strings.ContainsAny(inner, `\()`) {
		return nil, fmt.Errorf("the value of %q: the sandbox carries out States.Format with texts and paths alone", at)
	}
	words := strings.Split(inner, ",")
	args := make([]expression, len(words))
	for i, w := range words {
		w = strings.TrimSpace(w)
		if text, quoted := strings.CutPrefix(w, "'"); quoted && len(text) > 0 && strings.HasSuffix(text, "'") {
			args[i] = constant(strings.TrimSuffix(text, "'"))
			continue
		}
		p, err := parsePath(w)
		if err != nil {
			return nil, fmt.Errorf("the value of %q: %w", at, err)
		}
		args[i] = p.lookup(at)
	}
	template, _ := args[0](scope{})
	text, ok := template.(string)
	if !ok || strings.Count(text, "{}") != len(args)-1 {
		return nil, fmt.Errorf("the value of %q: States.Format needs a text and an argument for each {} of it", at)
	}
	return format(strings.Split(text, "{}"), args[1:]), nil
}

// format puts what the arguments are between the parts of the template.
func format(parts []string, args []expression) expression {
	return func(s scope) (any, error) {
		values, err := evaluateAll(args, s)
		if err != nil {
			return nil, err
		}
		var b strings.Builder
		for i, v := range values {
			b.WriteString(parts[i])
			switch v := v.(type) {
			case string:
				b.WriteString(v)
			case nil, bool, json.Number:
				b.WriteString(encode(v))
			default:
				return nil, runtimeFailure("States.Format takes texts, numbers, booleans and null, and not %s", encode(v))
			}
		}
		b.WriteString(parts[len(args)])
		return b.String(), nil
	}
}
