package conformance

import "sluice/shared/traffic"

var startProperties = []deploymentProperty{
	{name: "Start brings the revision out, and Read and Look say how far it is", holds: startBringsOut},
	{name: "Start with the same token starts once", holds: startIsIdempotent},
	{name: "Start is made once when its answer is lost", holds: startSurvivesALostAnswer},
	{name: "Start loses to a deployment that is under way", holds: startLosesToAnother},
	{name: "Look says why the service gave a deployment up, and stable serves again", holds: lookTellsOfAFailure},
}

var stopProperties = []deploymentProperty{
	{name: "Stop turns a deployment round that is under way", holds: func(y *yard) { y.stop(y.start(y.Candidate, "one")); y.heads(y.Stable); y.rests(y.Stable) }},
	{name: "Stop leads back from a deployment that is done", holds: stopUndoes},
	{name: "Stop without a handle leads back from whatever is there", holds: stopAnything},
	{name: "Stop twice is once", holds: stopIsIdempotent},
	{name: "Stop leaves a target alone that serves stable", holds: func(y *yard) { y.stop(""); y.heads(y.Stable) }},
	{name: "Stop loses to a deployment that came after", holds: stopLosesToAnother},
}

func startBringsOut(y *yard) {
	if now := y.read(); now.Moving != "" || !now.Serves(y.Stable) {
		y.t.Errorf("at first it serves %v, moving %q", now, now.Moving)
	}
	handle := y.start(y.Candidate, "one")
	now := y.read()
	if now.Moving == "" || now.Tag != handle || y.look(handle).Moving == "" {
		y.t.Errorf("right after its start it is moving %q under %q, and Look says %+v; its handle is %s", now.Moving, now.Tag, y.look(handle), handle)
	}
	y.rests(y.Candidate)
	if p := y.look(handle); p != (traffic.Progress{}) {
		y.t.Errorf("when it is done, Look says %+v", p)
	}
}

func startIsIdempotent(y *yard) {
	first := y.start(y.Candidate, "one")
	if again := y.start(y.Candidate, "one"); again != first {
		y.t.Errorf("the second start is deployment %s, want %s", again, first)
	}
	y.rests(y.Candidate)
	if again := y.start(y.Candidate, "one"); again != first || y.read().Moving != "" {
		y.t.Errorf("a start after its end is deployment %s, want %s", again, first)
	}
}

func startSurvivesALostAnswer(y *yard) {
	y.OnWrite(Meddling{LoseAnswer: true})
	handle := y.start(y.Candidate, "one")
	if now := y.read(); now.Tag != handle {
		y.t.Errorf("the last deployment is %s, want %s", now.Tag, handle)
	}
}

func startLosesToAnother(y *yard) {
	y.Deploy(y.t, y.Other)
	if _, err := y.port.Start(y.ctx, y.target, traffic.Deployment{Revision: y.Candidate, Token: "one"}); !traffic.IsMoved(err) {
		y.t.Errorf("the answer is %v, want ErrMoved", err)
	}
	y.rests(y.Other)
}

func lookTellsOfAFailure(y *yard) {
	handle := y.start(y.Broken(), "one")
	y.rests(y.Stable)
	if p := y.look(handle); p.Failed == "" || p.Moving != "" || p.Brings != y.Broken() {
		y.t.Errorf("Look says %+v, want why it failed", p)
	}
}

func stopUndoes(y *yard) {
	handle := y.start(y.Candidate, "one")
	y.rests(y.Candidate)
	y.stop(handle)
	y.rests(y.Stable)
}

func stopAnything(y *yard) {
	y.Deploy(y.t, y.Other)
	y.stop("")
	y.rests(y.Stable)
}

func stopIsIdempotent(y *yard) {
	y.stop(y.start(y.Candidate, "one"))
	before := y.read()
	y.stop(before.Tag)
	if now := y.read(); now.Tag != before.Tag {
		y.t.Errorf("a second stop began deployment %s over %s", now.Tag, before.Tag)
	}
	y.rests(y.Stable)
}

func stopLosesToAnother(y *yard) {
	handle := y.start(y.Candidate, "one")
	y.rests(y.Candidate)
	y.Deploy(y.t, y.Other)
	if err := y.port.Stop(y.ctx, y.target, handle, y.Stable); !traffic.IsMoved(err) {
		y.t.Errorf("the answer is %v, want ErrMoved", err)
	}
	y.rests(y.Other)
}
