package logs

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"sluice/test/sandbox/wire"
)

// A condition is one comparison of a pattern for lines in JSON: a field, an operator and a value, in which * stands for anything.
type condition struct{ field, operator, value string }

var comparison = regexp.MustCompile(`^\$\.([A-Za-z0-9_]+)\s*(>=|<=|!=|=|>|<)\s*("[^"]*"|\S+)$`)

// parse reads a pattern for lines in JSON, as far as fields of the line itself, compared with texts or numbers and joined by && go:
// { $.stage = "prod" && $.status >= 500 } (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html).
func parse(pattern string) ([]condition, error) {
	inside, isJSON := strings.CutPrefix(strings.TrimSpace(pattern), "{")
	inside, closed := strings.CutSuffix(inside, "}")
	if !isJSON || !closed {
		return nil, wire.NotImplemented("the filter pattern " + pattern + ", which is not one for JSON,")
	}
	var all []condition
	for part := range strings.SplitSeq(inside, "&&") {
		found := comparison.FindStringSubmatch(strings.TrimSpace(part))
		if found == nil {
			return nil, wire.NotImplemented("the filter pattern " + pattern)
		}
		all = append(all, condition{found[1], found[2], strings.Trim(found[3], `"`)})
	}
	return all, nil
}

func (c condition) holds(fields map[string]any) bool {
	found, there := fields[c.field]
	if !there {
		return false
	}
	if c.operator == "=" || c.operator == "!=" {
		return c.like(fmt.Sprint(found)) == (c.operator == "=")
	}
	number, isNumber := found.(float64)
	bound, err := strconv.ParseFloat(c.value, 64)
	if !isNumber || err != nil {
		return false
	}
	switch c.operator {
	case ">":
		return number > bound
	case ">=":
		return number >= bound
	case "<":
		return number < bound
	}
	return number <= bound
}

// like compares texts; * at the end or alone stands for anything.
func (c condition) like(text string) bool {
	if begin, open := strings.CutSuffix(c.value, "*"); open {
		return strings.HasPrefix(text, begin)
	}
	return text == c.value
}
