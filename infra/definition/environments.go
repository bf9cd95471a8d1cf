package definition

import (
	"fmt"
	"io/fs"
)

// Environments are those that need no word to be known: production, and each that has a folder of overlays. fsys is the root of the repository.
func Environments(fsys fs.FS) ([]string, error) {
	entries, err := fs.ReadDir(fsys, Folder)
	if err != nil {
		return nil, fmt.Errorf("reading definitions: %w", err)
	}
	known := []string{"production"}
	for _, e := range entries {
		if e.IsDir() && e.Name() != Templates {
			known = append(known, e.Name())
		}
	}
	return known, nil
}
