// Package typed reads what a person typed on a command line. A word that cannot be meant is an error that says what was found and the right form.
package typed

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	// An environment's name must leave room in the name with the lowest limit that holds it: a function's, with 64 characters.
	environment = regexp.MustCompile(`^[a-z][a-z0-9-]{0,19}$`)
	// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
	region = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+){1,3}-[0-9]{1,2}$`)
	zone   = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+){1,3}-[0-9]{1,2}[a-z]$`)
)

// Environment checks the name of an environment.
func Environment(name string) error {
	if name == "templates" {
		return fmt.Errorf("reading environment %q: the folder infra/services/templates holds what definitions share; choose another name", name)
	}
	if environment.MatchString(name) {
		return nil
	}
	err := fmt.Errorf("reading environment %q: use 1 to 20 lower-case letters, digits and hyphens, starting with a letter", name)
	if small := strings.ToLower(strings.TrimSpace(name)); environment.MatchString(small) {
		err = fmt.Errorf("%w; did you mean %s?", err, small)
	}
	return err
}

// Region checks the name of a Region.
func Region(name string) error {
	switch small := strings.ToLower(strings.TrimSpace(name)); {
	case region.MatchString(name):
		return nil
	case region.MatchString(small):
		return fmt.Errorf("reading Region %q: did you mean %s?", name, small)
	case zone.MatchString(small):
		return fmt.Errorf("reading Region %q: this is one of its availability zones; did you mean %s?", name, small[:len(small)-1])
	}
	return fmt.Errorf("reading Region %q: write its code, such as eu-central-1 (aws ec2 describe-regions lists them)", name)
}

// Port reads a port of this machine.
func Port(text string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 0 || n > 65535 {
		return 0, fmt.Errorf("reading port %q: write a number from 1024 to 65535, such as PORT=4600, or 0 for one that is free", text)
	}
	return n, nil
}
