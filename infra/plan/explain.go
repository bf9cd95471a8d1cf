package plan

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"sluice/infra/definition"
)

// explain writes each value of a definition and the file and line that it comes from.
func explain(s definition.Service, environment string, out io.Writer) error {
	values, err := s.Values()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s in %s: where each value comes from\n\n", s.Definition.Service, environment)
	for _, v := range values {
		fmt.Fprintln(out, explained(v))
	}
	return nil
}

// explained is one value: the place stands on the right, or below where it does not fit.
func explained(v definition.Value) string {
	said := fmt.Sprintf("  %s: %s", v.Path, v.Text)
	at := strings.TrimPrefix(v.At(), definition.Folder+"/")
	if v.Locked != "" {
		at += lockedBy(v)
	}
	gap := columns - utf8.RuneCountInString(said) - utf8.RuneCountInString(at)
	if gap < 2 {
		return said + "\n" + strings.Repeat(" ", max(columns-utf8.RuneCountInString(at), 4)) + at
	}
	return said + strings.Repeat(" ", gap) + at
}

// lockedBy names the template that locks a value, unless that is where it stands.
func lockedBy(v definition.Value) string {
	if strings.HasSuffix(v.File, definition.Templates+"/"+v.Locked+".yaml") {
		return ", locked"
	}
	return ", locked by " + v.Locked
}
