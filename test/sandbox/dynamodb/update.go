package dynamodb

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// An update is an update expression bound to the placeholders of a request. Every action reads the item as it was
// before the update, so SET a = b, b = a swaps, and indexes in a list mean the old list.
type update struct {
	scope   *scope
	actions []action
	targets tree
}

// bindUpdate resolves the targets and checks what the request alone tells of the operands.
func bindUpdate(s *scope, actions []action) (*update, error) {
	paths := make([]path, len(actions))
	for i, a := range actions {
		paths[i] = a.target
		if err := a.check(s); err != nil {
			return nil, err
		}
	}
	targets, err := growTree(s, paths)
	return &update{scope: s, actions: actions, targets: targets}, err
}

var operandNames = map[string]string{
	"S": "STRING", "N": "NUMBER", "B": "BINARY", "NULL": "NULL", "BOOL": "BOOLEAN", "L": "LIST", "M": "MAP",
}

func (a action) check(s *scope) error {
	if a.operand == nil {
		return nil
	}
	if a.clause == setClause {
		return a.operand.check(s)
	}
	code := knownType(s, a.operand.(fetched).from)
	name, notSet := operandNames[code]
	if notSet && (a.clause != addClause || code != "N") {
		return complain("Incorrect operand type for operator or function; operator: %s, operand type: %s", a.clause, name)
	}
	return nil
}

// changes reports whether the update touches the attribute.
func (u *update) changes(attribute string) bool {
	return slices.ContainsFunc(u.targets, func(b branch) bool { return b.name == attribute })
}

// reachesInto reports whether the update treats the attribute as a document.
func (u *update) reachesInto(attribute string) bool {
	return slices.ContainsFunc(u.targets, func(b branch) bool { return b.name == attribute && b.leaf < 0 })
}

// apply makes the new item; the old one stays as it is.
func (u *update) apply(old item) (item, error) {
	results := make([]types.AttributeValue, len(u.actions))
	for i, a := range u.actions {
		result, err := a.result(u.scope, old)
		if err != nil {
			return nil, err
		}
		results[i] = result
	}
	return u.targets.rebuild(old, results)
}

// result is what an action leaves in its place; nil leaves nothing.
func (a action) result(s *scope, old item) (types.AttributeValue, error) {
	if a.clause == removeClause {
		return nil, nil
	}
	operand, err := a.operand.evaluate(s, old)
	if err != nil || a.clause == setClause {
		return operand, err
	}
	present := a.target.value(s, old)
	if a.clause == addClause {
		return addTo(present, operand)
	}
	return deleteFrom(present, operand)
}

// addTo is ADD: a number is added to a number (absent: 0), elements join a set (absent: empty).
func addTo(present, operand types.AttributeValue) (types.AttributeValue, error) {
	if present == nil {
		return operand, nil
	}
	if typeCode(present) != typeCode(operand) {
		return nil, wrongOperand()
	}
	if n, ok := present.(*types.AttributeValueMemberN); ok {
		sum, err := addNumbers(n.Value, operand.(*types.AttributeValueMemberN).Value, false)
		return &types.AttributeValueMemberN{Value: sum}, err
	}
	have, _ := elements(present)
	more, _ := elements(operand)
	union := slices.Clone(have)
	for _, element := range more {
		if !slices.Contains(have, element) {
			union = append(union, element)
		}
	}
	return setOf(typeCode(present), union), nil
}

// deleteFrom is DELETE: elements leave a set, and the last one takes the attribute with it.
func deleteFrom(present, operand types.AttributeValue) (types.AttributeValue, error) {
	if present == nil {
		return nil, nil
	}
	if typeCode(present) != typeCode(operand) {
		return nil, wrongOperand()
	}
	have, _ := elements(present)
	gone, _ := elements(operand)
	rest := slices.DeleteFunc(slices.Clone(have), func(e string) bool { return slices.Contains(gone, e) })
	if len(rest) == 0 {
		return nil, nil
	}
	return setOf(typeCode(present), rest), nil
}

func wrongOperand() error {
	return invalid("An operand in the update expression has an incorrect data type")
}

func wrongPath() error {
	return invalid("The document path provided in the update expression is invalid for update")
}

// rebuild copies the maps and lists on the way to the leaves and puts the results there.
func (t tree) rebuild(old item, results []types.AttributeValue) (item, error) {
	made := maps.Clone(old)
	if made == nil {
		made = item{}
	}
	for _, b := range t {
		v, err := b.rebuilt(old[b.name], results)
		if err != nil {
			return nil, err
		}
		if v == nil {
			delete(made, b.name)
		} else {
			made[b.name] = v
		}
	}
	return made, nil
}

func (b branch) rebuilt(old types.AttributeValue, results []types.AttributeValue) (types.AttributeValue, error) {
	if b.leaf >= 0 {
		return results[b.leaf], nil
	}
	inList := b.twigs[0].element
	switch old := old.(type) {
	case *types.AttributeValueMemberM:
		if inList {
			return nil, wrongPath()
		}
		fields, err := b.twigs.rebuild(old.Value, results)
		return &types.AttributeValueMemberM{Value: fields}, err
	case *types.AttributeValueMemberL:
		if !inList {
			return nil, wrongPath()
		}
		list, err := b.twigs.rebuildList(old.Value, results)
		return &types.AttributeValueMemberL{Value: list}, err
	}
	return nil, wrongPath()
}

// rebuildList sets beyond the end by appending and closes the gaps of removed elements.
func (t tree) rebuildList(old []types.AttributeValue, results []types.AttributeValue) ([]types.AttributeValue, error) {
	made := slices.Clone(old)
	for _, b := range t {
		if b.index >= len(old) {
			if b.leaf < 0 {
				return nil, wrongPath()
			}
			made = append(made, results[b.leaf])
			continue
		}
		v, err := b.rebuilt(old[b.index], results)
		if err != nil {
			return nil, err
		}
		made[b.index] = v
	}
	return slices.DeleteFunc(made, func(v types.AttributeValue) bool { return v == nil }), nil
}
