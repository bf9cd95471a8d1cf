package main

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// mostCommits is how many commits GitHub lists of a push.
const mostCommits = 2048

// A commit as GitHub's push event has it.
type commit struct {
	ID        string   `json:"id"`
	Message   string   `json:"message"`
	Timestamp string   `json:"timestamp"`
	Author    person   `json:"author"`
	Committer person   `json:"committer"`
	Added     []string `json:"added"`
	Modified  []string `json:"modified"`
	Removed   []string `json:"removed"`
}

type person struct {
	Name  string `json:"name"`
	Mail  string `json:"email"`
	Login string `json:"username"`
}

// payload is GitHub's push event (https://docs.github.com/en/webhooks/webhook-events-and-payloads#push) of one ref that git tells of.
func payload(before, after, ref string) ([]byte, error) {
	created, deleted := none(before), none(after)
	event := map[string]any{
		"ref": ref, "before": before, "after": after, "created": created, "deleted": deleted, "forced": false,
		"repository": map[string]any{"id": 1, "name": "checkout", "full_name": "acme/checkout", "default_branch": "main", "pushed_at": time.Now().Unix()},
		"commits":    []commit{}, "head_commit": nil,
	}
	if deleted {
		return json.Marshal(event)
	}
	head, err := commits("--max-count=1", after) // of a tag: the commit that it is about
	if err != nil {
		return nil, err
	}
	pusher := head[0].Committer // who pushed is not known to git; here it is who committed last
	event["head_commit"], event["pusher"] = head[0], map[string]any{"name": pusher.Name, "email": pusher.Mail}
	event["sender"] = map[string]any{"login": pusher.Login, "id": 1, "type": "User"}
	if strings.HasPrefix(ref, "refs/tags/") {
		return json.Marshal(event)
	}
	event["commits"] = head
	if !created {
		all, err := commits(fmt.Sprintf("--max-count=%d", mostCommits), before+".."+after)
		if err != nil {
			return nil, err
		}
		event["commits"] = all
		event["forced"] = exec.Command("git", "merge-base", "--is-ancestor", before, after).Run() != nil
	}
	return json.Marshal(event)
}

// none says whether git writes that a ref is not there.
func none(id string) bool { return strings.Trim(id, "0") == "" }

// commits reads commits, the oldest first. Names of files are as they are, and not quoted: -z sees to that.
func commits(which ...string) ([]commit, error) {
	args := append([]string{"log", "-z", "--name-status", "--no-renames", "--diff-merges=first-parent", "--format=%x01%H%x00%aI%x00%an%x00%ae%x00%cn%x00%ce%x00%B%x00"}, which...)
	out, err := exec.Command("git", append(args, "--")...).Output()
	if err != nil {
		return nil, fmt.Errorf("reading the commits: %w", err)
	}
	all := []commit{}
	for text := range strings.SplitSeq(string(out), "\x01") {
		if text = strings.Trim(text, "\x00\n"); text != "" {
			all = append(all, readCommit(strings.Split(text, "\x00")))
		}
	}
	slices.Reverse(all)
	return all, nil
}

// readCommit reads the seven fields of the format, and what was done to which file.
func readCommit(fields []string) commit {
	c := commit{
		ID: fields[0], Timestamp: fields[1], Author: person{fields[2], fields[3], fields[2]}, Committer: person{fields[4], fields[5], fields[4]},
		Message: strings.TrimRight(fields[6], "\n"), Added: []string{}, Modified: []string{}, Removed: []string{},
	}
	files := fields[7:]
	for i := 0; i < len(files); i++ {
		list := map[string]*[]string{"A": &c.Added, "M": &c.Modified, "T": &c.Modified, "D": &c.Removed}[strings.TrimSpace(files[i])]
		if list == nil || i+1 == len(files) {
			continue
		}
		i++
		*list = append(*list, files[i])
	}
	return c
}
