package memory

import (
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// plan is what a deployment is to do.
type plan struct {
	revision, token string
	takes           time.Duration
	weights         []int32       // of the candidate, in hundredths of a percent; none: it brings the revision out to all in one go
	patience        time.Duration // how long it rests before each weight until it goes back
}

// deployment is one revision on its way to all of a fleet. Where it goes by weights it rests before each of them.
type deployment struct {
	plan
	handle, from string
	began, ends  time.Time // ends is when what it does now will be done
	words        int       // how often it was told to go on
	broken       bool      // its revision never gets healthy
	turned       time.Time // when somebody had it taken back
}

func (f *fleet) last() *deployment {
	if len(f.all) == 0 {
		return nil
	}
	return f.all[len(f.all)-1]
}

// begin begins a deployment that takes the place of the one before it.
func (f *fleet) begin(p plan) *deployment {
	d := &deployment{plan: p, handle: "d-" + strconv.Itoa(len(f.all)+1), from: f.serves, began: time.Now(), ends: time.Now().Add(p.takes), broken: p.revision == f.Breaks}
	if last := f.last(); last != nil {
		d.from = last.heads()
	}
	f.all = append(f.all, d)
	return d
}

// goOn begins the move to the next weight.
func (d *deployment) goOn() {
	d.words, d.ends = d.words+1, time.Now().Add(d.takes/4)
}

// passed is how many weights it has, or heads for; all of them when it goes by none.
func (d *deployment) passed() int {
	if len(d.weights) == 0 {
		return 0
	}
	if d.words == len(d.weights) && d.moving() == nil {
		return d.words
	}
	return min(d.words, len(d.weights)-1)
}

// divides says what its candidate gets, or will get next, and whether it rests there.
func (d *deployment) divides() (weight int32, rests bool) {
	rests = d.rests()
	switch {
	case len(d.weights) == 0:
		return 0, false
	case d.words > 0:
		return d.weights[d.words-1], rests
	case rests:
		return 0, true
	}
	return d.weights[0], false
}

// rests says whether it waits to be told to go on.
func (d *deployment) rests() bool {
	return d.words < len(d.weights) && !time.Now().Before(d.ends) && !d.gaveUp()
}

// restsAt says whether it waits so with its candidate at a weight.
func (d *deployment) restsAt(weight int32) bool {
	has, rests := d.divides()
	return rests && has == weight
}

// over is when it gives up if nothing else happens to it; never is the zero time.
func (d *deployment) over() time.Time {
	switch {
	case !d.turned.IsZero():
		return d.turned
	case d.broken:
		return d.began.Add(d.takes / 2)
	case d.words < len(d.weights):
		return d.ends.Add(d.patience)
	}
	return time.Time{}
}

// gaveUp says whether the service has given the deployment up: halfway, or because nobody told it to go on.
func (d *deployment) gaveUp() bool {
	over := d.over()
	return !over.IsZero() && !time.Now().Before(over)
}

// failed says why it was given up.
func (d *deployment) failed() string {
	if !d.turned.IsZero() {
		return "somebody had it taken back"
	}
	if d.broken {
		return "revision " + d.revision + " does not get healthy"
	}
	return fmt.Sprintf("nobody told it to go on within %v", d.patience)
}

// heads is what the fleet will serve when nothing else happens to it.
func (d *deployment) heads() string {
	if d.gaveUp() {
		return d.from
	}
	return d.revision
}

// moving says how far what it does now is from being done.
func (d *deployment) moving() *string {
	done := d.ends
	if d.gaveUp() && (!d.broken || !d.turned.IsZero()) {
		done = d.over().Add(d.takes / 2)
	}
	if left := time.Until(done); left > 0 {
		return aws.String(left.Round(time.Second).String() + " are left")
	}
	return nil
}
