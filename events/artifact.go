package events

import "fmt"

// ArtifactPublished says that something that can be released was built and stored.
const ArtifactPublished = "artifact.published"

// The kinds of artifacts.
const (
	Image    = "ecr"
	Object   = "s3"
	Pipeline = "codepipeline"
	Function = "lambda"
)

// Artifact is the detail of ArtifactPublished.
type Artifact struct {
	Kind     string `json:"kind"`              // ecr, s3, codepipeline or lambda
	Name     string `json:"name"`              // repository, bucket, pipeline or function
	Key      string `json:"key,omitempty"`     // s3: object key; codepipeline: stage
	Version  string `json:"version,omitempty"` // image digest, object version id, pipeline execution id, Lambda version
	Tag      string `json:"tag,omitempty"`     // of an image
	By       string `json:"by,omitempty"`      // who published it, if the event says so
	Delivery string `json:"delivery"`          // name of this publication; the same in every delivery of it
}

// ReadArtifact reads the detail of an ArtifactPublished. A Malformed detail is returned as far as it could be read.
func ReadArtifact(e Raw) (Artifact, error) {
	var a Artifact
	err := Decode(e.Detail, "detail", &a)
	a, wrong := a.Checked()
	if err != nil {
		return a, err
	}
	return a, wrong
}

// Checked is the artifact in a form that may be sent and kept. The error is Malformed when it does not say what was published.
func (a Artifact) Checked() (Artifact, error) {
	key := a.Key
	for _, text := range []*string{&a.Kind, &a.Name, &a.Key, &a.Version, &a.Tag, &a.By, &a.Delivery} {
		*text = Line(*text)
	}
	switch {
	case a.Kind != Image && a.Kind != Object && a.Kind != Pipeline && a.Kind != Function:
		return a, &Malformed{"detail.kind", fmt.Sprintf("is %.60q", a.Kind), "write ecr, s3, codepipeline or lambda"}
	case a.Name == "":
		return a, &Malformed{"detail.name", "is missing", "write the name of the repository, bucket, pipeline or function"}
	case a.Key != key: // a key that is cut or trimmed names another object
		return a, &Malformed{"detail.key", fmt.Sprintf("is %.60q, which cannot be kept as it is", a.Key), "write at most 1024 bytes, without control characters and without blanks at the ends"}
	case a.Kind == Object && a.Key == "":
		return a, &Malformed{"detail.key", "is missing", "write the object's key"}
	case a.Kind != Object && a.Version == "":
		return a, &Malformed{"detail.version", "is missing", "write the image's digest, the pipeline execution's id or the Lambda version"}
	case a.Kind == Function && !version.MatchString(a.Version):
		return a, &Malformed{"detail.version", fmt.Sprintf("is %.60q, which is no Lambda version", a.Version), "write the version's number: aliases and $LATEST change under the release"}
	case !delivery.MatchString(a.Delivery):
		return a, &Malformed{"detail.delivery", fmt.Sprintf("is %.60q", a.Delivery), "write what names this publication, the same each time that it is sent: 1 to 200 characters without blanks"}
	}
	return a, nil
}
