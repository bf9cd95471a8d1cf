package kind

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// ECSServiceID is the kind of services of Amazon ECS that ECS itself deploys.
const ECSServiceID ID = "ecsService"

var ecsService = Facts{
	ID: ECSServiceID, Title: "ECS service", Prefix: "ecs", Suffix: "-ecs",
	Revision: Revision{
		Word: "task definition", Example: "checkout:42", Grammar: `[A-Za-z0-9_-]{1,255}:[1-9][0-9]{0,9}|[A-Za-z0-9][A-Za-z0-9._:/-]{0,254}@sha256:[0-9a-f]{64}`,
		Remedy: "write the family and revision of a registered task definition, such as checkout:42, or an image by its digest if the definition names target.ecsService.images",
	},
	Smallest: 10, // hundredths of a percent: "multiples of 0.1" (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CanaryConfiguration.html); Climbs knows more
	Spreads:  SpreadRequests,
	Silence:  GoesBack,
	Slow:     true,
	// How long ECS takes to change the rule is not documented. After the bake the old tasks are gone, and come up anew: as long as Sluice waits for tasks.
	Way: Way{During: time.Minute, After: 30 * time.Minute},
	Can: Uses{Evicts: true},
}

// ECSService is a service of Amazon ECS. ECS starts the tasks of a revision and moves the traffic; Sluice says when.
type ECSService struct {
	Cluster      string        `json:"cluster"`
	Service      string        `json:"service"`
	LoadBalancer *ECSBalancing `json:"loadBalancer,omitempty"`   // what its traffic comes through; or
	Connect      string        `json:"serviceConnect,omitempty"` // its discovery name in Service Connect; or neither
	HookRoles    []string      `json:"hookRoles,omitempty"`      // ARNs of the roles with which ECS calls the Lambda hooks that the service has
	Images       *TaskImages   `json:"images,omitempty"`         // whose digests become task definitions
}

// ECSBalancing are the rule and the target groups that the service names as its load balancer.
type ECSBalancing struct {
	Rule        string `json:"rule"`                // ARN of the production listener rule
	TargetGroup string `json:"targetGroup"`         // ARN
	Alternate   string `json:"alternate,omitempty"` // ARN of the alternate target group; without one ECS replaces tasks one by one
}

var (
	_ Blended    = ECSService{}
	_ Climbing   = ECSService{}
	_ Deploying  = ECSService{}
	_ Telling    = ECSService{}
	_ Standing   = ECSService{}
	_ Answering  = ECSService{}
	_ Lingering  = ECSService{}
	_ Imaged     = ECSService{}
	_ Passing    = ECSService{}
	_ Publishing = ECSService{}
)

// Kind implements Spec.
func (ECSService) Kind() ID { return ECSServiceID }

// Name implements Spec.
func (e ECSService) Name() string { return e.Cluster + "/" + e.Service }

// String implements Spec.
func (e ECSService) String() string {
	return fmt.Sprintf("service %s of cluster %s", e.Service, e.Cluster)
}

// Shifts says whether ECS has two revisions run beside each other and divides the traffic between them.
func (e ECSService) Shifts() bool { return e.Grouped() || e.Connect != "" }

// Grouped says whether each of two revisions has a target group of its own.
func (e ECSService) Grouped() bool { return e.LoadBalancer != nil && e.LoadBalancer.Alternate != "" }

// Problems implements Spec.
func (e ECSService) Problems() (found []Problem) {
	wrong := func(when bool, field, what, remedy string) {
		if when {
			found = append(found, Problem{field, what, remedy})
		}
	}
	wrong(!named(ecsName, e.Cluster), "cluster", fmt.Sprintf("%.60q is not the name of a cluster", e.Cluster), "write the name alone, without ARN")
	wrong(!named(ecsName, e.Service), "service", fmt.Sprintf("%.60q is not the name of a service", e.Service), "write the name alone, without ARN")
	wrong(e.LoadBalancer != nil && e.Connect != "", "serviceConnect", "a load balancer is named already, and Sluice looks at one of them", "name what users' requests come through")
	wrong(e.Connect != "" && !named(discoveryName, e.Connect), "serviceConnect", fmt.Sprintf("%.60q is not a discovery name", e.Connect), "copy discoveryName from: aws ecs describe-services")
	for n, role := range e.HookRoles {
		wrong(!named(roleARN, role), fmt.Sprintf("hookRoles[%d]", n), fmt.Sprintf("%.100q is not the ARN of a role", role), "copy roleArn of the hook from: aws ecs describe-services")
	}
	return slices.Concat(found, e.LoadBalancer.problems(), e.Images.problems())
}

// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectService.html
const discoveryName = `^[a-z0-9_-]{1,64}$`

func (b *ECSBalancing) problems() (found []Problem) {
	if b == nil {
		return nil
	}
	wrong := func(when bool, field, what, remedy string) {
		if when {
			found = append(found, Problem{"loadBalancer." + field, what, remedy})
		}
	}
	wrong(!named(ruleARN, b.Rule), "rule", fmt.Sprintf("%.120q is not the ARN of a rule of an Application Load Balancer", b.Rule), "copy productionListenerRule from: aws ecs describe-services; without one, the rule that forwards to the target group from: aws elbv2 describe-rules --listener-arn <listener>")
	wrong(!named(groupARN, b.TargetGroup), "targetGroup", fmt.Sprintf("%.120q is not the ARN of a target group", b.TargetGroup), "copy targetGroupArn from: aws ecs describe-services")
	wrong(b.Alternate != "" && !named(groupARN, b.Alternate), "alternate", fmt.Sprintf("%.120q is not the ARN of a target group", b.Alternate), "copy alternateTargetGroupArn from: aws ecs describe-services")
	wrong(b.Alternate != "" && b.Alternate == b.TargetGroup, "alternate", "it is the target group itself", "name the second one, for the revision that does not serve")
	return found
}

// Image implements Imaged: an image is named by its repository, with or without the registry, and its digest.
func (e ECSService) Image(revision string) bool { return digest.MatchString(revision) }

// Publishes implements Publishing.
func (e ECSService) Publishes() string { return e.Images.source() }

// Passes implements Passing. A deployment that keeps the hooks of Lambda which the service has passes the roles with which ECS calls them.
func (e ECSService) Passes() []Pass {
	all := e.Images.passes()
	if len(e.HookRoles) > 0 {
		all = append(all, Pass{"PassHookRoles", []string{"shift", "rollback", "settle", "guard"}, "ecs.amazonaws.com", e.HookRoles})
	}
	return all
}

// Restore implements Spec. Without the hooks of Sluice, which would hold that deployment, too.
func (e ECSService) Restore(revision string) string {
	config := `{"strategy":"ROLLING"}`
	if e.Shifts() {
		config = `{"strategy":"BLUE_GREEN","bakeTimeInMinutes":0,"lifecycleHooks":[]}`
	}
	return fmt.Sprintf("aws ecs update-service --cluster %s --service %s --task-definition %s --deployment-configuration '%s' --force-new-deployment", e.Cluster, e.Service, revision, config)
}

// ECSTag is the tag of a split of such a service: the deployment that ECS made last, and what that is about, so that traffic comes back without another
// reading, and revisions are counted where they stand.
type ECSTag struct {
	Deployment string // ARN
	Revision   string // that it brings: "checkout:42"
	From       string // the one before; empty when there is none
	Place      string // of the revision it brings: TargetGroup or Alternate
}

// The places where revisions of a service stand, for Metrics. All is both.
const (
	PlaceTargetGroup = "targetGroup"
	PlaceAlternate   = "alternate"
	PlaceAll         = "all"
)

// String is the tag as the lease has it.
func (t ECSTag) String() string {
	if t.Deployment == "" {
		return ""
	}
	return strings.Join([]string{t.Deployment, t.Revision, t.From, t.Place}, " ")
}

// ParseECSTag reads a tag. One that is no such tag names no deployment.
func ParseECSTag(tag string) ECSTag {
	words := strings.Split(tag, " ")
	if len(words) != 4 {
		return ECSTag{}
	}
	return ECSTag{words[0], words[1], words[2], words[3]}
}

// Underway implements Deploying.
func (e ECSService) Underway(tag string) (what, end string) {
	t := ParseECSTag(tag)
	if t.From == "" { // the first of the service
		return fmt.Sprintf("deployment %s of %s", t.Deployment, t.Revision), e.Restore(t.Revision)
	}
	return fmt.Sprintf("deployment %s from %s to %s", t.Deployment, t.From, t.Revision),
		fmt.Sprintf("aws ecs stop-service-deployment --service-deployment-arn %s --stop-type ROLLBACK", t.Deployment)
}

// Stands implements Standing.
func (e ECSService) Stands(revision, tag string) (place string) {
	t := ParseECSTag(tag)
	other := map[string]string{PlaceTargetGroup: PlaceAlternate, PlaceAlternate: PlaceTargetGroup}
	switch {
	case !e.Grouped():
		return PlaceAll
	case revision == t.Revision:
		return t.Place
	case revision == t.From && revision != "":
		return other[t.Place]
	}
	return ""
}
