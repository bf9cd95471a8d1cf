package scenario

import (
	"sluice/test/sandbox"
	"sluice/test/sandbox/configservice"
	"sluice/test/sandbox/ecr"
	"sluice/test/sandbox/inspector2"
)

// AWSConfig is what rules find in this world.
func (w *World) AWSConfig() *configservice.Service {
	return sandbox.PartOf[configservice.Service](w.Sandbox)
}

// ECR is what scans of images find in this world.
func (w *World) ECR() *ecr.Service { return sandbox.PartOf[ecr.Service](w.Sandbox) }

// Inspector is what it finds in this world.
func (w *World) Inspector() *inspector2.Service { return sandbox.PartOf[inspector2.Service](w.Sandbox) }
