package stack

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"
)

// managedPolicy is how many characters, white space aside, a customer managed policy may have; a role takes ten of them
// besides 10,240 characters of its own (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
const managedPolicy = 6144

// The longest names that AWS puts into an ARN in place of the template's: no partition and Region together are longer
// (https://docs.aws.amazon.com/general/latest/gr/rande.html; those of the isolated partitions stand in the SDKs' partitions.json).
const (
	longestPartition = "aws-us-gov"
	longestRegion    = "us-isof-south-1"
	anAccount        = "123456789012"
)

// policies writes what grows with the definitions into managed policies: inline, 44 services would be too many for a role.
// Each ARN is written out, so that nothing is granted that no definition names. Roles that may do the same, as all roles that
// move traffic may, share their policies (ADR 0025).
type policies struct {
	h    home
	made map[string][]*string // ARNs, by what they allow
}

// of makes the policies for a function's growing grants, or finds those that exist.
func (p *policies) of(function string, grants []grant) *[]*string {
	grows := merged(slices.DeleteFunc(slices.Clone(grants), func(g grant) bool { return !g.grows }))
	if len(grows) == 0 {
		return nil
	}
	text, _ := json.Marshal(writtenDocument(grows))
	if p.made[string(text)] == nil {
		p.made[string(text)] = p.write(function, pack(grows, managedPolicy, p.h.size))
	}
	arns := p.made[string(text)]
	return &arns
}

// write makes the policies. Each waits for the next one: when a new definition pushes an ARN from one policy into the next,
// the next allows it before the one stops to.
func (p *policies) write(function string, documents [][]grant) []*string {
	arns := make([]*string, len(documents))
	var next awsiam.CfnManagedPolicy
	for i := len(documents) - 1; i >= 0; i-- {
		made := awsiam.NewCfnManagedPolicy(p.h.stack, jsii.String(fmt.Sprintf("%sTargets%d", title(function), i+1)), &awsiam.CfnManagedPolicyProps{
			Description:    jsii.String("What definitions name and " + p.h.Name(function) + " may touch"),
			PolicyDocument: writtenDocument(documents[i]),
		})
		if next != nil {
			made.AddResourceDependency(next, nil)
		}
		next, arns[i] = made, made.Ref()
	}
	return arns
}

// merged makes one statement of all grants about the same resources, because the ARNs take most of the room.
func merged(grants []grant) (all []grant) {
	for _, g := range grants {
		same := slices.IndexFunc(all, func(o grant) bool { return slices.Equal(o.resources, g.resources) && reflect.DeepEqual(o.when, g.when) })
		if same < 0 {
			all = append(all, g)
			continue
		}
		all[same].sid += g.sid
		all[same].actions = slices.Concat(all[same].actions, g.actions)
	}
	return all
}

// pack lays grants into as few documents of a limited size as possible, and splits them by resources.
func pack(grants []grant, limit int, size func([]grant) int) (documents [][]grant) {
	var document []grant
	room := limit - size(nil)
	for _, g := range grants {
		part, open := g, false
		part.resources = nil
		for _, resource := range g.resources {
			part.resources = []string{resource}
			cost := size([]grant{part}) - size(nil) + 1
			if open {
				cost = more(part, size)
			}
			if cost > room && len(document) > 0 {
				documents, document, open = append(documents, document), nil, false
				room, cost = limit-size(nil), size([]grant{part})-size(nil)+1
			}
			if open {
				last := &document[len(document)-1]
				last.resources = append(slices.Clip(last.resources), resource)
			} else {
				document, open = append(document, part), true
			}
			room -= cost
		}
	}
	return append(documents, document)
}

// more is the size that one more resource takes: the difference between two and one of it, with the brackets of the list.
func more(one grant, size func([]grant) int) int {
	two := one
	two.resources = append(slices.Clip(one.resources), one.resources...)
	return size([]grant{two}) - size([]grant{one})
}
