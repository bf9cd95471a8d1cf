package kind

// Image implements Imaged: an image is named by its repository, with or without the registry, and its digest.
func (r ALBRule) Image(revision string) bool {
	return r.Images != nil && digest.MatchString(revision)
}

// Publishes implements Publishing.
func (r ALBRule) Publishes() string { return r.Images.source() }

// Passes implements Passing.
func (r ALBRule) Passes() []Pass {
	if r.Launch != nil {
		return []Pass{{"PassRoles", []string{"shift"}, "ec2.amazonaws.com", r.Launch.Roles}}
	}
	return r.Images.passes()
}

// imageProblems is what is wrong with the images.
func (r ALBRule) imageProblems() (found []Problem) {
	if r.Images != nil && r.Services() == nil {
		found = append(found, Problem{"images", "no services of ECS fill the pools, so no task definition is a revision", "leave it out, or name the services as blue.ecs and green.ecs"})
	}
	return append(found, r.Images.problems()...)
}

// registers is what it takes to make a task definition of an image.
func (r ALBRule) registers() []Need {
	if r.Images == nil {
		return nil
	}
	return append(append([]Need{r.reading()}, r.needsOfPools(true)...), r.Images.registers())
}
