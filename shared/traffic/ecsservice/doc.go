// Package ecsservice has Amazon ECS bring out task definitions by its own deployments: rolling, blue/green, linear and canary
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html).
//
// ECS starts the tasks and moves the traffic. Before each shift it rests at a PAUSE hook until Sluice tells it to go on, and goes back when it hears
// nothing. What serves is read from the rule of the load balancer: the weight that ECS tells is the one it requested, and runs ahead. A deployment is
// taken back by StopServiceDeployment as long as ECS has not finished it, its bake included; after that the old task definition is deployed anew.
//
// UpdateService has neither a token nor a compare-and-set, and PAUSE hooks carry no notes. A start whose answer was lost is found again by what the newest
// deployment is about and how it is configured. A start by somebody else in the same moment supersedes ours, and is seen when the target is read back.
package ecsservice
