package convert

import (
	"fmt"
	"regexp"

	"sluice/shared/kind"
)

// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
const serverless = "AWS::Serverless::Function"

// isSAM says whether a document is a template with a function, or globals, that have a DeploymentPreference.
func isSAM(v *value) bool {
	resources := v.resources()
	for _, k := range resources.keysOf() {
		r := resources.fields[k]
		if r.has("Type") && r.fields["Type"].string() == serverless && (r.has("Properties") && r.fields["Properties"].has("DeploymentPreference") || v.has("Globals") && v.fields["Globals"].has("Function") && v.fields["Globals"].fields["Function"].has("DeploymentPreference")) {
			return true
		}
	}
	return false
}

func (v *value) resources() *value {
	if !v.has("Resources") || v.fields["Resources"].form != mapping {
		return nil
	}
	return v.fields["Resources"]
}

func (v *value) keysOf() []string {
	if v == nil {
		return nil
	}
	return v.keys
}

// readSAM makes a draft of each function that CodeDeploy releases.
func readSAM(all []*value, w Wish, found *Result) {
	for _, root := range all {
		if !isSAM(root) {
			continue
		}
		t := template{root, w.Stack}
		resources := root.resources()
		for _, logical := range resources.keys {
			if r := resources.fields[logical]; r.has("Type") && r.fields["Type"].string() == serverless {
				f := function{template: t, wish: w, logical: logical, line: r.line, own: r.at("Properties"), globals: root.at("Globals", "Function")}
				f.read(found)
			}
		}
	}
}

// A function is one of the template.
type function struct {
	template
	wish         Wish
	logical      string
	line         int
	own, globals *value
	notes        notes
}

// of is a property of the function, or of all (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html).
func (f *function) of(name string) *value {
	if v := f.own.at(name); v != nil {
		return v
	}
	return f.globals.at(name)
}

// preference is a part of the DeploymentPreference: a function's own stands over that of all, part by part.
func (f *function) preference(name string) *value {
	if v := f.own.at("DeploymentPreference", name); v != nil {
		return v
	}
	return f.globals.at("DeploymentPreference", name)
}

func (f *function) read(found *Result) {
	if !f.own.has("DeploymentPreference") && !f.globals.has("DeploymentPreference") {
		return
	}
	enabled := f.preference("Enabled")
	if m := f.means(enabled, ""); m.clear && !(&value{text: m.text}).yes(true) {
		f.own.at("DeploymentPreference").whole()
		found.Notes = append(found.Notes, Note{enabled.where(), f.logical + ": " + enabled.short(), Kept, "no definition is made: CodeDeploy does not release " + f.logical + " either", ""})
		return
	} else if enabled != nil && !m.clear {
		f.notes.differs(enabled.whole(), "a definition is made, as if it were true", "leave the definition out of the environments where it is not")
	}
	if p := f.own.fields["DeploymentPreference"]; p != nil && p.tag != "" {
		f.notes.lost(p.whole(), "which preference is meant is known when the template is deployed", "name the configuration and the alarms: --deployment-config, --alarm")
	}
	d := Draft{Service: serviceName(f.logical), From: "function " + f.logical, Line: f.line, Kind: kind.LambdaAliasID, Answers: map[string]string{}}
	f.target(&d)
	f.strategy(&d, found)
	f.alarms(&d)
	f.hooks(&d)
	f.others()
	if f.own.has("DeploymentPreference") {
		f.notes.left(f.own.fields["DeploymentPreference"], "AWS SAM")
	}
	if f.globals.has("DeploymentPreference") {
		f.notes.left(f.globals.fields["DeploymentPreference"], "AWS SAM")
	}
	d.Notes = f.notes.sorted()
	found.Drafts = append(found.Drafts, d)
}

// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
var functionName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// target is the function and its alias. One without a name gets one from CloudFormation, which the template does not know.
func (f *function) target(d *Draft) {
	name := f.own.at("FunctionName")
	m := f.means(name, "FunctionName")
	if !m.clear {
		m = meaning{text: f.logical, how: "its name in the template: CloudFormation gives it another one", clear: true}
		f.notes = append(f.notes, Note{f.line, "function " + f.logical + ", without FunctionName", Differs, "target.lambdaAlias.function is " + f.logical + ", " + m.how, f.physical(f.logical)})
	} else if !m.sure {
		f.notes.differs(name, "target.lambdaAlias.function is "+m.text+", "+m.how, f.physical(f.logical))
	} else {
		f.notes.kept(name, "target.lambdaAlias.function is "+m.text+because(m.how))
		d.Service = serviceName(m.text)
	}
	if d.Answers["function"] = m.text; !functionName.MatchString(m.text) {
		delete(d.Answers, "function")
	}
	alias := f.of("AutoPublishAlias")
	switch m := f.means(alias, ""); {
	case m.clear:
		d.Answers["alias"] = m.text
		f.notes.differs(alias, "target.lambdaAlias.alias is "+m.text+because(m.how)+". SAM moves that alias to the new version at each deployment, past Sluice",
			"before the first release, delete DeploymentPreference and write AutoPublishCodeSha256: sluice beside it, so that SAM leaves the alias alone; have the job publish versions (docs/coming-from.md)")
	case alias != nil:
		f.notes.lost(alias.whole(), "which alias is meant is known when the template is deployed", "name it: --alias")
	}
	if p := f.of("ProvisionedConcurrencyConfig"); p != nil {
		f.notes.lost(p.whole(), "Lambda gives no weights to an alias with provisioned concurrency", "take it off the alias before the first release: Sluice refuses such an alias, with the command")
	}
}

func because(how string) string {
	if how == "" {
		return ""
	}
	return " (" + how + ")"
}

// strategy is the Type.
func (f *function) strategy(d *Draft, found *Result) {
	typ := f.preference("Type")
	where := f.own.fields["DeploymentPreference"]
	if typ == nil && where == nil {
		where = f.globals.fields["DeploymentPreference"]
	}
	m := f.means(typ, "DeploymentConfigName")
	if i, ok := f.made(typ, m); ok {
		d.said.Strategy = i.strategy()
		f.notes.kept(typ, i.String()+" (the DeploymentConfig of this template)")
		return
	}
	i, readable := named(m.text, "Lambda")
	given, filled := named(f.wish.Config, "Lambda")
	switch fromParameter := m.how != ""; {
	case typ != nil && m.clear && readable && !(fromParameter && filled):
		d.said.Strategy = i.strategy()
		if says := i.String() + because(m.how); i.known && !fromParameter {
			f.notes.kept(typ, says)
		} else if i.known {
			f.notes.differs(typ, says, "if another value is given where it is deployed, say it: --deployment-config")
		} else {
			f.notes.differs(typ, says+", as the name says it", "hold that against aws deploy get-deployment-config --deployment-config-name "+m.text)
		}
	case filled:
		d.said.Strategy = given.strategy()
		line := Note{where.where(), "Type: " + typ.orText("nothing"), Differs, given.String() + ", as --deployment-config says", ""}
		f.notes = append(f.notes, line)
		typ.whole()
	default:
		typ.whole()
		why := fmt.Sprintf("Line %d does not tell how %s is shifted (%s).", max(typ.where(), where.where()), f.logical, clip(typ.orText("there is no Type")))
		if f.wish.Config != "" {
			why = fmt.Sprintf("%q is no deployment configuration of Lambda that shifts traffic.", f.wish.Config)
		}
		found.want(wantConfig("Lambda", why))
	}
}

// orText is the value in one line, or what stands for nothing.
func (v *value) orText(nothing string) string {
	if v == nil {
		return nothing
	}
	return v.flow()
}

// made is the configuration that the template makes itself, under its logical id or its name.
func (f *function) made(typ *value, m meaning) (increment, bool) {
	resources := f.root.resources()
	for _, k := range resources.keysOf() {
		r := resources.fields[k]
		if !r.has("Type") || r.fields["Type"].string() != "AWS::CodeDeploy::DeploymentConfig" {
			continue
		}
		if typ.logical() == k || m.clear && m.text == f.means(r.at("Properties", "DeploymentConfigName"), "").text {
			return custom(r.at("Properties"))
		}
	}
	return increment{}, false
}
