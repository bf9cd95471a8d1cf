package exhibit

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

//go:embed checkout.yaml
var base string

const (
	environment = "sandbox"
	schema      = "events/definition.schema.json"
)

// Defined is the definition of the exhibit's service, whose target is of a kind. It is read as definitions of people are, from a folder that holds
// it and the schema of the repository at root.
func (x Exhibit) Defined(root, folder string, id kind.ID) (definition.Service, error) {
	words, err := os.ReadFile(filepath.Join(root, schema))
	if err != nil {
		return definition.Service{}, fmt.Errorf("reading the schema of definitions: %w", err)
	}
	files := map[string]string{schema: string(words), definition.Folder + "/" + Service + ".yaml": base}
	if x.Definition != "" {
		files[definition.Folder+"/"+environment+"/"+Service+".yaml"] = x.Definition
	}
	for name, text := range files {
		file := filepath.Join(folder, name)
		if err = os.MkdirAll(filepath.Dir(file), 0o755); err == nil {
			err = os.WriteFile(file, []byte(text), 0o644)
		}
		if err != nil {
			return definition.Service{}, fmt.Errorf("writing the definition of the show: %w", err)
		}
	}
	services, err := definition.Load(os.DirFS(folder), environment)
	if err != nil {
		return definition.Service{}, fmt.Errorf("reading the definition of the show: %w", err)
	}
	return onSample(services[0], id)
}

// onSample gives a definition the target that the engine of a kind may touch. A definition that names a target of the kind has it already.
func onSample(s definition.Service, id kind.ID) (definition.Service, error) {
	if s.Definition.Target.Kind() == id {
		return s, nil
	}
	s.Definition.Target = rollout.Target{}
	err := json.Unmarshal([]byte(definition.Sample(id, Service)), &s.Definition.Target)
	if err != nil {
		return s, fmt.Errorf("reading the sample of kind %s: %w", id, err)
	}
	if wrong := s.Definition.Validate(); len(wrong) > 0 {
		return s, fmt.Errorf("the definition of the show does not fit a target of kind %s: %s %s; %s", id, wrong[0].Path, wrong[0].Wrong, wrong[0].Remedy)
	}
	s.JSON, err = json.Marshal(s.Definition)
	return s, err
}
