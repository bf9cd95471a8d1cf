// Package gates looks at the gates of a release, before it takes the lease of its target, and says whether they are open.
package gates

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the runtime may have no time zones, and a window must not depend on that

	"sluice/events"
	"sluice/shared/cloudwatch"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/gates"
	"sluice/shared/jobs"
	"sluice/shared/kind"
	"sluice/shared/lambda"
	"sluice/shared/rollout"
	"sluice/shared/ssm"
	"sluice/shared/start"
	"sluice/shared/stepfunctions"
	"sluice/shared/traffic"
	"sluice/shared/traffic/kinds"
)

type config struct {
	Kind  string `env:"SLUICE_KIND"` // of its targets
	Table string `env:"SLUICE_TABLE"`
	Scan  string `env:"SLUICE_SCAN"`
	Bus   string `env:"SLUICE_BUS"`
}

type handler struct {
	start.World
	store      store
	bus        *eventbridge.Bus
	machine    *stepfunctions.Machine
	parameters *ssm.Parameters
	calendars  *ssm.Calendars
	runner     *jobs.Runner
	scan       *lambda.Function
	images     traffic.Images
	drifter    traffic.Drifter
	mutes      *cloudwatch.Mutes
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	ports, err := kinds.Of(kind.ID(c.Kind), w.AWS)
	if err != nil {
		return nil, err
	}
	h := &handler{
		World: w, store: dynamo.New(w.AWS, c.Table), bus: eventbridge.New(w.AWS, c.Bus), machine: stepfunctions.New(w.AWS, ""), parameters: ssm.NewParameters(w.AWS),
		calendars: ssm.NewCalendars(w.AWS), runner: jobs.New(w), scan: lambda.New(w.AWS, c.Scan),
		images: ports.Images, drifter: ports.Drifter, mutes: cloudwatch.NewMutes(w.AWS),
	}
	return start.Handle(w, "gates", h.handle), nil
}

// handle looks at all gates anew. News that comes from here on is not lost. It can be repeated at any point.
func (h *handler) handle(ctx context.Context, c rollout.Cursor) (rollout.Cursor, error) {
	r, err := h.store.Release(ctx, c.Release)
	if err != nil {
		return c, err
	}
	if r.Definition.Gates == nil { // it is here because somebody froze it
		r.Definition.Gates = &rollout.Gates{}
	}
	if r.Abort != nil || r.End != "" {
		return c.Go(rollout.NextSettle), h.abandon(ctx, r)
	}
	waited, err := h.store.LookAnew(ctx, r.ID, h.Now())
	if err != nil {
		return c, err
	}
	before := r.Gates
	if r.Gates, err = h.look(ctx, r); err != nil {
		return c, rollout.Bare(err)
	}
	r, err = h.store.Gated(ctx, r, h.lines(gates.Changes(before, r.Gates))...)
	if dynamo.IsConflict(err) {
		return c.Go(rollout.NextSettle), nil
	}
	if err != nil {
		return c, err
	}
	news := len(gates.Changes(before, r.Gates)) > 0 || !waited // people may not have heard what an earlier look found, if it led to no wait
	if news && r.Gated() {
		if err := h.bus.Tell(ctx, events.ReleaseHeld, eventbridge.Detail(r, rollout.None, waits(r), h.Now())); err != nil {
			return c, err
		}
	}
	return h.decide(ctx, c, r)
}

// waits says in one sentence what keeps the release out.
func waits(r rollout.Release) string {
	var names []string
	for _, g := range r.Shut() {
		names = append(names, g.Name)
	}
	return "Waits before its gates: " + strings.Join(names, ", ") + "."
}

