package rollout

import (
	"fmt"
	"slices"
	"strings"
)

// Names of parameters that can be written, and of those that can be read: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
// and, for labels, https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_LabelParameterVersion.html.
const (
	parameterWritten expression = `^/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){0,14}$`
	parameterRead    expression = `^(arn:[^ ]+:ssm:[a-z0-9-]+:[0-9]{12}:parameter)?/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){0,14}(:[A-Za-z0-9_.-]{1,100})?$`
)

// validateCarries checks what several hooks carry together.
func (d Definition) validateCarries(found *problems) {
	seen := map[string]bool{}
	for _, c := range d.Carries() {
		found.check(!seen[c.Parameter], "hooks", fmt.Sprintf("%.60q is carried twice", c.Parameter), "carry it once: the second could not be told from somebody else's")
		seen[c.Parameter] = true
	}
}

func (h Hook) validateCarry(at string, all []Hook, found *problems) {
	j := h.Job
	found.check(j.Runs() == "" && len(j.Payload) == 0 && len(j.Parameters) == 0 && j.Within == 0, at, "a hook that carries runs nothing else", "leave out lambda, http, codeBuild, automation, payload, parameters and within, or write two hooks")
	found.check(len(h.Carry) <= mostCarried, at+".carry", fmt.Sprintf("%d parameters are too many", len(h.Carry)), fmt.Sprintf("write at most %d, or a second hook", mostCarried))
	if h.After != "" {
		of := strings.TrimSuffix(h.Name, putsBack)
		found.check(slices.ContainsFunc(all, func(o Hook) bool { return o.After == "" && o.Name == of && len(o.Carry) > 0 }), at+".after", "there would be nothing to take back when it fails", "write before: or beforeStep:; what a hook carries is put back by itself")
	} else {
		found.check(!slices.ContainsFunc(all, func(o Hook) bool { return o.Name == h.Name+putsBack && len(o.Carry) == 0 }), at+".name", fmt.Sprintf("%s%s is the hook that puts back what this one carries", h.Name, putsBack), "give the other hook another name")
		found.check(serviceName.MatchString(h.Name+putsBack), at+".name", fmt.Sprintf("%.60q is too long", h.Name), fmt.Sprintf("use at most %d characters: %s is added for the hook that puts back", 40-len(putsBack), putsBack))
	}
	for i, c := range h.Carry {
		c.validate(fmt.Sprintf("%s.carry[%d]", at, i), found)
	}
}

func (c Carry) validate(at string, found *problems) {
	found.check(parameterWritten.MatchString(c.Parameter) && len(c.Parameter) <= 1011, at+".parameter", fmt.Sprintf("%.60q is not a parameter's name", c.Parameter), "write the full name without a version, such as /checkout/production/limit")
	found.check(!strings.HasPrefix(c.Parameter, "/sluice/"), at+".parameter", "it is one of Sluice's own", "choose another name: what is below /sluice/ says how services are released")
	found.check(parameterRead.MatchString(c.From), at+".from", fmt.Sprintf("%.60q is not a parameter", c.From), "write a name such as /checkout/staging/limit, perhaps with a label after a colon, or the ARN of a parameter that is shared with this account")
	found.check(c.Source() != c.Parameter, at+".from", "it is the parameter that is written", "name the one of the environment before")
	found.check(c.Key == "" || kmsKey.MatchString(c.Key), at+".key", fmt.Sprintf("%.60q is not the ARN of a key", c.Key), "write the key's ARN, not that of an alias")
}
