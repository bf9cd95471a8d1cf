package secretsmanager

import (
	"bytes"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

const (
	current      = "AWSCURRENT"
	previous     = "AWSPREVIOUS"
	maxValueSize = 65536
)

// A version is one value of a secret, text or bytes.
type version struct {
	text    *string
	bytes   []byte
	created time.Time
	stages  []string
}

// newVersion takes exactly one of text and bytes; nil stands for no value.
func newVersion(text *string, binary []byte) (*version, error) {
	if text == nil && binary == nil {
		return nil, nil
	}
	if text != nil && binary != nil {
		return nil, invalid("You can't specify both a binary secret value and a string secret value in the same secret.")
	}
	if size := len(aws.ToString(text)) + len(binary); size < 1 || size > maxValueSize {
		return nil, invalid("The secret value must have between 1 and %d bytes.", maxValueSize)
	}
	return &version{text: text, bytes: binary, created: time.Now()}, nil
}

func (v *version) equal(other *version) bool {
	return aws.ToString(v.text) == aws.ToString(other.text) && bytes.Equal(v.bytes, other.bytes)
}

// add puts a version under a request token, which is its id. The same again changes nothing.
func (sec *secret) add(token *string, v *version, stages []string) (id string, err error) {
	id = aws.ToString(token)
	if id == "" {
		id = newID()
	}
	if len(id) < 32 || len(id) > 64 {
		return "", invalid("ClientRequestToken must be 32-64 characters long.")
	}
	if old := sec.versions[id]; old != nil {
		if !old.equal(v) {
			return "", &types.ResourceExistsException{Message: aws.String("You can't use ClientRequestToken " + id + " because that value is already in use for a version of secret " + sec.arn + ".")}
		}
		return id, nil
	}
	if len(stages) == 0 {
		stages = []string{current}
	}
	sec.versions[id] = v
	for _, stage := range stages {
		sec.move(stage, id)
	}
	sec.changed = time.Now()
	return id, nil
}

// move takes a stage from the version that has it; a version that stops being current becomes the previous one. A
// version without stages is forgotten, as AWS may do at any time.
func (sec *secret) move(stage, to string) {
	for id, v := range sec.versions {
		if !slices.Contains(v.stages, stage) || id == to {
			continue
		}
		v.stages = slices.DeleteFunc(v.stages, func(have string) bool { return have == stage })
		if stage == current {
			sec.move(previous, id)
		}
		if len(v.stages) == 0 {
			delete(sec.versions, id)
		}
	}
	if v := sec.versions[to]; !slices.Contains(v.stages, stage) {
		v.stages = append(v.stages, stage)
	}
}

// version finds a version by id, by stage, or by both, which must agree; without either it is the current one.
func (sec *secret) version(id, stage *string) (string, *version, error) {
	if id == nil && stage == nil {
		stage = aws.String(current)
	}
	for _, have := range sec.sortedVersions() {
		v := sec.versions[have]
		if (id == nil || have == *id) && (stage == nil || slices.Contains(v.stages, *stage)) {
			return have, v, nil
		}
	}
	if id != nil {
		return "", nil, notFound("Secrets Manager can't find the specified secret value for VersionId: %s", *id)
	}
	return "", nil, notFound("Secrets Manager can't find the specified secret value for staging label: %s", *stage)
}

// stages of all versions, by id.
func (sec *secret) stages() map[string][]string {
	all := map[string][]string{}
	for id, v := range sec.versions {
		all[id] = slices.Clone(v.stages)
	}
	return all
}
