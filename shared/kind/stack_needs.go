package kind

// changeSets is how Sluice's change sets begin.
const changeSets = "sluice-*"

// Needs implements Spec (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html). CloudFormation changes the
// resources with the role that the stack has: nothing is granted on them here, and no role is passed. It reads a template in S3 with the rights of
// whoever asks it to (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html).
func (s Stack) Needs(function string, _ Uses) []Need {
	on := func(sid string, actions ...string) Need {
		return Need{sid, actions, "cloudformation", "stack/" + s.Stack + "/*"}
	}
	objects := func(sid string, actions ...string) Need { return Need{sid, actions, "s3", s.objects()} }
	read := on("ReadStack", "cloudformation:DescribeStacks", "cloudformation:DescribeStackEvents", "cloudformation:GetTemplate", "cloudformation:DescribeChangeSet")
	templates := objects("ReadTemplates", "s3:GetObject")
	back := []Need{
		templates, on("ReturnStack", "cloudformation:CancelUpdateStack", "cloudformation:RollbackStack", "cloudformation:ContinueUpdateRollback"),
		on("RestoreStack", "cloudformation:UpdateStack"),
	}
	if s.Policy != nil {
		back = append(back, on("SetStackPolicy", "cloudformation:GetStackPolicy", "cloudformation:SetStackPolicy"))
	}
	switch function {
	case "plan", "admit":
		return []Need{
			read, templates, objects("KeepTemplates", "s3:PutObject"), on("ReadStackPolicy", "cloudformation:GetStackPolicy"),
			{"ReadNested", []string{"cloudformation:DescribeChangeSet", "cloudformation:GetStackPolicy"}, "cloudformation", "stack/" + s.Stack + "-*"}, // CloudFormation names nested stacks so
			on("PreviewStack", "cloudformation:CreateChangeSet"), on("ForgetPreviews", "cloudformation:DeleteChangeSet"),
		}
	case "shift":
		if s.Policy != nil {
			back = append(back, objects("KeepStackPolicy", "s3:PutObject"))
		}
		return append(back, read, on("UpdateStack", "cloudformation:ExecuteChangeSet"))
	case "rollback", "settle", "guard":
		return append(back, read)
	}
	return nil
}

// objects are those under the prefix of the templates.
func (s Stack) objects() string {
	bucket, _ := s.Bucket()
	return bucket + "/" + s.key("*")
}

// When implements Conditioned: a stack gets no template but one of those under the prefix, and Sluice touches no change set but its own.
func (s Stack) When(sid string) map[string]map[string]any {
	bucket, _ := s.Bucket()
	url := "https://" + bucket + ".s3.*.amazonaws.com*/" + s.key("*")
	own := map[string]any{"cloudformation:ChangeSetName": []string{changeSets}}
	switch sid {
	case "RestoreStack":
		return map[string]map[string]any{"StringLike": {"cloudformation:TemplateUrl": []string{url}}}
	case "PreviewStack":
		return map[string]map[string]any{"StringLike": {"cloudformation:TemplateUrl": []string{url}, "cloudformation:ChangeSetName": []string{changeSets}}}
	case "ForgetPreviews":
		return map[string]map[string]any{"StringLike": own}
	}
	return nil
}
