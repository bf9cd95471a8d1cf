package scenario

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"sluice/test/sandbox"
	"sluice/test/sandbox/autoscaling"
	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/elbv2"
	"sluice/test/shop"
)

// Instances has the target be a rule of the load balancer "shop", whose target groups are filled by Auto Scaling groups.
type Instances struct{ albRule }

// template is the launch template that a world makes.
const template = "lt-66c29697dd88d8b27"

// Target is the sample's with groups in place of the services.
func (Instances) Target(service string) string {
	target := External{}.Target(service)
	for _, pool := range []string{"blue", "green"} {
		target = regexp.MustCompile(`(targetgroup/`+service+`-`+pool+`/[0-9a-f]+")`).ReplaceAllString(target, `$1,"autoScaling":{"group":"`+service+`-`+pool+`"}`)
	}
	return strings.TrimSuffix(target, "}}") + `,"launch":{"template":"` + template + `","roles":["` + shop.Role + `"]},"whenIdle":"scaleToZero"}}`
}

// Edit grants what the definition does.
func (i Instances) Edit(t *cfn.Template) {
	may(t, `{"service":"checkout","target":`+i.Target("checkout")+`,"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"}]}}}`)
}

// Make implements Kind.
func (Instances) Make(w *World) {
	w.T.Helper()
	var err error
	w.shop, err = shop.OfInstances(w.ctx, sandbox.PartOf[elbv2.Service](w.Sandbox), sandbox.PartOf[autoscaling.Service](w.Sandbox), w.service)
	w.must(err)
}

// Pushed makes a version of the launch template and tells its name.
func (Instances) Pushed(w *World) (revision string) { return w.shop.PushVersion() }

// PushedWithoutImage makes one whose image does not exist.
func (Instances) PushedWithoutImage(w *World) (revision string) {
	return w.shop.PushVersionWithoutImage()
}

// Revision is the version of a number. Those that are not there yet are made.
func (i Instances) Revision(w *World, version string) string {
	n, err := strconv.Atoi(version)
	if err != nil {
		return version
	}
	for w.shop.Versions() < n {
		i.Pushed(w)
	}
	return template + ":" + version
}

// Sizes is how many instances a group is to have, and how many at least.
func (Instances) Sizes(w *World, group string) (desired, least int) {
	w.T.Helper()
	desired, least, err := w.shop.Sizes(w.ctx, group)
	w.must(err)
	return desired, least
}

// NoCapacity lets there be only so many instances; 0 is no limit.
func (Instances) NoCapacity(w *World, instances int) {
	sandbox.PartOf[autoscaling.Service](w.Sandbox).Limit(instances)
}

// Refreshes has somebody begin an instance refresh of a group.
func (Instances) Refreshes(w *World, group string) {
	sandbox.PartOf[autoscaling.Service](w.Sandbox).Refresh(group, types.InstanceRefreshStatusInProgress)
}
