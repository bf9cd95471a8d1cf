package cfn

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// order lists the logical ids so that each stands after everything it refers to, alphabetically where that leaves a
// choice: the same template is always created in the same order.
func order(t *Template) ([]string, error) {
	o := &ordering{template: t, done: map[string]bool{}}
	for _, id := range slices.Sorted(maps.Keys(t.Resources)) {
		if err := o.visit(id); err != nil {
			return nil, err
		}
	}
	return o.order, nil
}

type ordering struct {
	template *Template
	order    []string
	done     map[string]bool
	path     []string // the resources that wait for the one at hand
}

func (o *ordering) visit(id string) error {
	if o.done[id] {
		return nil
	}
	if at := slices.Index(o.path, id); at >= 0 {
		return fmt.Errorf("circular dependency: %s", strings.Join(append(o.path[at:], id), " -> "))
	}
	o.path = append(o.path, id)
	for _, needed := range o.needs(id) {
		if o.template.Resources[needed] == nil {
			return fmt.Errorf("resource %s refers to %s, which the template does not have", id, needed)
		}
		if err := o.visit(needed); err != nil {
			return err
		}
	}
	o.path = o.path[:len(o.path)-1]
	o.done[id] = true
	o.order = append(o.order, id)
	return nil
}

func (o *ordering) needs(id string) []string {
	r := o.template.Resources[id]
	found := map[string]bool{}
	for _, other := range r.DependsOn {
		found[other] = true
	}
	o.collect(r.Properties, found)
	return slices.Sorted(maps.Keys(found))
}

// collect gathers the logical ids a value refers to.
func (o *ordering) collect(v any, found map[string]bool) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			o.collect(item, found)
		}
	case map[string]any:
		name, arg, ok := intrinsicOf(v)
		switch {
		case ok && name == "Ref":
			o.add(arg, found)
		case ok && name == "Fn::GetAtt":
			if id, _, err := attributeOf(arg); err == nil {
				o.add(id, found)
			}
		case ok && name == "Fn::Sub":
			o.collectSub(arg, found)
		default:
			for _, item := range v {
				o.collect(item, found)
			}
		}
	}
}

func (o *ordering) collectSub(arg any, found map[string]bool) {
	text, local, err := subOf(arg)
	if err != nil {
		return // reported with its place when the value is resolved
	}
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		id, _, _ := strings.Cut(m[1], ".")
		if _, own := local[m[1]]; !own && !strings.HasPrefix(m[1], "!") {
			o.add(id, found)
		}
	}
	for _, v := range local {
		o.collect(v, found)
	}
}

func (o *ordering) add(target any, found map[string]bool) {
	name, ok := target.(string)
	if _, parameter := o.template.Parameters[name]; !ok || parameter || strings.HasPrefix(name, "AWS::") {
		return
	}
	found[name] = true
}

// placeholder is Fn::Sub's ${Name}, ${Resource.Attribute} and the escape ${!Literal}.
var placeholder = regexp.MustCompile(`\$\{([^}]*)\}`)
