// Package definition reads how services are released: the YAML files of infra/services, with what an environment lays
// over them.
//
// A file goes through four steps. yaml.go turns it into a tree in which every value knows its file and line. overlay.go
// lays infra/services/<environment>/<service>.yaml over it. schema.go checks the tree against
// events/definition.schema.json, which editors use too. At last rollout.Definition says what a schema cannot. Each
// step adds its Problems and goes on where it can, so that a person sees at once everything that is wrong, with the
// line to look at and what would be right.
package definition
