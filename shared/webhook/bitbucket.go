package webhook

import "sluice/events"

// The payload of https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/#Push, as far as it is read. Neither
// Bitbucket says which paths a push changed.
type bitbucketPush struct {
	Actor struct {
		Nickname string `json:"nickname"`
		Name     string `json:"display_name"`
	} `json:"actor"`
	Repository struct {
		Name string `json:"full_name"`
	} `json:"repository"`
	Push struct {
		Changes []bitbucketChange `json:"changes"`
	} `json:"push"`
}

type bitbucketChange struct {
	Closed bool `json:"closed"`
	New    struct {
		Type   string `json:"type"` // branch, tag or annotated_tag
		Name   string `json:"name"`
		Target struct {
			Hash    string `json:"hash"`
			Message string `json:"message"`
			Author  struct {
				Nickname string `json:"nickname"` // as Atlassian's own example writes an author
				Raw      string `json:"raw"`      // Ada <ada@example.com>
				User     struct {
					Nickname string `json:"nickname"`
				} `json:"user"`
			} `json:"author"`
		} `json:"target"`
	} `json:"new"`
}

// The payload of https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html, as far as it is read.
type dataCenterPush struct {
	Actor struct {
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

func readBitbucket(d Delivery) (told []events.Push, note string, err error) {
	switch event := d.Header["x-event-key"]; event {
	case "diagnostics:ping":
		return nil, "pong", nil
	case "repo:push":
		told, err = readCloud(d.Body)
	case "repo:refs_changed":
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
		if c.Closed || prefix == "" { // new is null when it was deleted
			continue
		}
		author := c.New.Target.Author
		told = append(told, events.Push{
			Repository: p.Repository.Name, Ref: prefix + c.New.Name, Commit: c.New.Target.Hash,
			Author: either(author.User.Nickname, either(author.Nickname, address(author.Raw))), Pusher: either(p.Actor.Nickname, p.Actor.Name), Message: c.New.Target.Message,
		})
	}
	return told, nil
}

func readDataCenter(body []byte) (told []events.Push, err error) {
	var p dataCenterPush
	if err := events.Decode(body, "the body", &p); err != nil {
		return nil, err
	}
	for _, c := range p.Changes {
		if c.Type == "DELETE" {
			continue
		}
		told = append(told, events.Push{
			Repository: p.Repository.Project.Key + "/" + p.Repository.Slug, Ref: c.RefID, Commit: c.To, Pusher: p.Actor.Name,
		})
	}
	return told, nil
}
