package convert

import (
	"fmt"
	"regexp"
	"strings"
)

// A template is a template of CloudFormation, in which values may be functions of others.
type template struct {
	root  *value
	stack string // that it is deployed as; or empty
}

// A meaning is what a value stands for, as far as the template tells.
type meaning struct {
	text  string
	how   string // where the text comes from, if it does not stand there: "the default of parameter Stage"
	sure  bool   // it is what the account has, and no name of the template
	clear bool   // there is a text at all
}

// variable is one of Fn::Sub: ${AWS::StackName}, ${Stage}, ${Alarm.Arn}.
var variable = regexp.MustCompile(`\$\{([^!}][^}]*)\}`)

// deepest is how far values are followed that stand for values.
const deepest = 8

// means follows a value. property is how a resource of the template is called in the account: "AlarmName".
func (t template) means(v *value, property string) meaning { return t.follow(v, property, deepest) }

func (t template) follow(v *value, property string, depth int) meaning {
	if v == nil || depth == 0 {
		return meaning{}
	}
	v.taken = true
	switch v.tag {
	case "":
		return meaning{text: v.string(), sure: true, clear: v.form == scalar && v.string() != ""}
	case "!Ref":
		return t.refer(v.string(), property, depth)
	case "!GetAtt":
		logical := v.string()
		if v.form == list && len(v.items) > 0 {
			logical = v.items[0].string()
		}
		logical, _, _ = strings.Cut(logical, ".")
		return t.refer(logical, property, depth)
	case "!Sub":
		return t.substitute(v, property, depth)
	}
	return meaning{}
}

// refer is what the logical id of a parameter or a resource stands for.
func (t template) refer(logical, property string, depth int) meaning {
	if logical == "AWS::StackName" && t.stack != "" {
		return meaning{text: t.stack, how: "the stack " + t.stack, sure: true, clear: true}
	}
	if strings.HasPrefix(logical, "AWS::") {
		return meaning{}
	}
	if p := t.root.fields["Parameters"]; p.has(logical) {
		if fallback := p.fields[logical].at("Default"); fallback != nil {
			return meaning{text: fallback.string(), how: "the default of parameter " + logical, sure: true, clear: fallback.string() != ""}
		}
		return meaning{text: logical, how: "the name of a parameter without a default", clear: true}
	}
	if r := t.root.fields["Resources"]; r.has(logical) {
		if named := r.fields[logical].at("Properties", property); named != nil {
			found := t.follow(named, property, depth-1)
			if found.clear {
				found.how = strings.TrimSuffix(fmt.Sprintf("%s of %s, %s", property, logical, found.how), ", ")
				return found
			}
		}
		return meaning{text: logical, how: "its name in the template: CloudFormation gives it another one", clear: true}
	}
	return meaning{text: logical, how: "a name that the template does not explain", clear: true}
}

// substitute fills in what is known. What is not is kept by its name.
func (t template) substitute(v *value, property string, depth int) meaning {
	text, own := v, (*value)(nil)
	if v.form == list && len(v.items) > 0 {
		if text = v.items[0]; len(v.items) > 1 {
			own = v.items[1]
		}
	}
	found := meaning{sure: true, clear: true}
	found.text = variable.ReplaceAllStringFunc(text.string(), func(whole string) string {
		name := variable.FindStringSubmatch(whole)[1]
		m := meaning{}
		if own.has(name) {
			m = t.follow(own.fields[name], property, depth-1)
		} else {
			logical, _, _ := strings.Cut(name, ".")
			m = t.refer(logical, property, depth)
		}
		if found.sure = found.sure && m.sure; !m.clear || !m.sure {
			found.sure = false
			return strings.NewReplacer("AWS::", "", "::", "", ".", "-").Replace(name)
		}
		return m.text
	})
	if found.how = "filled in"; !found.sure {
		found.how = "with names of the template where it says values that are known when it is deployed"
	}
	return found
}

// physical is the command that tells how a resource of a stack is called.
func (t template) physical(logical string) string {
	stack := t.stack
	if stack == "" {
		stack = "STACK"
	}
	return fmt.Sprintf("write the real name: aws cloudformation describe-stack-resource --stack-name %s --logical-resource-id %s --query StackResourceDetail.PhysicalResourceId", stack, logical)
}

// find is the command that tells what a value stands for; list lists all of its sort.
func (t template) find(v *value, list string) string {
	switch {
	case v.logical() != "":
		return t.physical(v.logical())
	case t.stack == "" && strings.Contains(v.flow(), "AWS::StackName"):
		return "say how the stack is called, --stack, or write the real name: " + list
	}
	return "write the real name: " + list
}

// logical is the logical id that a value refers to; empty when it is none.
func (v *value) logical() string {
	if v == nil || v.tag != "!Ref" && v.tag != "!GetAtt" {
		return ""
	}
	name, _, _ := strings.Cut(v.string(), ".")
	if v.form == list && len(v.items) > 0 {
		name = v.items[0].string()
	}
	return name
}
