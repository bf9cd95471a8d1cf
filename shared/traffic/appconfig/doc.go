// Package appconfig has AWS AppConfig bring out versions of a configuration: by its own strategy, with Sluice's word at each tick.
//
// AppConfig tells of deployments by environment, and of one environment it carries out one deployment at a time. StartDeployment knows no token, so the
// token of a start stands in the deployment's description, where a repeated start finds it. A deployment is known by its number, which counts up in its
// environment; that number is the handle, and so the tag of the split.
//
// A version that bakes is with all callers. So it counts as served, and Sluice's bake runs while AppConfig bakes; until that ends no other deployment can
// begin (Split.Busy).
//
// Router is the second kind of the same service, a single feature flag: it divides the users by the rule of a variant, and each change is a version that is
// deployed at once. Its tag is the number of a deployment with the version that brings everybody back.
//
// Documentation followed: https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_Operations_AWS_AppConfig.html,
// https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-deploying-reverting.html.
package appconfig
