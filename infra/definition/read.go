package definition

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"sluice/infra/typed"
)

// A Reading is what an environment's definitions say: those that are right, by service, and what is wrong with the others. A person who works on
// one service is not held up by somebody else's file.
type Reading struct {
	Services []Service
	Problems Problems // in the order of files and lines

	wrong map[string]Problems // by the service that they concern; a template's concern all that extend it
}

// Read reads every definition for an environment. fsys is the root of the repository. The error says that nothing can be read at all.
func Read(fsys fs.FS, environment string) (Reading, error) {
	schema, err := readSchema(fsys)
	if err != nil {
		return Reading{}, err
	}
	bases, problems, err := readFolder(fsys, Folder)
	if err != nil {
		return Reading{}, err
	}
	overlays, more, err := readFolder(fsys, path.Join(Folder, environment))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Reading{}, err
	}
	problems = append(problems, more...)
	problems = append(problems, strays(Folder, bases, overlays)...)
	templates, more, err := readTemplates(fsys, environment, schema)
	if err != nil {
		return Reading{}, err
	}
	read := Reading{Problems: problems, wrong: map[string]Problems{}}
	read.Problems = append(read.Problems, more...)
	for _, p := range problems {
		read.wrong[p.Service()] = append(read.wrong[p.Service()], p)
	}
	var services []Service
	for _, base := range bases {
		if base.root == nil {
			continue
		}
		read.complain(base.name, more.ofFiles(templates.unreadable(base.root)))
		root, locks, wrong := templates.whole(base, overlays)
		read.complain(base.name, wrong)
		if root == nil {
			continue
		}
		service, wrong := check(schema, root, base)
		service.root, service.locks = root, locks
		read.complain(base.name, wrong)
		services = append(services, service)
	}
	for _, p := range shared(services) {
		read.complain(p.Service(), Problems{p})
	}
	read.Problems = read.Problems.sorted()
	for _, s := range services {
		if len(read.wrong[serviceOf(s.File)]) == 0 {
			read.Services = append(read.Services, s)
		}
	}
	return read, nil
}

// complain notes what is wrong with a service.
func (r *Reading) complain(service string, wrong Problems) {
	if len(wrong) == 0 {
		return
	}
	r.wrong[service] = append(r.wrong[service], wrong...)
	r.Problems = append(r.Problems, wrong...)
}

// unreadable are the names of the files of templates that lie under a file and cannot be read. What they would have said, the definition lacks.
func (l library) unreadable(root *node) (files []string) {
	var seen []string
	for name, _ := l.below(root); name != "" && !slices.Contains(seen, name); name, _ = l.below(root) {
		seen = append(seen, name)
		template, known := l[name]
		switch {
		case !known:
			return files
		case template == nil:
			return append(files, name+".yaml")
		}
		root = template
	}
	return files
}

// ofFiles are the problems of files with these names.
func (p Problems) ofFiles(names []string) (found Problems) {
	for _, one := range p {
		if slices.Contains(names, path.Base(one.File)) {
			found = append(found, one)
		}
	}
	return found
}

// Names are those of all services, also of those whose definition is wrong.
func (r Reading) Names() []string {
	names := Names(r.Services)
	for name := range r.wrong {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Service finds one service. others is what is wrong with the files of others, which does not concern it. The error is what is wrong with its own
// files, or names the service that was meant.
func (r Reading) Service(name string) (found Service, others Problems, err error) {
	if own := r.wrong[name]; len(own) > 0 {
		return Service{}, nil, own.sorted()
	}
	for _, s := range r.Services {
		if s.Definition.Service == name {
			return s, r.Problems, nil
		}
	}
	return Service{}, nil, fmt.Errorf("there is no service %q in %s; %s", name, Folder, typed.Suggest(name, r.Names()))
}

// At is where a value is written, or, if it is not, what it would be part of. The path is that of a Problem: "strategy.canary.steps[2].weight".
func (s Service) At(path string) (file string, line int) {
	if s.root == nil {
		return s.File, 1
	}
	at, _ := s.root.at(tokens(path))
	return at.file, max(at.line, 1)
}

// Service is the service whose file a problem is in: "checkout", or "templates/standard-http" for what several share.
func (p Problem) Service() string { return serviceOf(p.File) }

func serviceOf(file string) string {
	name := strings.TrimSuffix(strings.TrimSuffix(path.Base(file), ".yaml"), ".yml")
	if path.Base(path.Dir(file)) == Templates {
		return path.Join(Templates, name)
	}
	return name
}
