package kind

import "fmt"

// MemoryID is the kind of targets in memory.
const MemoryID ID = "memory"

// memory is no service of AWS. It exists only in the sandbox, for tests of what is the same for all kinds. The schema has no word for it, so
// definitions that people write cannot name it.
var memory = Facts{
	ID: MemoryID, Title: "target in memory", Prefix: "memory", Suffix: "-memory", Revision: inMemory,
	Smallest: 1, Spreads: SpreadRequests, Silence: Holds, SandboxOnly: true,
}

var inMemory = Revision{Word: "revision", Example: "7", Grammar: `[0-9]+`, Remedy: "write a number"}

// Memory is a target of the sandbox's service memory.
type Memory struct {
	Target string `json:"name"`
}

// Kind implements Spec.
func (Memory) Kind() ID { return MemoryID }

// Name implements Spec.
func (m Memory) Name() string { return m.Target }

// String implements Spec.
func (m Memory) String() string { return "target " + m.Target + " in memory" }

// Problems implements Spec.
func (m Memory) Problems() []Problem {
	if !named(`^[a-z0-9-]{1,64}$`, m.Target) {
		return []Problem{{"name", fmt.Sprintf("%.60q is not a name", m.Target), "write small letters, digits and hyphens"}}
	}
	return nil
}

// Metrics implements Spec.
func (m Memory) Metrics(revision string) Metrics {
	d := map[string]string{"Target": m.Target}
	if revision != "" {
		d["Revision"] = revision
	}
	metric := func(name string) Metric { return Metric{Namespace: "Memory", Name: name, Dimensions: d} }
	return Metrics{Requests: metric("Requests"), Errors: metric("Errors"), Duration: metric("Duration")}
}

// Restore implements Spec.
func (m Memory) Restore(revision string) string {
	return fmt.Sprintf("memory write --name %s --stable %s", m.Target, revision)
}

// Needs implements Spec.
func (m Memory) Needs(function string, _ Uses) []Need {
	read := Need{"ReadTarget", []string{"memory:Read"}, "memory", "target/" + m.Target}
	move := Need{"MoveTarget", []string{"memory:Read", "memory:Write"}, "memory", "target/" + m.Target}
	switch function {
	case "plan", "admit":
		return []Need{read}
	case "shift", "rollback", "settle", "guard":
		return []Need{move}
	}
	return nil
}
