package stage

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/events"
	"sluice/shared/codepipeline"
	"sluice/shared/eventbridge"
	"sluice/shared/rollout"
)

// unheard is how long there may be no release: then whatever was to make one does not work, and somebody has to look.
const unheard = 10 * time.Minute

// A patience is how long a pipeline waits. CodePipeline itself then says nothing but that, so stage speaks half an hour before
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html).
type patience struct {
	most time.Duration
	says string
}

var (
	ofJob  = patience{23*time.Hour + 30*time.Minute, "CodePipeline waits for a function for 24 hours at most"}
	ofTurn = patience{7*24*time.Hour - 30*time.Minute, "CodePipeline waits for a state machine for 7 days at most"}
)

// followed is what one call tells the next: of a job in the token, of a state machine in its state.
type followed struct {
	First   string    `json:"first"`             // id of the first call, or name of the execution: what is asked for has it as its key
	Release string    `json:"release,omitempty"` // id; empty while nobody has begun it
	Since   time.Time `json:"since"`             // when the first call came
}

// follows reads the token of a job. The first call has none. Whatever is no token of stage's own is as good as none: the job begins anew.
func follows(j events.Job, now time.Time) followed {
	var f followed
	if json.Unmarshal([]byte(j.Data.Token), &f) != nil || !events.IsJobID(f.First) || f.Since.IsZero() || f.Release != "" && !events.IsReleaseID(f.Release) {
		return followed{First: j.ID, Since: now}
	}
	return f
}

// A course is how a stage stands.
type course struct {
	wanted   events.StageRequest
	followed followed
	patience patience
	release  *rollout.Release // nil while there is none
	now      time.Time
}

// id is the id of the release that the stage waits for, as far as that is known before one has looked for it.
func (c course) id() string {
	if c.followed.Release == "" && c.wanted.Revision != "" {
		return c.request().ID("")
	}
	return c.followed.Release
}

// request is how stage asks for the release.
func (c course) request() events.ReleaseRequest { return c.wanted.Request(c.followed.First) }

// among finds the stage's release among those of the service, newest first. One that somebody else has begun with the same revision, and that still
// runs, is waited for: a second one would take its place, or wait behind it for nothing. So whoever retries a stage that gave up waits for the
// release that it gave up. Without a revision it is the newest release of the commit, however it has ended.
func (c course) among(newest []rollout.Release) *rollout.Release {
	for i, r := range newest {
		same := c.wanted.Revision == "" && r.Revision.Commit == c.wanted.Commit
		if running := c.wanted.Revision != "" && r.Revision.Version == c.wanted.Revision; same || running && r.End == "" {
			return &newest[i]
		}
	}
	return nil
}

// asks says whether stage asks for the release. As long as there is no record, it asks again: the key makes one release of it.
func (c course) asks() bool { return c.release == nil && c.wanted.Revision != "" }

// answer is what the pipeline is told.
func (c course) answer() codepipeline.Answer {
	r, waited := c.release, c.now.Sub(c.followed.Since)
	switch {
	case r == nil && waited >= unheard:
		return c.nothing()
	case r == nil:
		return c.goesOn(c.id(), "Waits for "+c.what()+" to begin.")
	case !r.Decided() && waited >= c.patience.most:
		return c.fails(fmt.Sprintf("%s, and the release goes on: %s Retry the stage: then it waits for this release again.", c.patience.says, stands(*r)))
	case !r.Decided():
		return c.goesOn(r.ID, stands(*r))
	case r.End == rollout.Succeeded:
		return codepipeline.Answer{Work: r.ID, Says: r.Ending(), Variables: variables(*r)}
	}
	d := eventbridge.Detail(*r, rollout.None, r.Ending(), c.now)
	return c.fails(strings.Join(filled(d.Sentence, d.Cause, d.Remedy), " "))
}

// what names the release before there is one.
func (c course) what() string {
	if c.wanted.Revision == "" {
		return fmt.Sprintf("a release of commit %s of %s", c.wanted.Commit, c.wanted.Service)
	}
	return fmt.Sprintf("the release of %s of %s", c.wanted.Revision, c.wanted.Service)
}

// nothing says why there may be no release.
func (c course) nothing() codepipeline.Answer {
	says := fmt.Sprintf("Nobody has begun %s. See whether source of its definition names the repository and the branch, and retry the stage.", c.what())
	if c.wanted.Revision != "" {
		says = fmt.Sprintf("Sluice was asked and has not begun %s. See whether its rule trigger is disabled or its dead-letter queue holds the request, and retry the stage.", c.what())
	}
	return codepipeline.Answer{Failure: types.FailureTypeSystemUnavailable, Says: says}
}

func (c course) goesOn(release, says string) codepipeline.Answer {
	next := c.followed
	next.Release = release
	token, _ := json.Marshal(next) // it cannot fail on texts and a time
	return codepipeline.Answer{Token: string(token), Work: release, Says: says}
}

// fails says why in the words of a person who reads it in the pipeline, and where to read on.
func (c course) fails(says string) codepipeline.Answer {
	return codepipeline.Answer{Failure: types.FailureTypeJobFailed, Work: c.release.ID, Says: strings.Join(filled(says, c.release.ID, c.release.Page), " ")}
}

// stands says how a release stands: what people are asked, or what happened last.
func stands(r rollout.Release) string {
	if a := r.Asks(); a != nil {
		return r.Waiting(*a)
	}
	if lines := r.Lines(); len(lines) > 0 {
		return lines[len(lines)-1].What
	}
	return r.End.Sentence()
}

// variables is what later actions of the pipeline may read.
func variables(r rollout.Release) map[string]string {
	all := map[string]string{"release": r.ID, "end": string(r.End), "revision": r.Revision.Version, "url": r.Page}
	for name, value := range all {
		if value == "" {
			delete(all, name)
		}
	}
	return all
}

func filled(texts ...string) (all []string) {
	for _, text := range texts {
		if text != "" {
			all = append(all, text)
		}
	}
	return all
}
