package events_test

import (
	"encoding/json"
	"errors"
	"flag"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"sluice/events"
)

// Every reader of events holds to this: whatever comes is either read, or refused with the field and the remedy.
func refusedWell(t *testing.T, err error) {
	t.Helper()
	var m *events.Malformed
	if !errors.As(err, &m) || m.Field == "" || m.Wrong == "" || m.Remedy == "" {
		t.Errorf("refused without field and remedy: %#v", err)
	}
	if text := err.Error(); len(text) > 1024 || !utf8.ValidString(text) {
		t.Errorf("the refusal has %d bytes: %.100q", len(text), text)
	}
}

// envelope opens an event the way that start.Handle does; what it refuses, it refuses well.
func envelope(t *testing.T, data []byte) (e events.Raw, opened bool) {
	t.Helper()
	if err := events.Decode(data, "the event", &e); err != nil {
		refusedWell(t, err)
		return e, false
	}
	return e, true
}

// again writes what was read and reads that: nothing is lost or changed on the way.
func again[T any](t *testing.T, e events.Raw, first T, read func(events.Raw) (T, error)) {
	t.Helper()
	text, err := json.Marshal(first)
	if err != nil {
		t.Fatal(err)
	}
	e.Detail = text
	second, err := read(e)
	if err != nil {
		t.Fatalf("what was read cannot be read again: %v", err)
	}
	if diff := cmp.Diff(first, second, cmp.Comparer(func(a, b events.AlarmTime) bool {
		return a.Std().Sub(b.Std()).Abs() < time.Millisecond // CloudWatch writes no more
	})); diff != "" {
		t.Errorf("(-first +again):\n%s", diff)
	}
}

// seed adds samples of every kind and what is too large to be committed.
func seed(f *testing.F) {
	for _, name := range []string{"alarm", "execution", "release-abort-requested", "release-answer-given", "release-override-requested", "release-promote-requested", "release-requested"} {
		f.Add(sample(f, name))
	}
	if mutating() {
		return
	}
	for _, size := range []int{256 << 10, 1 << 20} {
		f.Add([]byte(`{"id":"1","detail":{"service":"` + strings.Repeat("x", size) + `","revision":"2"}}`))
		f.Add([]byte(`{"id":"1","detail":{"release":"` + strings.Repeat("é", size/2) + `","reason":"` + strings.Repeat("\n", 9) + `"}}`))
	}
	f.Add([]byte(strings.Repeat(`{"detail":`, 11_000) + `1` + strings.Repeat("}", 11_000)))
	f.Add([]byte(`{"detail":{"alarmName":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}}`))
}

var executionName = regexp.MustCompile(`^[a-z0-9-]{1,80}$`)

func FuzzReleaseRequest(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		e, opened := envelope(t, data)
		if !opened {
			return
		}
		r, err := events.ReadRequest(e)
		for _, text := range []string{r.Service, r.Revision, r.Commit, r.Author, r.Reason, r.Requester} {
			if len(text) > 1024 || strings.ContainsAny(text, "\n\r\x00") || !utf8.ValidString(text) {
				t.Errorf("%d bytes of text go on: %.60q", len(text), text)
			}
		}
		if id := events.ReleaseID(r.Service, r.Revision, e.ID); !executionName.MatchString(id) {
			t.Errorf("%q is no execution name", id)
		}
		if err != nil {
			refusedWell(t, err)
			return
		}
		if r.Service == "" || r.Revision == "" || strings.Trim(r.Revision, "0123456789") != "" {
			t.Errorf("accepted %+v", r)
		}
		again(t, e, r, events.ReadRequest)
	})
}

func FuzzControlRequest(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		e, opened := envelope(t, data)
		if !opened {
			return
		}
		c, err := events.ReadControl(e)
		if err != nil {
			refusedWell(t, err)
			return
		}
		if !executionName.MatchString(c.Release) || len(c.Reason) > 1024 || len(c.By) > 1024 {
			t.Errorf("accepted %+v", c)
		}
		again(t, e, c, events.ReadControl)
	})
}

func FuzzAnswer(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		e, opened := envelope(t, data)
		if !opened {
			return
		}
		a, err := events.ReadAnswer(e)
		if err != nil {
			refusedWell(t, err)
			return
		}
		if !executionName.MatchString(a.Release) || (a.Answer != events.Approve && a.Answer != events.Reject) || a.By == "" || a.Step < 0 || len(a.Comment) > 1024 {
			t.Errorf("accepted %+v", a)
		}
		again(t, e, a, events.ReadAnswer)
	})
}

// FuzzPush has every event be read as a push, as an artifact and as an event of AWS.
func FuzzPush(f *testing.F) {
	seed(f)
	for _, name := range append(fromAWS(), "commit-pushed", "artifact-published", "codecommit-deleted") {
		f.Add(sample(f, name))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, opened := envelope(t, data)
		if !opened {
			return
		}
		readOrRefused(t, e, events.ReadPush)
		readOrRefused(t, e, events.ReadArtifact)
		detailType, detail, err := events.FromAWS(e)
		switch {
		case err != nil:
			refusedWell(t, err)
		case detailType == events.CommitPushed:
			again(t, e, detail.(events.Push), events.ReadPush)
		case detailType == events.ArtifactPublished:
			again(t, e, detail.(events.Artifact), events.ReadArtifact)
		case detailType != "" || detail != nil:
			t.Errorf("became %q: %v", detailType, detail)
		}
	})
}

// readOrRefused also bounds what is read: it goes into records, mails and logs.
func readOrRefused[T any](t *testing.T, e events.Raw, read func(events.Raw) (T, error)) {
	t.Helper()
	v, err := read(e)
	if text, _ := json.Marshal(v); len(text) > 200_000 || strings.Contains(string(text), `\n`) {
		t.Errorf("%d bytes go on: %.100q", len(text), text)
	}
	if err != nil {
		refusedWell(t, err)
		return
	}
	again(t, e, v, read)
}

func FuzzAlarm(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		e, opened := envelope(t, data)
		if !opened {
			return
		}
		a, err := events.ReadAlarm(e)
		if err != nil {
			refusedWell(t, err)
			return
		}
		if a.AlarmName == "" || !strings.HasSuffix(a.ARN, ":alarm:"+a.AlarmName) || a.State.Value == "" || a.State.Timestamp.Std().IsZero() {
			t.Errorf("accepted %+v", a)
		}
		again(t, e, a, events.ReadAlarm)
	})
}

func FuzzExecution(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		e, opened := envelope(t, data)
		if !opened {
			return
		}
		var d events.Execution
		if err := events.Decode(e.Detail, "detail", &d); err != nil {
			refusedWell(t, err)
			return
		}
		again(t, e, d, func(e events.Raw) (d events.Execution, err error) { return d, events.Decode(e.Detail, "detail", &d) })
	})
}

// mutating says whether this process looks for new inputs: the largest seeds would take all of its time.
func mutating() bool { return flag.Lookup("test.fuzz").Value.String() != "" }
