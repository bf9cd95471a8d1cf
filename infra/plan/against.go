package plan

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"sluice/infra/definition"
	"sluice/infra/typed"
)

// Against says what this checkout changes in how services are released, against what a commit has, in Markdown for a comment on a pull request: each
// service that is released otherwise, value by value, with what a release would do from then on. A service that is named is always among them. When
// the definitions are wrong, the comment says so, and so does the error.
func Against(ctx context.Context, w Wish, commit string, complaints io.Writer) (string, error) {
	return against(ctx, w, commit, complaints, world{openAccount, presently, lastWeek, openStacks})
}

func against(ctx context.Context, asked Wish, commit string, complaints io.Writer, w world) (string, error) {
	if err := typed.Environment(asked.Environment); err != nil {
		return "", err
	}
	now, err := definition.Load(os.DirFS(asked.Root), asked.Environment)
	if wrong := definition.Problems(nil); errors.As(err, &wrong) {
		return faulty(asked.Environment, wrong), err
	} else if err != nil {
		return "", err
	}
	names := definition.Names(now)
	if asked.Service != "" && !slices.Contains(names, asked.Service) {
		return "", fmt.Errorf("there is no service %q in %s; %s", asked.Service, definition.Folder, typed.Suggest(asked.Service, names))
	}
	folder, err := os.MkdirTemp("", "sluice-against-")
	if err != nil {
		return "", fmt.Errorf("making a folder for %s: %w", commit, err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if err := checkedOut(ctx, asked.Root, commit, folder); err != nil {
		return "", err
	}
	before, err := definition.Load(os.DirFS(folder), asked.Environment)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(complaints, "What %s says is wrong, so every service counts as new:\n%v\n", commit, err)
	}
	page := leaflet{environment: asked.Environment, commit: commit}
	for _, s := range now {
		changes, err := definition.Changes(named(before, s.Definition.Service), s)
		if err != nil {
			return "", err
		}
		if len(changes) > 0 || s.Definition.Service == asked.Service {
			d := s.Definition.WithDefaults()
			page.add(d, changes, report(d, asked.Environment)+findings(ctx, s, asked, w))
		}
	}
	for _, s := range before {
		if !slices.Contains(names, s.Definition.Service) {
			page.gone = append(page.gone, s.Definition.Service)
		}
	}
	return page.String(), nil
}

// named is the service of a name; its zero value when there is none.
func named(services []definition.Service, name string) definition.Service {
	for _, s := range services {
		if s.Definition.Service == name {
			return s
		}
	}
	return definition.Service{}
}

// checkedOut writes the definitions of a commit, and their schema, into a folder.
func checkedOut(ctx context.Context, root, commit, folder string) error {
	var tree, said bytes.Buffer
	git := exec.CommandContext(ctx, "git", "-C", root, "archive", "--format=tar", "--end-of-options", commit, definition.Folder, definition.SchemaFile)
	git.Stdout, git.Stderr = &tree, &said
	if err := git.Run(); err != nil {
		if missing := (*exec.Error)(nil); errors.As(err, &missing) {
			return errors.New("git is not installed, and --against wants it")
		}
		return fmt.Errorf("git cannot read the definitions of %q: %s; in CI fetch it first: git fetch --depth=1 origin main, then --against FETCH_HEAD", commit, strings.TrimSpace(said.String()))
	}
	into, err := os.OpenRoot(folder)
	if err != nil {
		return fmt.Errorf("opening a folder for %s: %w", commit, err)
	}
	defer func() { _ = into.Close() }()
	for files := tar.NewReader(&tree); ; {
		head, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the definitions of %s: %w", commit, err)
		}
		if head.Typeflag != tar.TypeReg {
			continue
		}
		text, err := io.ReadAll(files)
		if err != nil {
			return fmt.Errorf("reading %s of %s: %w", head.Name, commit, err)
		}
		if err := errors.Join(into.MkdirAll(filepath.Dir(head.Name), 0o700), into.WriteFile(head.Name, text, 0o600)); err != nil {
			return fmt.Errorf("writing %s of %s: %w", head.Name, commit, err)
		}
	}
}
