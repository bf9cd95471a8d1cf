package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A reference reads the package, one file for each service.
type reference struct {
	folder, version string
	services        map[string]map[string]listed // actions by service and name in lower case
	types           map[string]map[string]resourceType
}

// listed is an action as the package has it.
type listed struct {
	Name          string
	ResourceTypes []struct {
		Name          string
		Required      bool
		ConditionKeys []string
	}
	ConditionKeys []string
}

type resourceType struct {
	ARN  string   `json:"arn"`
	Keys []string `json:"conditionKeys"`
}

// an action as the table has it.
type action struct {
	name               string
	required, optional []string // resource types, "ssm document"
	keys               []string
}

func open(folder string) (*reference, error) {
	var about struct{ Version string }
	text, err := os.ReadFile(filepath.Join(folder, "package.json"))
	if err == nil {
		err = json.Unmarshal(text, &about)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the package of facts: %w; make differential installs it", err)
	}
	return &reference{folder: folder, version: about.Version, services: map[string]map[string]listed{}, types: map[string]map[string]resourceType{}}, nil
}

// read reads a service's file of a kind; a service without one has an empty map.
func read[T any](r *reference, known map[string]map[string]T, kind, service string) (map[string]T, error) {
	if found, ok := known[service]; ok {
		return found, nil
	}
	found := map[string]T{}
	text, err := os.ReadFile(filepath.Join(r.folder, "data", kind, service+".json"))
	if err == nil {
		err = json.Unmarshal(text, &found)
	}
	if err != nil && !os.IsNotExist(err) {
		return nil, fmt.Errorf("reading %s of %s: %w", kind, service, err)
	}
	known[service] = found
	return found, nil
}

func (r *reference) action(name string) (a action, known bool, err error) {
	service, operation, _ := strings.Cut(name, ":")
	all, err := read(r, r.services, "actions", service)
	if err != nil {
		return a, false, err
	}
	l, known := all[strings.ToLower(operation)]
	if !known || l.Name != operation {
		return a, false, nil
	}
	a.name, a.keys = name, slices.Clone(l.ConditionKeys)
	for _, t := range l.ResourceTypes {
		full := service + " " + strings.ToLower(t.Name)
		if t.Required {
			a.required = append(a.required, full)
		} else {
			a.optional = append(a.optional, full)
		}
		a.keys = append(a.keys, t.ConditionKeys...)
	}
	slices.Sort(a.keys)
	a.keys = slices.Compact(a.keys)
	return a, true, nil
}

func (r *reference) resourceType(full string) (resourceType, error) {
	service, name, _ := strings.Cut(full, " ")
	all, err := read(r, r.types, "resourceTypes", service)
	if err != nil {
		return resourceType{}, err
	}
	t, known := all[name]
	if !known {
		return t, fmt.Errorf("the reference has no resource type %s", full)
	}
	return t, nil
}
