package commands

import (
	"os"
	"path/filepath"
	"strings"

	"sluice/infra/definition"
)

// converted are the commands of the page for those who come from another tool.
var converted = map[string]row{
	"sluice init --from template.yaml": {
		folder: func(s *story) string { // a checkout without definitions, with the template that the page shows
			folder := s.T.TempDir()
			schema, err := os.ReadFile(filepath.Join(root, definition.SchemaFile))
			s.must(err)
			for name, text := range map[string]string{definition.SchemaFile: string(schema), definition.Folder + "/.keep": "", "template.yaml": shown(s, "# template.yaml\n")} {
				s.must(os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755))
				s.file(folder, name, text)
			}
			return folder
		},
		then: func(s *story, said string) {
			for line := range strings.Lines(shown(s, "template.yaml is a template")) {
				if strings.TrimSpace(line) != "…" {
					s.says(said, strings.TrimSuffix(line, "\n"))
				}
			}
		},
	},
}

// shown is the block of the page that begins with a text.
func shown(s *story, begins string) string {
	page, err := os.ReadFile(filepath.Join(root, "docs", "coming-from.md"))
	s.must(err)
	_, block, found := strings.Cut(string(page), "\n"+begins)
	if !found {
		s.T.Fatalf("the page shows nothing that begins with %q", begins)
	}
	block, _, _ = strings.Cut(block, "```")
	return begins + block
}
