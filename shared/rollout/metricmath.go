package rollout

import (
	"fmt"
	"slices"
	"strings"
)

// mathFunctions are the functions of metric math, and the words that may be arguments of them
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html). SEARCH and other functions that find metrics
// by themselves are left out: a bound names its metrics.
var mathFunctions = []string{
	"ABS", "ANOMALY_DETECTION_BAND", "AVG", "CEIL", "DATAPOINT_COUNT", "DATE", "DAY", "DIFF", "DIFF_TIME", "EPOCH", "FILL", "FIRST", "FLOOR", "HOUR", "IF",
	"LAST", "LOG", "LOG10", "MAX", "METRICS", "METRIC_COUNT", "MIN", "MINUTE", "MONTH", "PERIOD", "RATE", "REMOVE_EMPTY", "RUNNING_SUM", "SLICE", "SORT",
	"STDDEV", "SUM", "TIME_SERIES", "YEAR",
	"ASC", "DESC", "LINEAR", "REPEAT",
}

// A formula is an expression of metric math that is being read.
type formula struct {
	text   string
	at     int
	known  []string // ids of metrics
	opened []int    // where brackets were opened
	value  bool     // a value came last, so that an operator may follow
}

// checkMath finds what CloudWatch would refuse in an expression, as far as that shows without data: an id that no metric has, a
// function that does not exist, brackets that do not match, an operator without a value. CloudWatch would refuse the whole call.
func checkMath(text string, ids []string) (wrong, remedy string) {
	f := formula{text: text, known: ids}
	for f.at < len(text) {
		if wrong, remedy = f.next(); wrong != "" {
			return wrong, remedy
		}
	}
	switch {
	case len(f.opened) > 0:
		return fmt.Sprintf("the bracket at character %d is never closed", f.opened[len(f.opened)-1]+1), "close it with )"
	case !f.value:
		return "the expression ends where a value should be", "write an id or a number at its end"
	}
	return "", ""
}

// next reads one token.
func (f *formula) next() (wrong, remedy string) {
	switch c := f.text[f.at]; {
	case c == ' ':
		f.at++
	case c == '(' || c == '[':
		f.opened, f.value = append(f.opened, f.at), false
		f.at++
	case c == ')' || c == ']':
		return f.closed()
	case c == '\'' || c == '"':
		return f.quoted(c)
	case letter(c) || digit(c) || c == '.' || c == '_':
		return f.word()
	case strings.IndexByte("+-*/^<>=!&|,", c) >= 0:
		return f.operator()
	default:
		return fmt.Sprintf("%q means nothing in metric math", []rune(f.text[f.at:])[0]), "use ids, numbers, functions, brackets and + - * / ^"
	}
	return "", ""
}

func (f *formula) closed() (wrong, remedy string) {
	if len(f.opened) == 0 {
		return fmt.Sprintf("the bracket at character %d was never opened", f.at+1), "take it away, or open it with ("
	}
	f.opened, f.value = f.opened[:len(f.opened)-1], true
	f.at++
	return "", ""
}

func (f *formula) quoted(mark byte) (wrong, remedy string) {
	end := strings.IndexByte(f.text[f.at+1:], mark)
	if end < 0 {
		return fmt.Sprintf("the quote at character %d is never closed", f.at+1), "close it"
	}
	f.at, f.value = f.at+end+2, true
	return "", ""
}

// operator reads one or two characters. Signs may stand before a value.
func (f *formula) operator() (wrong, remedy string) {
	end := f.at + 1
	for end < len(f.text) && strings.IndexByte("=&|", f.text[end]) >= 0 {
		end++
	}
	if op := f.text[f.at:end]; !f.value && op != "-" && op != "+" {
		return fmt.Sprintf("a value is missing before %q at character %d", op, f.at+1), "write an id or a number there"
	}
	f.at, f.value = end, false
	return "", ""
}

func (f *formula) word() (wrong, remedy string) {
	end := f.at
	for end < len(f.text) && (letter(f.text[end]) || digit(f.text[end]) || f.text[end] == '_' || f.text[end] == '.') {
		end++
	}
	word := f.text[f.at:end]
	if f.value && (word == "AND" || word == "OR") {
		f.at, f.value = end, false
		return "", ""
	}
	if f.value {
		return fmt.Sprintf("there is no operator before %q at character %d", word, f.at+1), "write one of + - * / ^ between them"
	}
	f.at, f.value = end, true
	switch {
	case digit(word[0]) || word[0] == '.', slices.Contains(f.known, word):
	case slices.Contains(mathFunctions, word):
		if strings.HasPrefix(strings.TrimLeft(f.text[end:], " "), "(") {
			f.value = false // its arguments follow
		}
	case slices.Contains(mathFunctions, strings.ToUpper(word)):
		return fmt.Sprintf("%q is no id of a metric", word), "write the function in capitals: " + strings.ToUpper(word)
	case metricID.MatchString(word):
		return fmt.Sprintf("%q is no id of a metric under metrics (%s)", word, strings.Join(f.known, ", ")), "add it there, or write one of those"
	default:
		return fmt.Sprintf("%q is no function of metric math", word), "see the functions of metric math in CloudWatch's guide; ids begin with a lower-case letter"
	}
	return "", ""
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func digit(c byte) bool { return c >= '0' && c <= '9' }

const (
	percentile expression = `^(p|tm|wm|tc|ts)([0-9]{1,2}(\.[0-9]{1,10})?|100)$`
	trimmed    expression = `^(TM|WM|TC|TS|PR)\([0-9.%]*:[0-9.%]*\)$`
)

// statistics are the statistics that have a name
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html).
var statistics = []string{"Average", "Sum", "Minimum", "Maximum", "SampleCount", "IQM"}

// otherNames are what people write for a statistic, in small letters, with its right name.
var otherNames = map[string]string{"avg": "Average", "mean": "Average", "min": "Minimum", "max": "Maximum", "count": "SampleCount", "samplecount": "SampleCount", "total": "Sum", "median": "p50"}

// checkStat says what is wrong with the name of a statistic.
func checkStat(stat string) (wrong, remedy string) {
	if stat == "" || slices.Contains(statistics, stat) || percentile.MatchString(stat) || trimmed.MatchString(stat) {
		return "", ""
	}
	remedy = "write one of " + strings.Join(statistics, ", ") + ", or a percentile such as p99"
	lower := strings.ToLower(stat)
	if known := otherNames[lower]; known != "" {
		remedy = "write " + known
	} else if i := slices.IndexFunc(statistics, func(s string) bool { return strings.EqualFold(s, stat) }); i >= 0 {
		remedy = "write " + statistics[i]
	} else if percentile.MatchString(lower) {
		remedy = "write " + lower
	}
	return fmt.Sprintf("%.60q is no statistic of CloudWatch", stat), remedy
}
