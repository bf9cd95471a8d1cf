package commands

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// unrun are the commands that are not run here, by how they begin behind their variables, with the reason. The longest beginning counts.
// What make would do is looked at all the same (make -n), and whether what go test names is there.
var unrun = map[string]string{
	"make run":          "it stays up until Ctrl-C; test/sandbox/run tests it",
	"make demo":         "test/sandbox/run tests it, from compiling to the end of the show",
	"make test":         "this is one of its tests",
	"make race":         "it runs the tests again, for minutes",
	"make bench":        "it measures for minutes, and a measurement beside other tests is none",
	"make bench-judge":  "it simulates for minutes, and writes into docs; test/bench/judging tests it",
	"make picture":      "it writes into docs; infra/picture tests that this would change nothing",
	"make faults":       "it searches for hours; test/faults runs a part of it",
	"make load":         "it takes minutes and gigabytes; test/faults runs a part of it",
	"make mutants":      "it runs whole packages once for each line that it breaks",
	"make differential": "it takes the oracles from npm",
	"make facts":        "it takes AWS's reference from npm, and writes into the sandbox",
	"make sluice":       "it compiles the command line; infra/sluice tests what that does",
	"go install":        "it compiles the command line; infra/sluice tests what that does",
	"make build":        "it compiles every function for each kind, for minutes; infra/build tests what it makes of which",
	"make synth":        "it needs Node and the CDK from npm; infra/stack tests the templates",
	"make bootstrap":    "it needs an account of AWS: the sandbox is no CloudFormation that stacks are sent to",
	"aws cloudformation update-termination-protection":       "it needs an account of AWS: the sandbox is no CloudFormation that stacks are sent to",
	"aws codepipeline rollback-stage":                        "a stage that has succeeded takes a minute here; test/sandbox/codepipeline rolls stages back, and test/scenario finds that Sluice has done it",
	"curl -s https://slack.com/api/chat.postMessage":         "it needs a workspace of Slack",
	"aws secretsmanager create-secret --name checkout-hooks": "it makes a key for an endpoint of somebody's own; test/scenario makes one, and has an endpoint check what it signs",
	"aws ssm get-parameter-history":                          "it reads a parameter of somebody's own; test/scenario carries one, and reads its versions",
	"git pull":                                               "it fetches what others wrote",
	"make ready":                                             "it asks the account of whoever deploys; infra/ready tests what it says",
	"make deploy":                                            "it needs an account of AWS: the sandbox is no CloudFormation that stacks are sent to",
	"cdk bootstrap":                                          "it is what make bootstrap runs",
	"sluice":                                                 "infra/sluice tests what it does; and that it takes the words of all pages",
	"go test":                                                "go test runs these anyhow",
}

// reason is why a command is not run, and its row.
func reason(text string) (row, why string) {
	said := strings.TrimPrefix(text, variables.FindString(text))
	for begins := range unrun {
		if (said == begins || strings.HasPrefix(said, begins+" ")) && len(begins) > len(row) {
			row = begins
		}
	}
	return row, unrun[row]
}

var variables = regexp.MustCompile(`^` + assigned)

// looksRight checks what can be known of a command without running it.
func looksRight(t *testing.T, c command) {
	t.Helper()
	switch row, _ := reason(c.text); {
	case row == "go test":
		namesTests(t, c)
	case strings.HasPrefix(row, "make "):
		text := placeholder.ReplaceAllString(c.text, "other")
		cmd := exec.Command("sh", "-c", strings.Replace(text, "make ", "make -n CONCURRENCY=1000 ", 1))
		cmd.Dir, cmd.Env = root, clean()
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s:%d: %s: %v\n%s", c.page, c.line, c.text, err, out)
		}
	}
}

var placeholder = regexp.MustCompile(`<[^>]+>`)

// own are flags of go test itself that the pages use.
var own = []string{"run", "bench", "count", "v", "timeout"}

// namesTests checks that the packages of a go test command are there, with the tests, benchmarks and flags that it names.
func namesTests(t *testing.T, c command) {
	t.Helper()
	words := shellWords(t, c.text)[2:]
	var folders []string
	for len(words) > 0 && strings.HasPrefix(words[0], "-count") || len(words) > 0 && words[0][0] == '.' {
		if words[0][0] == '.' {
			folders = append(folders, words[0])
		}
		words = words[1:]
	}
	for _, folder := range folders {
		functions, flags := declared(t, filepath.Join(root, folder))
		if len(functions) == 0 {
			t.Errorf("%s:%d: %s: there are no tests in %s", c.page, c.line, c.text, folder)
		}
		for i, word := range words {
			if name, isFlag := strings.CutPrefix(word, "-"); isFlag && name != "" && !slices.Contains(own, name) && !slices.Contains(flags, name) {
				t.Errorf("%s:%d: %s: the tests of %s have no flag %s", c.page, c.line, c.text, folder, name)
			}
			if i == 0 || words[i] == "-" {
				continue
			}
			prefix := map[string]string{"-run": "Test", "-bench": "Benchmark"}[words[i-1]]
			for _, one := range strings.Split(word, "|") {
				if prefix != "" && !slices.ContainsFunc(functions, func(f string) bool { return strings.HasPrefix(f, prefix) && strings.Contains(f, one) }) {
					t.Errorf("%s:%d: %s: no %s in %s is called %s", c.page, c.line, c.text, strings.ToLower(prefix), folder, one)
				}
			}
		}
	}
}

// shellWords are the words of a command as a shell divides it.
func shellWords(t *testing.T, text string) []string {
	t.Helper()
	out, err := exec.Command("sh", "-c", `printf '%s\n' `+text).Output()
	if err != nil {
		t.Fatalf("dividing %s: %v", text, err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

// declared are the functions in the tests of a folder, and the flags that they add to go test.
func declared(t *testing.T, folder string) (functions, flags []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				functions = append(functions, n.Name.Name)
			case *ast.CallExpr:
				flags = append(flags, flagOf(n)...)
			}
			return true
		})
	}
	return functions, flags
}

// flagOf is the flag that a call of package flag defines, if it does.
func flagOf(call *ast.CallExpr) []string {
	of, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) == 0 {
		return nil
	}
	if from, ok := of.X.(*ast.Ident); !ok || from.Name != "flag" {
		return nil
	}
	name, ok := call.Args[0].(*ast.BasicLit)
	if !ok {
		return nil
	}
	return []string{strings.Trim(name.Value, `"`)}
}
