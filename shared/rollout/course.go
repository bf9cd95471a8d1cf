package rollout

import "time"

// Course is the whole way of a release, for services that carry it out by themselves and only wait for our word between weights.
type Course struct {
	Release string        // its id
	Weights []Weight      // of its steps, in rising order; the last is All
	Rests   time.Duration // longest that the service may have to wait for our word at one weight; after that nobody is there any more
	Window  time.Duration // how long stable should stand ready after the promotion
	Preview string        // what the service calls the preview of it (Preview.ID); empty when there is none
}

// Course is the way of the release, as its definition says.
func (r Release) Course() Course {
	c := Course{Release: r.ID, Window: r.Definition.RevertWindow.Std()}
	if r.Preview != nil {
		c.Preview = r.Preview.ID
	}
	for i, s := range r.Steps {
		if s.Weight > None {
			c.Weights = append(c.Weights, s.Weight)
		}
		c.Rests = max(c.Rests, r.rests(i))
	}
	return c
}

// rests is how long the release may stay at a step, with all that its definition allows: bakes that are repeated because evidence is missing, and the
// questions to people before the next step. Margin is for what is tried again meanwhile.
func (r Release) rests(step int) time.Duration {
	d := r.Definition.WithDefaults()
	inconclusive := d.Checks.WhenInconclusive
	bakes := time.Duration(1 + inconclusive.Extend + inconclusive.Wait)
	people := time.Duration(0)
	if a := r.approval(step + 1); a != nil {
		people = a.Within.Std()
	}
	if inconclusive.Ask != nil {
		people = max(people, inconclusive.Ask.Approval(step+1).Within.Std())
	}
	return r.Steps[step].Bake.Std()*bakes + people + 2*Margin
}
