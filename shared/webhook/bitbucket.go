package webhook

import (
	"strconv"
	"strings"
	"time"

	"sluice/events"
)

// bitbucketPush is what is read of the payload of https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/#Push.
// Neither Cloud nor Data Center says which paths a push changed.
type bitbucketPush struct {
	Actor      bitbucketUser `json:"actor"`
	Repository struct {
		Name string `json:"full_name"`
	} `json:"repository"`
	Push struct {
		Changes []bitbucketChange `json:"changes"`
	} `json:"push"`
}

type bitbucketChange struct {
	Created   bool              `json:"created"`
	Closed    bool              `json:"closed"`
	Commits   []bitbucketCommit `json:"commits"` // the newest five
	Truncated bool              `json:"truncated"`
	New       struct {
		Type   string          `json:"type"` // branch, tag or annotated_tag
		Name   string          `json:"name"`
		Target bitbucketCommit `json:"target"`
	} `json:"new"`
}

type bitbucketUser struct {
	UUID     string `json:"uuid"` // stays the same; the names can be changed by anybody for themselves
	Nickname string `json:"nickname"`
	Name     string `json:"display_name"`
}

func (u bitbucketUser) author() events.Author {
	return events.Author{ID: u.UUID, Name: either(u.Nickname, u.Name)}
}

type bitbucketCommit struct {
	Hash    string `json:"hash"`
	Message string `json:"message"`
	Author  struct {
		bitbucketUser               // the form of an author in Atlassian's own example
		Raw           string        `json:"raw"` // Ada <ada@example.com>
		User          bitbucketUser `json:"user"`
	} `json:"author"`
}

// authors is everybody whom a commit names: its author, by account if Bitbucket knows the author's address, and co-authors.
func (c bitbucketCommit) authors() []events.Author {
	who := c.Author.User
	if who == (bitbucketUser{}) {
		who = c.Author.bitbucketUser
	}
	a := who.author()
	if mail := address(c.Author.Raw); strings.Contains(mail, "@") {
		a.Mail = mail
	}
	return append([]events.Author{a}, coAuthors(c.Message)...)
}

// dataCenterPush is what is read of the payload of https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html.
type dataCenterPush struct {
	Date  string `json:"date"` // 2026-11-23T10:59:32+0100
	Actor struct {
		ID   int64  `json:"id"`
		Name string `json:"name"`
	} `json:"actor"`
	Repository struct {
		Slug    string `json:"slug"`
		Project struct {
			Key string `json:"key"`
		} `json:"project"`
	} `json:"repository"`
	Changes []struct {
		RefID string `json:"refId"`
		To    string `json:"toHash"`
		Type  string `json:"type"` // ADD, UPDATE or DELETE
	} `json:"changes"`
}

// dataCenterEvent is the event key of a push in Data Center; Cloud has another.
const dataCenterEvent = "repo:refs_changed"

func readBitbucket(d Delivery) (told []events.Push, note string, err error) {
	switch event := d.Header["x-event-key"]; event {
	case "diagnostics:ping":
		return nil, "pong", nil
	case "repo:push":
		told, err = readCloud(d.Body)
	case dataCenterEvent:
		told, err = readDataCenter(d.Body)
	default:
		return nil, other(event), nil
	}
	if err == nil && len(told) == 0 {
		note = "No branch or tag was made or moved."
	}
	return told, note, err
}

func readCloud(body []byte) (told []events.Push, err error) {
	var p bitbucketPush
	if err := events.Decode(body, "the body", &p); err != nil {
		return nil, err
	}
	for _, c := range p.Push.Changes {
		prefix := map[string]string{"branch": heads, "tag": tags, "annotated_tag": tags}[c.New.Type]
		if c.Closed || prefix == "" { // new is null when the branch or tag was deleted
			continue
		}
		author := c.New.Target.Author
		told = append(told, events.Push{
			Repository: p.Repository.Name, Ref: prefix + c.New.Name, Commit: c.New.Target.Hash,
			Author: either(author.User.Nickname, either(author.Nickname, address(author.Raw))), Pusher: either(p.Actor.Nickname, p.Actor.Name), Message: c.New.Target.Message,
			Authors: c.authors(p.Actor.author()), Partial: c.Created || c.Truncated || len(c.Commits) == 0, Skip: skip(c.New.Target.Message),
		})
	}
	return told, nil
}

// authors is the authors of the commits that the change lists, and the pusher.
func (c bitbucketChange) authors(pusher events.Author) []events.Author {
	authors := [][]events.Author{c.New.Target.authors()}
	for _, commit := range c.Commits {
		authors = append(authors, commit.authors())
	}
	return together(events.Bitbucket, pusher, authors...)
}

// readDataCenter reads a push of Data Center, which names the pusher and says nothing about the commits.
func readDataCenter(body []byte) (told []events.Push, err error) {
	var p dataCenterPush
	if err := events.Decode(body, "the body", &p); err != nil {
		return nil, err
	}
	pusher := events.Author{Name: p.Actor.Name, Pushed: true}
	if p.Actor.ID != 0 {
		pusher.ID = strconv.FormatInt(p.Actor.ID, 10)
	}
	at, _ := time.Parse("2006-01-02T15:04:05-0700", p.Date) // a date that is no time counts as unknown
	for _, c := range p.Changes {
		if c.Type == "DELETE" {
			continue
		}
		told = append(told, events.Push{
			Repository: p.Repository.Project.Key + "/" + p.Repository.Slug, Ref: c.RefID, Commit: c.To, Pusher: p.Actor.Name,
			Authors: []events.Author{pusher}, Partial: true, At: at,
		})
	}
	return told, nil
}
