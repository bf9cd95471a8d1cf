package rollout

import "fmt"

func (d Definition) validateHooks(found *problems) {
	steps, names := d.Steps(), map[string]bool{}
	found.check(len(d.Hooks) <= mostHooks, "hooks", fmt.Sprintf("%d hooks are too many", len(d.Hooks)), fmt.Sprintf("write at most %d", mostHooks))
	d.validateCarries(found)
	for i, h := range d.Hooks {
		at := fmt.Sprintf("hooks[%d]", i)
		found.check(serviceName.MatchString(h.Name), at+".name", fmt.Sprintf("%.60q is not a hook's name", h.Name), "use 1 to 40 lower-case letters, digits and hyphens, starting with a letter")
		found.check(!names[h.Name], at+".name", fmt.Sprintf("%.60q is there twice", h.Name), "give each hook a name of its own")
		names[h.Name] = true
		switch {
		case h.Stage != nil:
			h.validateStage(at, found)
		case len(h.Carry) > 0:
			h.validateCarry(at, d.Hooks, found)
		default:
			h.Job.validate(at, found)
		}
		h.validatePlace(at, steps, found)
		if h.After != "" {
			found.check(h.WhenFailed == "", at+".whenFailed", "the release has ended by then", "leave it out: people are told when the hook fails")
		} else {
			oneOf(found, at+".whenFailed", h.WhenFailed, HookRollsBack, HookGoesOn)
		}
	}
}

func (h Hook) validatePlace(at string, steps []Step, found *problems) {
	places := 0
	for _, given := range []bool{h.Before != "", h.BeforeStep != 0, h.AfterStep != 0, h.After != ""} {
		if given {
			places++
		}
	}
	found.check(places == 1, at, fmt.Sprintf("%d places are given", places), "write exactly one of before: first, last or promotion, beforeStep: or afterStep: with a number, after: promotion or rollback")
	oneOf(found, at+".before", h.Before, BeforeFirst, BeforeLast, BeforePromotion)
	oneOf(found, at+".after", h.After, AfterPromotion, AfterRollback)
	for _, step := range []struct {
		path   string
		number int
	}{{".beforeStep", h.BeforeStep}, {".afterStep", h.AfterStep}} {
		found.check(step.number >= 0 && step.number <= len(steps), at+step.path, fmt.Sprintf("there is no step %d", step.number), fmt.Sprintf("write a number from 1 to %d", len(steps)))
	}
}

// validateStage checks a stage that goes back with the release.
func (h Hook) validateStage(at string, found *problems) {
	found.check(h.Job.Runs() == "" && len(h.Carry) == 0, at, "a hook that takes a stage back runs nothing else", "write two hooks")
	found.check(h.After == AfterRollback, at+".rollBackStage", "a stage goes back when its release has gone back", "write after: rollback")
	found.check(actionName.MatchString(h.Stage.Pipeline), at+".rollBackStage.pipeline", fmt.Sprintf("%.60q is not a pipeline's name", h.Stage.Pipeline), "write the name alone, without ARN")
	found.check(actionName.MatchString(h.Stage.Stage), at+".rollBackStage.stage", fmt.Sprintf("%.60q is not a stage's name", h.Stage.Stage), "write it as the pipeline does")
}
