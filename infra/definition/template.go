package definition

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"sluice/infra/typed"
)

// Templates is the folder of what several definitions share, below Folder and below the folder of an environment. So no environment has its name.
const Templates = "templates"

// What a file says about templates, and no definition holds when it is deployed.
const (
	extends = "extends" // the name of the template that lies under this one
	locked  = "locked"  // in a template: the paths that nobody who extends it may loosen
)

// everybodys is the template that lies under every definition, and every template, that extends no other.
const everybodys = "default"

// A library is the templates by name, as an environment has them.
type library map[string]*node

// A layer is what lies under a definition: everything that its templates say, and what they lock.
type layer struct {
	root  *node
	locks []lock
}

// readTemplates reads the templates of an environment, and complains of what no definition could hold, whether somebody extends it or not.
func readTemplates(fsys fs.FS, environment string, s *schema) (library, Problems, error) {
	bases, problems, err := readFolder(fsys, path.Join(Folder, Templates))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	overlays, more, err := readFolder(fsys, path.Join(Folder, environment, Templates))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	problems = slices.Concat(problems, more, strays(path.Join(Folder, Templates), bases, overlays))
	all := library{}
	for _, base := range bases {
		if base.root == nil {
			all[base.name] = nil
			continue
		}
		root := laid(base, overlays)
		_, wrong := locksOf(base.name, root, root)
		problems = append(append(problems, s.shared(root)...), wrong...)
		all[base.name] = root
	}
	return all, problems, nil
}

// under is what lies under a file: the template that it extends, and what that extends. trail are the templates that led to the file.
func (l library) under(root *node, trail []string) (layer, Problems) {
	name, said := l.below(root)
	if said == nil && (name == "" || slices.Contains(trail, name)) {
		return layer{}, nil
	}
	template, known := l[name]
	switch {
	case !known:
		return layer{}, Problems{{said.file, said.line, extends, fmt.Sprintf("there is no template %s", said.short()), l.remedy(name)}}
	case slices.Contains(trail, name):
		return layer{}, Problems{{said.file, said.line, extends, "it extends itself, by way of " + strings.Join(append(trail, name), ", "), "leave one of them out"}}
	case template == nil: // its file cannot be read, which is said already
		return layer{}, nil
	}
	below, problems := l.under(template, append(trail, name))
	own := without(template, extends, locked)
	if below.root != nil {
		own = overlay(below.root, own)
		problems = append(problems, broken(below.locks, own, template)...)
	}
	locks, wrong := locksOf(name, template, own)
	return layer{own, append(below.locks, locks...)}, append(problems, wrong...)
}

// below is the name of the template that a file extends, and where it says so; without a word, it is the one that everybody extends, if there is one.
func (l library) below(root *node) (name string, said *node) {
	if said = root.fields[extends]; said != nil {
		name, _ = said.value.(string)
		return name, said
	}
	if _, everybody := l[everybodys]; everybody {
		return everybodys, nil
	}
	return "", nil
}

func (l library) remedy(name string) string {
	if len(l) == 0 {
		return "write " + path.Join(Folder, Templates, "<name>.yaml") + " first"
	}
	return typed.Suggest(name, slices.Sorted(maps.Keys(l)))
}

// whole is a definition with the templates that lie under it and with what an environment lays over it. It is nil where the templates are wrong:
// what the definition lacks would come from them.
func (l library) whole(base source, overlays []source) (*node, []lock, Problems) {
	below, problems := l.under(base.root, nil)
	if len(problems) > 0 {
		return nil, nil, problems
	}
	own, files := without(base.root, extends), []*node{base.root}
	if i := slices.IndexFunc(overlays, base.sameService); i >= 0 && overlays[i].root != nil {
		files = append(files, overlays[i].root)
		if again := overlays[i].root.fields[extends]; again != nil {
			problems = append(problems, Problem{again.file, again.line, extends, "an environment changes no templates of a service", "write it into " + base.file + ", or lay " + path.Join(path.Dir(again.file), Templates, "<name>.yaml") + " over the template"})
		}
	}
	under := filled(below, base.name)
	root := own
	if under.root != nil {
		root = overlay(under.root, own)
		root.file, root.line = own.file, own.line
	}
	for _, over := range files[1:] {
		root = overlay(root, without(over, extends))
	}
	return root, under.locks, append(problems, broken(under.locks, root, files...)...)
}

// shared is what is wrong with a template by itself. What it lacks, those who extend it say.
func (s *schema) shared(root *node) Problems {
	own := without(root, extends, locked)
	problems := s.judge(own.filled("service"), func(k jsonschema.ErrorKind) bool {
		_, lacks := k.(*kind.Required)
		return !lacks
	})
	if service := own.fields["service"]; service != nil {
		problems = append(problems, Problem{service.file, service.line, "service", "a template is of no service", "leave it out; ${service} stands for the name of who extends it"})
	}
	return append(problems, strangers("", own)...)
}

// placeholder is what is filled in in a template.
var placeholder = regexp.MustCompile(`\$\{[A-Za-z]+\}`)

// strangers are placeholders that stand for nothing.
func strangers(at string, n *node) Problems {
	var problems Problems
	for _, key := range n.keys() {
		problems = append(problems, strangers(join(at, key), n.fields[key])...)
	}
	for i, item := range n.items {
		problems = append(problems, strangers(fmt.Sprintf("%s[%d]", at, i), item)...)
	}
	text, _ := n.value.(string)
	for _, found := range placeholder.FindAllString(text, -1) {
		if found != "${service}" {
			problems = append(problems, Problem{n.file, n.line, at, found + " stands for nothing", "write ${service}, the only one there is"})
		}
	}
	return problems
}

// filled is what lies under a service, with its name.
func filled(l layer, service string) layer {
	made := layer{root: l.root.filled(service)}
	for _, one := range l.locks {
		one.held = one.held.filled(service)
		made.locks = append(made.locks, one)
	}
	return made
}

// filled is a tree in which ${service} is a service's name.
func (n *node) filled(service string) *node {
	if n == nil {
		return nil
	}
	made := *n
	if text, is := n.value.(string); is {
		made.value = strings.ReplaceAll(text, "${service}", service)
	}
	made.items = nil
	for _, item := range n.items {
		made.items = append(made.items, item.filled(service))
	}
	if n.fields != nil {
		made.fields = map[string]*node{}
		for key, value := range n.fields {
			made.fields[key] = value.filled(service)
		}
	}
	return &made
}

// without is a map that lacks some fields.
func without(n *node, names ...string) *node {
	made := *n
	made.fields = maps.Clone(n.fields)
	for _, name := range names {
		delete(made.fields, name)
	}
	return &made
}

// laid is a file under what an environment lays over it.
func laid(base source, overlays []source) *node {
	if i := slices.IndexFunc(overlays, base.sameService); i >= 0 && overlays[i].root != nil {
		return overlay(base.root, overlays[i].root)
	}
	return base.root
}
