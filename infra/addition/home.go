package addition

// A Home is where an engine is.
type Home struct{ Environment, Partition, Region, Account string }

// ARN names a resource of this account and Region: ("lambda", "function:checkout").
func (h Home) ARN(service, resource string) string {
	return "arn:" + h.Partition + ":" + service + ":" + h.Region + ":" + h.Account + ":" + resource
}

// Function is the ARN of one of Sluice's functions.
func (h Home) Function(name string) string { return h.ARN("lambda", "function:"+h.Name(name)) }

func (h Home) table() string { return h.ARN("dynamodb", "table/"+h.Name("")) }

// Name is "sluice-<environment>-<part>", or "sluice-<environment>" for an empty part.
func (h Home) Name(part string) string {
	if part == "" {
		return "sluice-" + h.Environment
	}
	return "sluice-" + h.Environment + "-" + part
}
