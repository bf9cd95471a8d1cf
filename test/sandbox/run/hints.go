package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// hints says what to try while everything is up. beside is what to do before the first push; empty: nothing.
func hints(s *show, w *world, beside string) {
	key := w.sandbox.Key()
	folder := near(w.code.folder)
	kept := "is gone then, too"
	if w.code.place.lock != nil {
		kept = "stays, with what you have not pushed, and the next make run\n  goes on from it"
	}
	if beside != "" {
		beside = "    " + beside + "\n"
	}
	s.say(fmt.Sprintf(hintsText, s.bold("3."), w.endpoint, w.logs.Name(), folder, key.AccessKeyID, key.SecretAccessKey, w.keyFile, kept, beside))
}

// near is a path from here, when that is shorter.
func near(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	if short, err := filepath.Rel(here, path); err == nil && !strings.HasPrefix(short, "..") {
		return short
	}
	return path
}

const hintsText = `
%[1]s  Stays up for play. Ctrl-C ends it, and nothing is left running. The
  repository %[8]s.

  Push a commit of your own. What does not compile is rejected; with
  "failing = 35.0" the alarm takes it back:

    cd %[4]s
%[9]s    # edit main.go, then
    git commit -am "My change" && git push

  sluice finds this run by itself. In another terminal, in this folder:

    make sluice && alias sluice=.sandbox/bin/sluice
    sluice release checkout 3 # or 1; 3 is the bad one
    sluice get checkout -w    # live, to its end
    sluice abort checkout     # or promote, approve, reject: you are grace
    sluice why checkout       # why the last one went back

  The AWS CLI works on it, too, with the key of this run:

    export AWS_ACCESS_KEY_ID=%[5]s
    export AWS_SECRET_ACCESS_KEY=%[6]s
    export AWS_DEFAULT_REGION=us-east-1
    aws() { command aws --endpoint-url %[2]s "$@"; }

    # while it bakes: set the alarm red
    aws cloudwatch set-alarm-state --alarm-name checkout-errors \
      --state-value ALARM --state-reason play
    # who serves now
    aws lambda get-alias --function-name checkout --name live

  What comes of it is shown here, with the mail that people get, and so is
  what you send in vain. A request that is mistyped turns no alarm red. The
  alarm checkout-errors counts what callers of the alias "live" get, and wants
  four failures in ten seconds; what you call by the number of a version, or
  without one, does not count. Only Ctrl-C ends this program.

  Slack is on this machine, too: open %[2]s/_slack/
  What GitHub is told of each commit is at %[2]s/_github/
  The functions write to %[3]s;
  the key is in %[7]s, too.
`

// ownHints says what to do with a service of one's own.
func ownHints(s *show, w *world, service string) {
	s.say(fmt.Sprintf(ownText, service, w.endpoint, w.keyFile, w.logs.Name()))
}

const ownText = `
  Your service %[1]s is brought up and its code released. Save a change in its
  code, or in infra/services, and it is taken; Ctrl-C ends everything. In
  another terminal, in this folder:

    make sluice && alias sluice=.sandbox/bin/sluice
    sluice get %[1]s -w
    sluice release %[1]s 1
    . %[3]s # for the AWS CLI
    aws lambda list-aliases --function-name %[1]s

  Pages: %[2]s/_slack/ is what people get in Slack. The functions write to
  %[4]s.
`

// showHints says what to try with a service whose revisions are released by events.
func showHints(s *show, w *world) {
	hints := ""
	for _, line := range w.performer.Hints() {
		hints += "    " + line + "\n"
	}
	s.say(fmt.Sprintf(showText, s.bold("3."), w.endpoint, w.logs.Name(), w.keyFile, alarm, service, hints))
}

const showText = `
%[1]s  Stays up for play. Ctrl-C ends it, and nothing is left running. In another
  terminal, in this folder, sluice finds this run by itself:

    make sluice && alias sluice=.sandbox/bin/sluice
    # release a revision: one that served before, or the bad one again
    sluice release %[6]s ID -w
    sluice abort %[6]s

  The AWS CLI works on it, with the key of this run:

    . %[4]s
    aws() { command aws --endpoint-url %[2]s "$@"; }

    # while it bakes: set the alarm red
    aws cloudwatch set-alarm-state --alarm-name %[5]s \
      --state-value ALARM --state-reason play
    # the service, and who serves now
%[7]s
  What comes of it is shown here, and so is what you send in vain. The alarm
  %[5]s counts what the callers of the show get, and wants four failures
  in ten seconds. Only Ctrl-C ends this program.

  The functions write to %[3]s.
`
