package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sluice/test/sandbox/run/exhibit"
)

const (
	desk     = "desk"         // of the show's people; of this run
	tools    = "tools"        // that the build finds; of this run
	hookLink = "post-receive" // leads to this program while it runs
)

// closedHook refuses pushes that nobody would hear of.
const closedHook = `#!/bin/sh
[ -x "$(dirname "$0")/` + hookLink + `" ] && exit 0
echo "make run is not up, so nothing would be released: start it, then push again. Your commits stay here."
exit 1
`

// openRepository makes the repository in a place, or goes on from the one that is there. scratch is a folder of this run.
func openRepository(ctx context.Context, p place, scratch string, h hook) (*repository, error) {
	r := &repository{place: p, folder: p.clone(), desk: filepath.Join(scratch, desk)}
	var err error
	if r.kept, err = r.settle(ctx); err != nil {
		return nil, err
	}
	if _, err := r.git(ctx, scratch, nil, "clone", "--quiet", p.bare(), r.desk); err != nil {
		return nil, err
	}
	if !r.kept {
		if err := r.begin(ctx); err != nil {
			return nil, err
		}
	}
	return r, r.listen(h, scratch)
}

// settle finds out what is there, and makes what is not: nothing that holds a commit is touched.
func (r *repository) settle(ctx context.Context) (kept bool, err error) {
	_, err = r.git(ctx, r.place.folder, nil, "--git-dir", r.place.bare(), "rev-parse", "--verify", "--quiet", "refs/heads/main")
	hosted := err == nil
	_, err = r.git(ctx, r.place.folder, nil, "--git-dir", filepath.Join(r.folder, ".git"), "rev-parse", "--verify", "--quiet", "HEAD")
	cloned := err == nil
	if cloned && !hosted {
		return false, fmt.Errorf("%s has commits, and %s, which it was cloned from, has none; to begin anew: %s", r.folder, r.place.bare(), r.anew())
	}
	if !hosted { // also what a run that was ended left half made
		if err := os.RemoveAll(r.place.bare()); err != nil {
			return false, err
		}
		if _, err := r.git(ctx, r.place.folder, nil, "init", "--quiet", "--bare", "--initial-branch=main", r.place.bare()); err != nil {
			return false, err
		}
	}
	if cloned { // the folder may have moved
		_, err = r.git(ctx, r.folder, nil, "remote", "set-url", "origin", r.place.bare())
		return true, err
	}
	if _, err := os.Stat(r.folder); err == nil && hosted {
		return false, fmt.Errorf("%s is in the way of a clone; to begin anew: %s", r.folder, r.anew())
	}
	if !hosted {
		if err := os.RemoveAll(r.folder); err != nil {
			return false, err
		}
	}
	_, err = r.git(ctx, r.place.folder, nil, "clone", "--quiet", r.place.bare(), r.folder)
	return hosted, err
}

// begin pushes the demo service as it serves already, before anybody listens.
func (r *repository) begin(ctx context.Context) error {
	_ = os.Remove(filepath.Join(r.place.bare(), "hooks", hookLink))
	if err := r.fill(); err != nil {
		return err
	}
	if _, _, err := r.commit(ctx, exhibit.Change{Author: "grace", Message: "Take payments"}); err != nil {
		return err
	}
	_, err := r.git(ctx, r.folder, nil, "pull", "--quiet", "--ff-only", "origin", "main")
	return err
}

// listen puts the webhook into the repository, and this program in the place of tools.
func (r *repository) listen(h hook, scratch string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	settings, err := json.Marshal(h)
	if err != nil {
		return err
	}
	hooks := filepath.Join(r.place.bare(), "hooks")
	if err := os.WriteFile(filepath.Join(r.place.bare(), hookFile), settings, 0o600); err != nil {
		return err
	}
	for _, folder := range []string{hooks, filepath.Join(scratch, tools)} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(hooks, "pre-receive"), []byte(closedHook), 0o755); err != nil {
		return err
	}
	for _, link := range []string{filepath.Join(hooks, hookLink), filepath.Join(scratch, tools, "aws"), filepath.Join(scratch, tools, "zip")} {
		_ = os.Remove(link) // of a run that was killed
		if err := os.Symlink(self, link); err != nil {
			return err
		}
	}
	return nil
}

// close leaves the repository as the next run wants to find it.
func (r *repository) close() {
	_ = os.Remove(filepath.Join(r.place.bare(), "hooks", hookLink))
	_ = os.Remove(filepath.Join(r.place.bare(), hookFile))
}

// catchUp brings the clone to where the show's people left main, where nothing of its owner is in the way. Otherwise it is the
// command that does, in favour of the owner where both have changed a line (in a rebase that is "theirs").
func (r *repository) catchUp(ctx context.Context) string {
	branch, err := r.git(ctx, r.folder, nil, "symbolic-ref", "--short", "HEAD")
	if err == nil && strings.TrimSpace(branch) == "main" {
		if _, err = r.git(ctx, r.folder, nil, "pull", "--quiet", "--ff-only", "origin", "main"); err == nil {
			return ""
		}
	}
	return "git pull --rebase --autostash -X theirs origin main # yours on top"
}

// greeting says that the repository is that of an earlier run.
func (r *repository) greeting(ctx context.Context) string {
	return fmt.Sprintf("\nThe demo's repository is as you left it, in %s,\n%s. To begin anew, which loses nothing, end this and\n  %s", near(r.folder), r.left(ctx), r.anew())
}

// left says what of its owner is in a clone that was there before.
func (r *repository) left(ctx context.Context) string {
	var parts []string
	if log, err := r.git(ctx, r.folder, nil, "log", "--oneline", "HEAD", "--branches", "--not", "--remotes=origin"); err == nil {
		if n := strings.Count(log, "\n"); n > 0 {
			parts = append(parts, plural(n, "commit")+" not pushed")
		}
	}
	if changed, err := r.git(ctx, r.folder, nil, "status", "--porcelain"); err == nil {
		if n := strings.Count(changed, "\n"); n > 0 {
			parts = append(parts, plural(n, "file")+" not committed")
		}
	}
	if len(parts) == 0 {
		return "with all that was pushed"
	}
	return "with " + strings.Join(parts, " and ")
}

// anew is the command that has the next run begin with a new repository, and loses nothing.
func (r *repository) anew() string {
	return fmt.Sprintf("mv %[1]s %[1]s.before", near(r.place.folder))
}

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
