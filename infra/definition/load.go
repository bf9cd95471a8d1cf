package definition

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"sluice/infra/typed"
	"sluice/shared/rollout"
)

// Folder is the folder of the definitions, from the root of the repository on.
const Folder = "infra/services"

// largestParameter is what an SSM parameter of the advanced tier holds, in bytes
// (https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html).
const largestParameter = 8192

// A Service is one definition as an environment has it.
type Service struct {
	Definition rollout.Definition
	JSON       []byte // canonical: the same definition always gives the same bytes
	File       string // "infra/services/checkout.yaml"

	root  *node // nil for one that was not read from a file
	locks []lock
}

// Load reads every definition for an environment, sorted by service. fsys is the root of the repository. When
// anything is wrong in any file, the error is Problems, and names everything that is wrong.
func Load(fsys fs.FS, environment string) ([]Service, error) {
	read, err := Read(fsys, environment)
	if err != nil {
		return nil, err
	}
	if len(read.Problems) > 0 {
		return nil, read.Problems
	}
	return read.Services, nil
}

// A source is one file; its root is nil when it could not be parsed.
type source struct {
	file string
	name string // of the service: the file's name without .yaml
	root *node
}

func (s source) sameService(other source) bool { return s.name == other.name }

// Names are the names of the services.
func Names(services []Service) []string {
	names := make([]string, len(services))
	for i, s := range services {
		names[i] = s.Definition.Service
	}
	return names
}

func readFolder(fsys fs.FS, folder string) ([]source, Problems, error) {
	entries, err := fs.ReadDir(fsys, folder)
	if err != nil {
		return nil, nil, fmt.Errorf("reading definitions: %w", err)
	}
	var sources []source
	var problems Problems
	for _, entry := range entries {
		file := path.Join(folder, entry.Name())
		switch {
		case entry.IsDir(), strings.HasPrefix(entry.Name(), "."): // an editor's lock (.#checkout.yaml), a copy's shadow (._checkout.yaml)
			continue
		case strings.HasSuffix(file, ".yml"):
			problems = append(problems, Problem{file, 1, "", "files are not read under this name", "rename it to end in .yaml"})
			continue
		case !strings.HasSuffix(file, ".yaml"):
			continue
		}
		text, err := fs.ReadFile(fsys, file)
		if errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, Problem{file, 1, "", "it is a link that leads nowhere", "delete it, or mend the link"})
			continue
		}
		if err != nil {
			return nil, nil, fmt.Errorf("reading definition: %w", err)
		}
		root, wrong := parse(file, text)
		problems = append(problems, wrong...)
		sources = append(sources, source{file, strings.TrimSuffix(entry.Name(), ".yaml"), root})
	}
	return sources, problems, nil
}

// strays are overlays of services that do not exist.
func strays(folder string, bases, overlays []source) Problems {
	var problems Problems
	var names []string
	for _, b := range bases {
		names = append(names, b.name)
	}
	for _, o := range overlays {
		if !slices.ContainsFunc(bases, o.sameService) {
			problems = append(problems, Problem{o.file, 1, "", "there is no " + path.Join(folder, o.name+".yaml") + " for this to lie over", typed.Suggest(o.name, names)})
		}
	}
	return problems
}

// check answers a definition, or what is wrong with it. It does not repeat what the schema already complained about.
func check(schema *schema, root *node, from source) (Service, Problems) {
	problems := schema.check(root)
	var d rollout.Definition
	text, err := json.Marshal(root.plain())
	if err == nil {
		err = json.Unmarshal(text, &d)
	}
	if err != nil {
		if len(problems) == 0 {
			problems = Problems{{root.file, root.line, "", "it cannot be read: " + err.Error(), "mend the value that is named"}}
		}
		return Service{File: from.file}, problems
	}
	for _, p := range append(d.Validate(), zones(d)...) {
		if !problems.about(p.Path) {
			at, _ := root.at(tokens(p.Path))
			problems = append(problems, Problem{at.file, at.line, p.Path, p.Wrong, p.Remedy})
		}
	}
	if d.Service != from.name && !problems.about("service") {
		at, _ := root.at([]string{"service"})
		problems = append(problems, Problem{at.file, at.line, "service", fmt.Sprintf("%q is not the file's name", d.Service), "write " + from.name + ", or rename the file"})
	}
	canonical, size := canonicalJSON(d)
	if size > largestParameter {
		problems = append(problems, Problem{
			root.file, root.line, "", fmt.Sprintf("it takes %d bytes as JSON", size),
			fmt.Sprintf("an SSM parameter holds %d: shorten the test payload or combine alarms", largestParameter),
		})
	}
	return Service{Definition: d, JSON: canonical, File: from.file}, problems
}

// canonicalJSON writes a definition in the order of rollout.Definition's fields, without what is not said and without spaces.
func canonicalJSON(d rollout.Definition) ([]byte, int) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(d); err != nil {
		return nil, 0 // a definition came from JSON and goes back to it
	}
	canonical := bytes.TrimSpace(text.Bytes())
	return canonical, len(canonical)
}

// shared finds targets that two definitions release. Their leases would fight.
func shared(services []Service) Problems {
	var problems Problems
	first := map[string]string{}
	for _, s := range services {
		for _, id := range s.Definition.Target.IDs() {
			if other := first[id]; other != "" && other != s.File {
				problems = append(problems, Problem{s.File, 1, "target", "it is also the target of " + other, "let one service own it"})
				break
			}
			if id != "" {
				first[id] = s.File
			}
		}
	}
	return problems
}
