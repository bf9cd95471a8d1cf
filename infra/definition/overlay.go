package definition

// overlay lays what an environment says over what holds everywhere: maps merge, lists and scalars replace, and null
// removes (a strategy of another kind needs it: {canary: null, linear: {...}}). Values keep the place where they
// were written, so that a problem points to the file to mend.
func overlay(base, over *node) *node {
	if base.form != mapping || over.form != mapping {
		return over
	}
	merged := &node{file: base.file, line: base.line, form: mapping, fields: map[string]*node{}}
	for key, value := range base.fields {
		merged.fields[key] = value
	}
	for key, value := range over.fields {
		switch below := base.fields[key]; {
		case value.form == scalar && value.value == nil:
			delete(merged.fields, key)
		case below != nil:
			merged.fields[key] = overlay(below, value)
		default:
			merged.fields[key] = value
		}
	}
	return merged
}

// plain is the value without places, as encoding/json and the schema know it.
func (n *node) plain() any {
	switch n.form {
	case mapping:
		fields := map[string]any{}
		for key, value := range n.fields {
			fields[key] = value.plain()
		}
		return fields
	case list:
		items := []any{}
		for _, item := range n.items {
			items = append(items, item.plain())
		}
		return items
	}
	return n.value
}
