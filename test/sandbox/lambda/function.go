package lambda

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// A function is what one name stands for: $LATEST, the versions published from it, and what is attached to them.
// Everything keyed by qualifier uses $LATEST for "none".
type function struct {
	name        string
	latest      *version
	versions    []*version // published, in order; deleted ones are gone but their numbers are never used again
	published   int        // the highest number ever given
	aliases     map[string]*alias
	reserved    *int32
	busy        int // executions that run now
	provisioned map[string]*provisioned
	policies    map[string]*policy
	async       map[string]*asyncConfig
	url         *functionURL // nil if it has none
	tags        map[string]string
	conditions  map[string]Condition // of versions that are not simply Active, by number
}

// A version is one code with one configuration. It is never changed: an update of $LATEST makes a new one.
type version struct {
	config types.FunctionConfiguration
	code   []byte // zip
}

func newFunction(name string, v *version, tags map[string]string) *function {
	return &function{
		name: name, latest: v, tags: tags,
		aliases: map[string]*alias{}, provisioned: map[string]*provisioned{},
		policies: map[string]*policy{}, async: map[string]*asyncConfig{},
	}
}

// find gives the function of a name; the caller holds the lock.
func (s *Service) find(r reference) (*function, error) {
	f, ok := s.functions[r.name]
	if !ok {
		return nil, notFound("Function not found: %s", s.arn(r))
	}
	return f, nil
}

// version of a number or $LATEST, or nil.
func (f *function) version(number string) *version {
	if number == latest {
		return f.latest
	}
	i := slices.IndexFunc(f.versions, func(v *version) bool { return *v.config.Version == number })
	if i < 0 {
		return nil
	}
	return f.versions[i]
}

// findVersion resolves a reference to a version, through an alias to its primary one; the caller holds the lock.
func (s *Service) findVersion(r reference) (*function, *version, error) {
	f, err := s.find(r)
	if err != nil {
		return nil, nil, err
	}
	number := r.version()
	if a, ok := f.aliases[number]; ok {
		number = a.version
	}
	v := f.version(number)
	if v == nil {
		return nil, nil, notFound("Function not found: %s", s.arn(r))
	}
	return f, v, nil
}

// revise makes the version that follows v: a new revision, modified now.
func (v *version) revise() *version {
	next := *v
	next.config.RevisionId = new(newID())
	next.config.LastModified = new(modified())
	next.config.ConfigSha256 = new(fingerprint(next.config))
	return &next
}

// publish makes v the version of a number.
func (s *Service) publish(f *function, description *string) *version {
	f.published++
	next := *f.latest
	next.config.Version = new(strconv.Itoa(f.published))
	next.config.FunctionArn = new(s.arn(reference{f.name, *next.config.Version}))
	next.config.RevisionId = new(newID())
	next.config.LastModified = new(modified())
	if deref(description) != "" {
		next.config.Description = description
	}
	f.versions = append(f.versions, &next)
	return &next
}

// fingerprint of what a user configures, without what Lambda adds: equal fingerprints and equal code are one version.
func fingerprint(c types.FunctionConfiguration) string {
	c.RevisionId, c.LastModified, c.Version, c.FunctionArn, c.ConfigSha256 = nil, nil, nil, nil, nil
	c.CodeSha256, c.CodeSize = nil, 0
	text, err := json.Marshal(c)
	if err != nil {
		panic(fmt.Sprintf("marshalling a function configuration: %v", err)) // plain strings, numbers and maps
	}
	return digest(text)
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// modified is the moment now as Lambda writes it.
func modified() string { return time.Now().UTC().Format("2006-01-02T15:04:05.000+0000") }

// newID makes a random UUID, for revisions and requests.
func newID() string {
	b := randomBytes()
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func randomBytes() (b [16]byte) {
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return b
}

// as copies a configuration into one of the SDK's outputs that repeat its fields.
func as[T any](c types.FunctionConfiguration) *T {
	out := new(T)
	from, to := reflect.ValueOf(c), reflect.ValueOf(out).Elem()
	for i := range from.NumField() {
		if field := from.Type().Field(i); field.IsExported() {
			to.FieldByName(field.Name).Set(from.Field(i))
		}
	}
	return out
}
