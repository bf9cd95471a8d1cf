package kind

import (
	"fmt"
	"strings"
)

// AutoScalingPool is an Auto Scaling group, whose revisions are versions of a launch template.
type AutoScalingPool struct {
	Group string `json:"group"`
}

// ALBLaunch is the launch template of both groups. A revision is one of its versions: "lt-0123456789abcdef0:7".
type ALBLaunch struct {
	Template string   `json:"template"`        // its id
	Roles    []string `json:"roles,omitempty"` // ARNs of the roles of the instance profiles that its versions name: no other is passed to instances
}

// Groups are the Auto Scaling groups that fill the pools, blue's first; none when something else fills them.
func (r ALBRule) Groups() []AutoScalingPool {
	if r.Blue.AutoScaling == nil || r.Green.AutoScaling == nil {
		return nil
	}
	return []AutoScalingPool{*r.Blue.AutoScaling, *r.Green.AutoScaling}
}

// Version is the number of a version of the launch template, which a revision names; empty when it names none of this template.
func (l ALBLaunch) Version(revision string) (number string) {
	number, of := strings.CutPrefix(revision, l.Template+":")
	if !of || !named(`^[1-9][0-9]{0,17}$`, number) {
		return ""
	}
	return number
}

const (
	// A group's name may have any printable character but a colon (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html).
	// Those by which a grant would be about other groups, too, are not taken.
	groupName  = `^[A-Za-z0-9_./@+=,#()-]{1,255}$`
	templateID = `^lt-[0-9a-f]{8,17}$`
)

// groupProblems is what is wrong with the Auto Scaling groups and their launch template.
func (r ALBRule) groupProblems() (found []Problem) {
	wrong := func(when bool, field, what, remedy string) {
		if when {
			found = append(found, Problem{field, what, remedy})
		}
	}
	for i, g := range r.Groups() {
		field := []string{"blue", "green"}[i] + ".autoScaling.group"
		wrong(!named(groupName, g.Group), field, fmt.Sprintf("%.60q is not the name of an Auto Scaling group", g.Group), "write the name alone, without ARN")
		wrong(i == 1 && g == *r.Blue.AutoScaling, field, "it is the group of blue", "name a second group, for the revision that does not serve")
	}
	wrong(r.Groups() != nil && r.Launch == nil, "launch", "the launch template of the groups is not named", "write launch: {template: lt-...}, with roles if its versions name an instance profile")
	if l := r.Launch; l != nil {
		wrong(r.Groups() == nil, "launch", "no Auto Scaling groups fill the pools, so no launch template has revisions", "leave it out, or name the groups as blue.autoScaling and green.autoScaling")
		wrong(!named(templateID, l.Template), "launch.template", fmt.Sprintf("%.60q is not the id of a launch template", l.Template), "copy it from: aws ec2 describe-launch-templates")
		for n, role := range l.Roles {
			wrong(!named(roleARN, role), fmt.Sprintf("launch.roles[%d]", n), fmt.Sprintf("%.100q is not the ARN of a role", role), "write the ARN of the role in the instance profile")
		}
	}
	return found
}

// needsOfGroups is what it takes to know what the groups run. What describes is authorised for everything alone
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html).
func (r ALBRule) needsOfGroups(whole bool) []Need {
	switch {
	case r.Groups() == nil:
		return nil
	case whole:
		return []Need{{Sid: "ReadGroups", Actions: []string{"autoscaling:DescribeAutoScalingGroups"}}, {Sid: "ReadRefreshes", Actions: []string{"autoscaling:DescribeInstanceRefreshes"}}}
	}
	return []Need{{Sid: "ReadGroups", Actions: []string{"autoscaling:DescribeAutoScalingGroups"}}}
}

// fillsGroups is what it takes to have a group run another version. Whoever names a launch template to a group must be allowed to run its instances, and
// to tag them if it tags them (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html).
func (r ALBRule) fillsGroups() []Need {
	if r.Groups() == nil {
		return nil
	}
	all := append(r.needsOfGroups(false), Need{Sid: "ReadScaling", Actions: []string{"autoscaling:DescribeScalingActivities"}})
	all = append(all, r.scaling("FillGroups")...)
	return append(all, Need{Sid: "LaunchInstances", Actions: []string{"ec2:RunInstances"}}, Need{Sid: "TagInstances", Actions: []string{"ec2:CreateTags"}})
}

// retiresGroups is what it takes to scale a group to nothing.
func (r ALBRule) retiresGroups() []Need {
	return append(r.needsOfGroups(false), r.scaling("RetireGroups")...)
}

// scaling is what it takes to change the groups. The id in a group's ARN is not known here.
func (r ALBRule) scaling(sid string) (all []Need) {
	for _, g := range r.Groups() {
		all = append(all, Need{sid, []string{"autoscaling:UpdateAutoScalingGroup"}, "autoscaling", "autoScalingGroup:*:autoScalingGroupName/" + g.Group})
	}
	return all
}

// whenLaunched is the condition of what fillsGroups grants for everything: instances of this launch template alone, and tags that they are launched with
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html).
func (r ALBRule) whenLaunched(sid string) map[string]map[string]any {
	switch sid {
	case "LaunchInstances":
		return map[string]map[string]any{"ArnLike": {"ec2:LaunchTemplate": []string{"arn:*:ec2:*:*:launch-template/" + r.Launch.Template}}}
	case "TagInstances":
		return map[string]map[string]any{"StringEquals": {"ec2:CreateAction": "RunInstances"}}
	}
	return nil
}
