// Package cfn reads a synthesised CloudFormation template and creates its resources on the sandbox's services.
//
// It does what CloudFormation does for a first deployment: it resolves parameters, conditions and intrinsic functions,
// orders the resources by what they refer to, and hands each one's properties to the Creator of its type. Nothing is
// skipped silently: a resource type, a property, a template section or an intrinsic function that is not known here
// is refused by name, because a sandbox that overlooks a line of the template proves nothing about that line.
//
//	template, err := cfn.Parse(golden)
//	stack, err := cfn.Create(ctx, template, cfn.Options{Home: home, StackName: "Sluice", Creators: creators})
//	arn := stack.Resources["Machine"].Attributes["Arn"]
//
// A parsed template is never changed, so one template serves any number of stacks at the same time.
package cfn
