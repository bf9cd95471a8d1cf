package wire

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A form is a structure, list or map of the query protocol:
// "Dimensions.member.1.Name=Alias" is {"Dimensions": {"member": {"1": {"Name": "Alias"}}}}.
type form map[string]any

// parseForm reads a request's parameters into a tree.
func parseForm(encoded string) (form, error) {
	values, err := url.ParseQuery(encoded)
	if err != nil {
		return nil, &Error{Code: "MalformedQueryString", Message: "sandbox: " + err.Error()}
	}
	root := form{}
	for name, value := range values {
		if !root.put(strings.Split(name, "."), text(value[0])) {
			return nil, &Error{Code: "MalformedQueryString", Message: "sandbox: " + name + " is both a value and a structure"}
		}
	}
	return root, nil
}

func (f form) put(path []string, value text) bool {
	for ; len(path) > 1; path = path[1:] {
		inner, ok := f[path[0]].(form)
		if !ok {
			if f[path[0]] != nil {
				return false
			}
			inner = form{}
			f[path[0]] = inner
		}
		f = inner
	}
	if f[path[0]] != nil {
		return false
	}
	f[path[0]] = value
	return true
}

// items is the form as a list, in the order of its numbers. Lists are "Name.member.1" or, flattened, "Name.1".
func (f form) items(wrapper string) (items []any, ok bool) {
	if inner, wrapped := f[wrapper].(form); wrapped {
		f = inner
	}
	numbers := make([]int, 0, len(f))
	for key := range f {
		n, err := strconv.Atoi(key)
		if err != nil {
			return nil, false
		}
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		items = append(items, f[strconv.Itoa(n)])
	}
	return items, true
}

// entries is the form as a map. Each entry has a key and a value, which SNS and SQS call Name and Value.
func (f form) entries() (entries map[string]any, ok bool) {
	items, ok := f.items("entry")
	entries = make(map[string]any, len(items))
	for _, item := range items {
		entry, _ := item.(form)
		key, hasKey := entry.either("key", "Name", "Key").(text)
		if !hasKey {
			return nil, false
		}
		entries[string(key)] = entry.either("value", "Value")
	}
	return entries, ok
}

func (f form) either(names ...string) any {
	for _, name := range names {
		if v := f[name]; v != nil {
			return v
		}
	}
	return nil
}
