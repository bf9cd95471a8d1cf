package ecs

import (
	"cmp"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const (
	// stoppedStays is how long a stopped task can be seen: "at least one hour"
	// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html).
	stoppedStays = time.Hour
	// longestPause is between two tries to start tasks that never come to run
	// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html).
	longestPause = 27 * time.Minute
	// steadyAgain is how often a service says that it is steady. "Periodically" is all that AWS documents; people see six hours.
	steadyAgain = 6 * time.Hour
)

// run looks at a service until it is gone.
func (s *Service) run(sv *service) {
	for {
		pause, gone := s.look(sv)
		if gone {
			return
		}
		timer := time.NewTimer(pause)
		select {
		case <-s.o.Context.Done():
			timer.Stop()
			s.halt(sv)
			return
		case <-sv.wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// halt ends what runs when the sandbox ends.
func (s *Service) halt(sv *service) {
	defer s.lock()()
	for _, t := range sv.tasks {
		t.end()
	}
}

// look has everything happen that is due, and tells when to look again.
func (s *Service) look(sv *service) (pause time.Duration, gone bool) {
	defer s.lock()()
	now := time.Now()
	s.readHealth(sv, now)
	for _, t := range sv.tasks {
		s.advance(sv, t, now)
	}
	s.breakCircuit(sv)
	s.proceed(sv, now)
	s.move(sv, now)
	s.settled(sv, now)
	sv.tasks = slices.DeleteFunc(sv.tasks, func(t *task) bool { return t.status == stopped && now.Sub(t.stoppedAt) > stoppedStays })
	if sv.deleted && !slices.ContainsFunc(sv.tasks, func(t *task) bool { return t.status != stopped }) {
		sv.of.services = slices.DeleteFunc(sv.of.services, func(other *service) bool { return other == sv })
		return 0, true
	}
	if d := sv.underway(); d != nil {
		if wait, waits := d.untilDue(now); waits {
			return max(time.Second, min(wait, s.pace.Rest)), false
		}
	}
	if sv.steady.IsZero() || slices.ContainsFunc(sv.tasks, func(t *task) bool { return t.desired == stopped && t.status != stopped }) {
		return s.pace.Look, false
	}
	return s.pace.Rest, false
}

// tally is what the rolling controller decides by: tasks of the primary deployment, and of those before it. A healthy task runs, and its target is
// healthy if it has one.
type tally struct {
	desired, least, most                     int
	current, currentWell, former, formerWell int
}

// moves says how many tasks to start and to stop: more than most never are there, fewer than least never are healthy
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html).
func (t tally) moves() (start, stopCurrent, stopFormer int) {
	start = max(0, min(t.desired-t.current, t.most-t.current-t.former))
	stopCurrent = max(0, t.current-t.desired)
	spare := max(0, t.currentWell+t.formerWell-t.least)
	stopFormer = t.former - t.formerWell + min(t.formerWell, spare)
	return start, stopCurrent, stopFormer
}

func (sv *service) tally() tally {
	t := tally{
		desired: sv.desired, least: (sv.desired*int(*sv.config.MinimumHealthyPercent) + 99) / 100, most: sv.desired * int(*sv.config.MaximumPercent) / 100,
	}
	for _, task := range sv.wanted() {
		current, well := &t.former, &t.formerWell
		if task.deployment == sv.primary() {
			current, well = &t.current, &t.currentWell
		}
		*current++
		if task.well {
			*well++
		}
	}
	return t
}

// wanted are the tasks that are not to stop.
func (sv *service) wanted() []*task {
	return slices.DeleteFunc(slices.Clone(sv.tasks), func(t *task) bool { return t.desired == stopped })
}

// move starts and stops tasks. A deployment that failed starts none.
func (s *Service) move(sv *service, now time.Time) {
	if sv.shifting() != nil {
		s.scale(sv, now)
		return
	}
	start, stopCurrent, stopFormer := sv.tally().moves()
	if sv.primary().state == types.DeploymentRolloutStateFailed {
		start, stopFormer = 0, 0
	}
	if start > 0 && !now.Before(sv.notBefore) {
		s.startTasks(sv, sv.primary(), start)
	}
	leaving := sv.wanted()
	slices.SortStableFunc(leaving, func(a, b *task) int { return cmp.Compare(rank(a), rank(b)) }) // who is not well goes first
	stopped := 0
	for _, t := range leaving {
		left := &stopFormer
		if t.deployment == sv.primary() {
			left = &stopCurrent
		}
		if *left > 0 {
			*left--
			stopped++
			s.stop(sv, t, types.TaskStopCodeServiceSchedulerInitiated, "Scaling activity initiated by (deployment "+sv.primary().id+")")
		}
	}
	if stopped > 0 && len(sv.balancers) > 0 {
		s.says(sv, "has begun draining connections on %d tasks.", stopped)
	}
}

// scale gives each deployment the tasks that it is to have, while traffic is shifted between two of them.
func (s *Service) scale(sv *service, now time.Time) {
	for _, dep := range sv.deployments {
		var has []*task
		for _, t := range sv.wanted() {
			if t.deployment == dep {
				has = append(has, t)
			}
		}
		wanted := sv.wantedOf(dep)
		if len(has) < wanted && !now.Before(sv.notBefore) {
			s.startTasks(sv, dep, wanted-len(has))
		}
		for _, t := range has[min(wanted, len(has)):] {
			s.stop(sv, t, types.TaskStopCodeServiceSchedulerInitiated, "Scaling activity initiated by (deployment "+dep.id+")")
		}
	}
}

func rank(t *task) int {
	if t.well {
		return 1
	}
	return 0
}

// startTasks starts tasks for which there is room.
func (s *Service) startTasks(sv *service, dep *deployment, n int) {
	d := dep.revision.definition
	for range n {
		if sv.launch == types.LaunchTypeEc2 && sv.of.memory > 0 && sv.of.free() < d.memory() {
			// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
			s.says(sv, "was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance %s) has insufficient memory available.", s.id(32))
			s.tellAction(sv, "ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", "RESOURCE:MEMORY")
			sv.notBefore = time.Now().Add(time.Minute)
			return
		}
		t := s.newTask(sv, dep)
		s.says(sv, "has started 1 tasks: (task %s).", t.id)
	}
}

// settled finishes a deployment whose tasks are all that is left, and says so when the service has come to rest.
func (s *Service) settled(sv *service, now time.Time) {
	if sv.shifting() != nil {
		sv.steady = time.Time{}
		return
	}
	t, dep := sv.tally(), sv.primary()
	leaving := slices.ContainsFunc(sv.tasks, func(t *task) bool { return t.deployment != dep && t.status != stopped })
	if t.current != sv.desired || t.currentWell != sv.desired || leaving {
		sv.steady = time.Time{}
		return
	}
	if dep.state == types.DeploymentRolloutStateInProgress {
		s.finish(sv, dep)
	}
	if sv.steady.IsZero() || now.Sub(sv.steady) >= steadyAgain {
		sv.steady, sv.impaired = now, 0
		s.says(sv, "has reached a steady state.")
		s.tellAction(sv, "INFO", "SERVICE_STEADY_STATE", "")
	}
}

// failed counts a task that failed by itself. One that never ran makes the next wait longer.
func (s *Service) failed(sv *service, t *task, ran bool) {
	t.deployment.failed++
	if ran {
		return
	}
	sv.impaired++
	sv.notBefore = time.Now().Add(min(longestPause, s.pace.Look<<min(sv.impaired, 20)))
	if sv.impaired%5 == 0 {
		s.says(sv, "is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.")
		s.tellAction(sv, "WARN", "SERVICE_TASK_START_IMPAIRED", "")
	}
}
