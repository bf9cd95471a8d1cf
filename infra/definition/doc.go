// Package definition reads how services are released: the YAML files of infra/services, with what an environment lays
// over them.
//
// A file goes through four hands. yaml.go turns it into a tree whose every value knows its file and line. overlay.go
// lays infra/services/<environment>/<service>.yaml over it. schema.go holds the tree against
// events/definition.schema.json, which editors use too. At last rollout.Definition says what a schema cannot. Each
// hand adds its Problems and goes on where it can, so that a person sees everything that is wrong at once, with the
// line to look at and what would be right.
package definition
