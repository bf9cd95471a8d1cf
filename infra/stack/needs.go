package stack

import (
	"slices"

	"sluice/shared/rollout"
)

// A need is what one function does to one target. It follows from the kind of the target and from what its definition uses, and is apart from
// what the function does to Sluice's own parts, which its row says. The resource is the end of an ARN: what follows account and Region.
type need struct {
	sid      string
	actions  []string
	service  string
	resource string
}

// uses is what a definition has done to its target besides moving it.
type uses struct {
	tests   bool // a step invokes the candidate before it gets traffic
	samples bool // looks make requests of their own
	fills   bool // objects of S3 become its revisions
	images  bool // a gate asks which image a revision is made of
}

func usesOf(d rollout.Definition) uses {
	return uses{
		tests:   slices.ContainsFunc(d.Strategy.Steps(), func(s rollout.Step) bool { return s.Test != nil }),
		samples: d.Checks.Synthetic != nil,
		fills:   d.Source != nil && d.Source.S3 != nil,
		images:  d.Gates != nil && d.Gates.Scan != nil && d.Gates.Scan.ECR != "",
	}
}

// aliasNeeds are those of a Lambda alias. Lambda authorises the operations on aliases by the function's ARN
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html). Versions are allowed as a whole: the revision
// is only known when a release is asked for. Aliases are among them, because one with weights would split provisioned concurrency, and a
// list of aliases of its own would take plan's role past what a role may hold.
func aliasNeeds(a rollout.LambdaAlias, function string, u uses) []need {
	self, versions := "function:"+a.Function, "function:"+a.Function+":*"
	read := need{"ReadAlias", []string{"lambda:GetAlias"}, "lambda", self}
	move := need{"MoveAlias", []string{"lambda:GetAlias", "lambda:UpdateAlias"}, "lambda", self}
	invoke := func(sid string) need { return need{sid, []string{"lambda:InvokeFunction"}, "lambda", versions} }
	switch {
	case function == plan.name: // to invoke a version that is Inactive is how Lambda is asked to prepare it
		return []need{read, {"InspectVersions", []string{"lambda:GetFunctionConfiguration", "lambda:GetProvisionedConcurrencyConfig"}, "lambda", versions}, invoke("WakeVersions")}
	case function == gate.name:
		return []need{read}
	case function == shift.name && u.tests:
		return []need{move, invoke("TestCandidate")}
	case slices.Contains([]string{shift.name, rollback.name, settle.name, guard.name}, function):
		return []need{move}
	case function == look.name && u.samples:
		return []need{invoke("BuySamples")}
	case function == build.name && u.fills:
		return []need{{"PublishVersions", []string{"lambda:UpdateFunctionCode"}, "lambda", self}}
	case function == inspect.name && u.images:
		return []need{{"FindImages", []string{"lambda:GetFunction"}, "lambda", versions}}
	}
	return nil
}

// grants is what the targets need of a function: a statement for each sort of need, whatever the number of targets.
func (t targets) grants(h home, function string) (all []grant) {
	for _, d := range t.moved {
		for _, n := range aliasNeeds(*d.Target.LambdaAlias, function, usesOf(d)) {
			i := slices.IndexFunc(all, func(g grant) bool { return g.sid == n.sid })
			if i < 0 {
				i, all = len(all), append(all, named(n.sid, []string{h.arn(n.service, n.resource)}, n.actions...)...)
				continue
			}
			all[i].resources = sorted(append(all[i].resources, h.arn(n.service, n.resource)))
		}
	}
	return all
}
