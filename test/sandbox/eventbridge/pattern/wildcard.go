package pattern

import "strings"

// wildcard takes a text in which * stands for any characters, none included; \* and \\ are the characters themselves.
func wildcard(operand any) (test, error) {
	source, ok := operand.(string)
	if !ok {
		return nil, refuse("wildcard match pattern must be a string")
	}
	parts, err := split(source)
	if err != nil {
		return nil, err
	}
	return onString(func(s string) bool { return glob(parts, s) }), nil
}

// split cuts a wildcard text at its stars.
func split(source string) ([]string, error) {
	var parts []string
	var part strings.Builder
	for i := 0; i < len(source); i++ {
		switch c := source[i]; c {
		case '\\':
			if i++; i == len(source) || (source[i] != '*' && source[i] != '\\') {
				return nil, refuse("Invalid escape character at pos %d", i-1)
			}
			part.WriteByte(source[i])
		case '*':
			if part.Len() == 0 && len(parts) > 0 {
				return nil, refuse("Consecutive wildcard characters at pos %d", i-1)
			}
			parts = append(parts, part.String())
			part.Reset()
		default:
			part.WriteByte(c)
		}
	}
	return append(parts, part.String()), nil
}

// glob wants the first part at the beginning, the last at the end, and the others in their order between; taking each
// at its first place is never wrong, because a star gives way.
func glob(parts []string, s string) bool {
	first, last := parts[0], parts[len(parts)-1]
	if len(parts) == 1 {
		return s == first
	}
	if len(s) < len(first)+len(last) || !strings.HasPrefix(s, first) || !strings.HasSuffix(s, last) {
		return false
	}
	s = s[len(first) : len(s)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(s, part)
		if i < 0 {
			return false
		}
		s = s[i+len(part):]
	}
	return true
}
