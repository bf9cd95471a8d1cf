package codebuild

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// spec is a buildspec, version 0.2, as far as it is carried out here
// (https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html).
type spec struct {
	Version float64 `yaml:"version"`
	Env     struct {
		Shell     string            `yaml:"shell"`
		Variables map[string]string `yaml:"variables"`
		Exported  []string          `yaml:"exported-variables"`
	} `yaml:"env"`
	Phases map[string]phase `yaml:"phases"`
}

type phase struct {
	Commands []string `yaml:"commands"`
	Finally  []string `yaml:"finally"`
}

// order is the order of the phases, whatever the buildspec's is.
var order = []string{"install", "pre_build", "build", "post_build"}

// readSpec reads a buildspec and refuses what it cannot carry out, by name.
func readSpec(file string) (spec, error) {
	var s spec
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return s, errors.New("YAML_FILE_ERROR: stat buildspec.yml: no such file or directory")
	}
	if err != nil {
		return s, fmt.Errorf("reading the buildspec: %w", err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&s); err != nil {
		return s, fmt.Errorf("YAML_FILE_ERROR: %w", err)
	}
	if s.Version != 0.2 || s.Env.Shell != "" && s.Env.Shell != "bash" {
		return s, errors.New("YAML_FILE_ERROR: the sandbox knows version 0.2 and the shell bash only")
	}
	for name := range s.Phases {
		if !slices.Contains(order, name) {
			return s, fmt.Errorf("YAML_FILE_ERROR: Unknown phase %s", name)
		}
	}
	return s, nil
}

// script is one program for a shell, so that directories and variables carry over from command to command, as they do in version 0.2. It
// says on descriptor 3, which the commands do not get, which phase and command failed, what the exported variables are, and that it came
// to its end: a command that ends the shell fails the build. When a build fails, post_build runs
// all the same; a phase that fails before it ends the build.
func (s spec) script() string {
	var b strings.Builder
	b.WriteString("export CODEBUILD_BUILD_SUCCEEDING=1\nsluice_over=\n")
	for _, name := range order {
		p, given := s.Phases[name]
		if !given {
			continue
		}
		fmt.Fprintf(&b, "if [ -z \"$sluice_over\" ]; then\necho '[Container] Entering phase %s'\nsluice_failed=\n", strings.ToUpper(name))
		for _, c := range p.Commands {
			fmt.Fprintf(&b, "if [ -z \"$sluice_failed\" ]; then\necho \"[Container] Running command \"%s\n{\n%s\n} 3>&-\nsluice_rc=$?\nif [ $sluice_rc -ne 0 ]; then sluice_failed=1; export CODEBUILD_BUILD_SUCCEEDING=0; printf 'failed %%s %%d %%s\\n' %s $sluice_rc %s >&3; fi\nfi\n",
				quote(c), c, strings.ToUpper(name), quote(oneLine(c)))
		}
		for _, c := range p.Finally {
			fmt.Fprintf(&b, "echo \"[Container] Running command \"%s\n{\n%s\n} 3>&-\nsluice_rc=$?\nif [ $sluice_rc -ne 0 ]; then sluice_failed=1; printf 'failed %%s %%d %%s\\n' %s $sluice_rc %s >&3; fi\n", quote(c), c, strings.ToUpper(name), quote(oneLine(c)))
		}
		if name != "build" {
			b.WriteString("[ -n \"$sluice_failed\" ] && sluice_over=1\n")
		}
		fmt.Fprintf(&b, "echo '[Container] Phase complete: %s'\nfi\n", strings.ToUpper(name))
	}
	for _, name := range s.Env.Exported {
		fmt.Fprintf(&b, "printf 'exported %%s %%s\\n' %s \"${%s-}\" >&3\n", quote(name), name)
	}
	b.WriteString("echo done >&3\nexit 0\n")
	return b.String()
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// quote makes a text one word of the shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
