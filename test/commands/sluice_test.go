package commands

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// program is the folder of the command line, which is compiled once.
var program = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "sluice-commands-")
	if err != nil {
		return "", err
	}
	out, err := exec.CommandContext(context.Background(), "go", "build", "-o", filepath.Join(folder, "sluice"), "../../infra/sluice").CombinedOutput()
	if err != nil {
		return folder, errors.Join(err, errors.New(string(out)))
	}
	return folder, nil
})

func TestMain(m *testing.M) {
	status := m.Run()
	if folder, _ := program(); folder != "" {
		_ = os.RemoveAll(folder)
	}
	os.Exit(status)
}

// onPath is a PATH on which sluice comes first.
func onPath() string {
	folder, err := program()
	if err != nil {
		panic(err)
	}
	return "PATH=" + folder + string(os.PathListSeparator) + os.Getenv("PATH")
}

// spoken is a definition whose people know whoever types here.
func (s *story) spoken(definition string) {
	s.defines(definition, `"grace":{"event":"grace"}`, `"grace":{"event":"grace","aws":"`+scenario.IAM("you")+`"}`)
}

// words are the commands of the command line, in the order in which the pages name them.
var words = map[string]row{
	"sluice release checkout 42": {given: soon, then: released},
	"sluice release checkout 2":  {given: soon, then: released},
	"sluice release checkout 3": {given: func(s *story) { s.spoken(scenario.Canary) }, then: func(s *story, said string) {
		s.release, _, _ = strings.Cut(said, ":")
		s.comes("the first shift", func() bool { return s.Serves() == "1 95 %, 3 5 %" })
	}},
	"sluice get checkout -w": {then: func(s *story, said string) {
		s.says(said, ": succeeded", "The candidate serves all traffic")
	}},
	"sluice list --running": {then: func(s *story, said string) { s.says(said, "Nothing is being released") }},
	"sluice approve checkout": {
		given: func(s *story) {
			s.spoken(quick(scenario.Asking))
			s.release = s.Requested("2")
			s.Asks(s.release, 3)
		},
		then: func(s *story, said string) {
			s.says(said, "approve counts as grace")
			s.ends(rollout.Succeeded)
		},
	},
	"sluice abort checkout": {given: running, then: func(s *story, said string) {
		if r := s.ends(rollout.Aborted); !strings.Contains(s.Trail(s.release), "wrong branch") || s.Serves() != "1" {
			s.T.Errorf("it ended because of %+v, and the alias serves %s", r.Cause, s.Serves())
		}
	}},
	"sluice promote checkout": {given: running, then: func(s *story, said string) {
		s.says(said, "The release goes to 100 % at once")
		s.ends(rollout.Succeeded)
	}},
	"sluice override checkout": {
		given: func(s *story) {
			another := strings.ToLower(time.Now().Add(48 * time.Hour).UTC().Format("Mon"))
			s.spoken(atOnce(scenario.Gated(`"windows":[{"days":["` + another + `"],"from":"09:00","until":"16:00","zone":"UTC"}],"override":["grace"]`)))
			s.release = s.Requested("2")
			s.comes("the look at the gates", func() bool { r, _ := s.Recorded(s.release); return len(r.Gates) > 0 })
		},
		then: func(s *story, said string) {
			s.says(said, "The override counts")
			s.ends(rollout.Succeeded)
		},
	},
	"sluice undo checkout": {
		given: func(s *story) {
			s.spoken(quick(scenario.Canary))
			s.release = s.Requested("2")
			s.ends(rollout.Succeeded)
		},
		then: func(s *story, said string) {
			s.comes("the way back", func() bool { return s.Serves() == "1" })
		},
	},
	"sluice freeze checkout": {given: running, then: func(s *story, said string) {
		out, err := s.types("list")
		s.must(err)
		s.says(out, "we look into lost orders")
	}},
	"sluice unfreeze checkout": {then: func(s *story, said string) {
		out, err := s.types("list")
		s.must(err)
		if strings.Contains(out, "lost orders") {
			s.T.Errorf("it is frozen:\n%s", out)
		}
		_, err = s.types("abort", s.release)
		s.must(err)
		s.ends(rollout.Aborted)
	}},
	"sluice override checkout --gate freeze": {
		given: func(s *story) {
			s.spoken(atOnce(scenario.Gated(`"override":["grace"]`)))
			_, err := s.types("freeze", "checkout", "-m", "the network is ill")
			s.must(err)
			s.release = s.Requested("2")
			s.comes("the look at the gates", func() bool { r, _ := s.Recorded(s.release); return len(r.Gates) > 0 })
		},
		then: func(s *story, said string) {
			s.ends(rollout.Succeeded)
			_, err := s.types("unfreeze", "checkout")
			s.must(err)
		},
	},
	"sluice why checkout": {given: func(s *story) {
		s.defines(quick(scenario.Canary))
		s.release = s.Requested("77")
		s.ends(rollout.Rejected)
	}, then: func(s *story, said string) { s.says(said, "has no version 77") }},
}

// running has a release bake for minutes.
func running(s *story) {
	s.spoken(scenario.Canary)
	s.release = s.Requested("2")
	s.comes("the first shift", func() bool { return s.Serves() == "1 95 %, 2 5 %" })
}

// types types a command beside those of the pages.
func (s *story) types(words ...string) (string, error) {
	folder, err := program()
	s.must(err)
	cmd := exec.CommandContext(s.T.Context(), filepath.Join(folder, "sluice"), words...)
	cmd.Dir, cmd.Env = root, append(clean(), s.Sandbox.Environment()...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = errors.Join(err, errors.New(string(out)))
	}
	return string(out), err
}
