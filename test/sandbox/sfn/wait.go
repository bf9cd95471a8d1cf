package sfn

import "time"

// waitFor sleeps as the Wait state says. A moment that has passed is no wait.
func (v *visit) waitFor(s scope) error {
	w := v.state.wait
	until := w.until
	if w.untilPath != nil {
		value, err := w.untilPath.lookup("TimestampPath")(s)
		if err != nil {
			return err
		}
		t, ok := parseTimestamp(value)
		if !ok {
			return runtimeFailure("The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: %s", encode(value))
		}
		until = t
	}
	if !until.IsZero() {
		return v.sleep(time.Until(until))
	}
	n, err := w.seconds.value(s, "Seconds")
	if err != nil {
		return err
	}
	return v.sleep(time.Duration(n) * time.Second)
}
