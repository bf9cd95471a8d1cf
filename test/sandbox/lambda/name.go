package lambda

import (
	"regexp"
	"strings"
)

// latest is the qualifier of the one version that can be changed.
const latest = "$LATEST"

// A reference names a function and, perhaps, one of its versions or aliases.
type reference struct{ name, qualifier string }

var (
	namePattern      = regexp.MustCompile(`^[a-zA-Z0-9-_]{1,64}$`)
	qualifierPattern = regexp.MustCompile(`^(\$LATEST|[a-zA-Z0-9-_]{1,128})$`)
	versionPattern   = regexp.MustCompile(`^[0-9]+$`)
)

// refer reads a function's name in any form AWS takes (name, partial ARN, ARN, each with or without qualifier) and the
// separate qualifier of the call. The two qualifiers must agree
// (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).
func (s *Service) refer(function, qualifier *string) (reference, error) {
	text := deref(function)
	path, err := s.local(text)
	if err != nil {
		return reference{}, err
	}
	name, inName, _ := strings.Cut(path, ":")
	given := deref(qualifier)
	if inName != "" && given != "" && inName != given {
		return reference{}, invalid("The derived qualifier from the function name does not match the specified qualifier.")
	}
	ref := reference{name: name, qualifier: given + inName}
	if inName == given {
		ref.qualifier = given
	}
	if !namePattern.MatchString(ref.name) || (ref.qualifier != "" && !qualifierPattern.MatchString(ref.qualifier)) {
		return reference{}, invalid("1 validation error detected: Value '%s' at 'functionName' failed to satisfy constraint: "+
			"Member must satisfy regular expression pattern of a function name or ARN", text)
	}
	return ref, nil
}

// local strips what an ARN or partial ARN says about region and account, and refuses a foreign one.
func (s *Service) local(text string) (string, error) {
	home := s.o.Home
	if rest, isARN := strings.CutPrefix(text, "arn:"); isARN {
		parts := strings.SplitN(rest, ":", 6) // aws:lambda:region:account:function:name[:qualifier]
		if len(parts) < 6 || parts[1] != "lambda" || parts[4] != "function" {
			return "", invalid("Invalid ARN: %s", text)
		}
		if parts[2] != home.Region {
			return "", notFound("Functions from '%s' are not reachable in this region ('%s')", parts[2], home.Region)
		}
		if parts[3] != home.Account {
			return "", notFound("Function not found: %s", text)
		}
		return parts[5], nil
	}
	text = strings.TrimPrefix(text, home.Account+":")
	return strings.TrimPrefix(text, "function:"), nil
}

// arn of what a reference names.
func (s *Service) arn(r reference) string {
	arn := s.o.Home.ARN("lambda", "function:"+r.name)
	if r.qualifier != "" {
		arn += ":" + r.qualifier
	}
	return arn
}

// version is the qualifier, or $LATEST when there is none.
func (r reference) version() string {
	if r.qualifier == "" {
		return latest
	}
	return r.qualifier
}

func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