// decide does what follows from all gates together.
func (h *handler) decide(ctx context.Context, c rollout.Cursor, r rollout.Release) (rollout.Cursor, error) {
	door := r.Door(h.Now())
	switch why := door.Rejection; {
	case r.Abort != nil:
		return c.Go(rollout.NextSettle), h.abandon(ctx, r)
	case why != nil:
		if err := h.abandon(ctx, r); err != nil {
			return c, err
		}
		return c.Go(rollout.NextSettle), h.store.Rejected(ctx, r.ID, *why, h.line("Not let in: "+why.Reason))
	case door.Open:
		return c.Go(rollout.NextOpen), nil
	}
	return c.Await(door.Again), h.stepAside(ctx, r)
}

// stepAside takes the release out of the queue of the target, where it stands if its gates were open before: there it would keep
// younger releases out. The next in the queue may go.
func (h *handler) stepAside(ctx context.Context, r rollout.Release) error {
	target := r.Definition.Target.ID()
	if _, err := h.store.Queued(ctx, target, r); dynamo.IsNotFound(err) {
		return nil
	} else if err != nil {
		return err
	}
	next, err := h.store.Leave(ctx, target, r)
	if err != nil || next == "" {
		return err
	}
	return h.machine.Wake(ctx, h.store, next, h.Now())
}

// look finds out how each gate stands. It also looks at overridden ones, so that people see what they have overridden.
func (h *handler) look(ctx context.Context, r rollout.Release) ([]rollout.Gate, error) {
	g, now := r.Definition.Gates, h.Now()
	found, err := h.freezeGate(ctx, r)
	if err != nil {
		return nil, err
	}
	if len(g.Windows) > 0 {
		found = append(found, gates.Windows(g.Windows, time.LoadLocation, now))
	}
	if len(g.Freezes) > 0 {
		found = append(found, gates.Freezes(g.Freezes, now))
	}
	for _, ask := range []func(context.Context, rollout.Release) ([]rollout.Gate, error){h.alarmGates, h.driftGates, h.calendarGates, h.flagGates, h.scanGates} {
		more, err := ask(ctx, r)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	more, err := h.tests(ctx, r, found)
	return append(found, more...), err
}

// freezeGate is the gate that somebody's freeze shuts. It stands among the gates from the first freeze on.
func (h *handler) freezeGate(ctx context.Context, r rollout.Release) ([]rollout.Gate, error) {
	all, err := h.store.Freezes(ctx)
	if err != nil {
		return nil, err
	}
	f := cmp.Or(r.FrozenBy(all, h.Now()), r.Freezing(all, h.Now())) // what was let through is shown, too, while nothing else keeps it
	if known := slices.ContainsFunc(r.Gates, func(g rollout.Gate) bool { return g.Name == rollout.FreezeGate }); f == nil && !known {
		return nil, nil
	}
	return []rollout.Gate{gates.Frozen(f)}, nil
}

func (h *handler) calendarGates(ctx context.Context, r rollout.Release) ([]rollout.Gate, error) {
	var found []rollout.Gate
	for _, name := range r.Definition.Gates.Calendars {
		c, err := h.calendars.State(ctx, name)
		switch {
		case err != nil:
			return nil, err
		case c.Refused != "":
			found = append(found, gates.NoCalendar(name, c.Refused))
		default:
			found = append(found, gates.Calendar(name, c.Open, c.Until))
		}
	}
	return found, nil
}

func (h *handler) flagGates(ctx context.Context, r rollout.Release) ([]rollout.Gate, error) {
	var found []rollout.Gate
	for _, flag := range r.Definition.Gates.Flags {
		value, there, err := h.parameters.Value(ctx, flag.Parameter)
		if err != nil {
			return nil, err
		}
		found = append(found, gates.Flag(flag, value, there))
	}
	return found, nil
}

func (h *handler) lines(said []string) []rollout.Line {
	lines := make([]rollout.Line, len(said))
	for i, s := range said {
		lines[i] = h.line(s)
	}
	return lines
}

func (h *handler) line(what string) rollout.Line {
	return rollout.Line{At: h.Now(), Who: "gates", What: what}
}
