package differential

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A model is one service as botocore describes it, which is what AWS publishes of its APIs.
type model struct {
	Metadata struct {
		TargetPrefix string `json:"targetPrefix"`
	} `json:"metadata"`
	Operations map[string]operation `json:"operations"`
	Shapes     map[string]shape     `json:"shapes"`
}

type operation struct {
	HTTP struct {
		Method       string `json:"method"`
		RequestURI   string `json:"requestUri"`
		ResponseCode int    `json:"responseCode"`
	} `json:"http"`
	Input  reference   `json:"input"`
	Output reference   `json:"output"`
	Errors []reference `json:"errors"`
}

// A reference names the shape of a member, an input or an output.
type reference struct {
	Shape         string `json:"shape"`
	Location      string `json:"location"` // uri, querystring, header, headers, statusCode; else the body
	LocationName  string `json:"locationName"`
	ResultWrapper string `json:"resultWrapper"`
}

type shape struct {
	Type     string               `json:"type"`
	Required []string             `json:"required"`
	Members  map[string]reference `json:"members"`
	Member   reference            `json:"member"` // of a list
	Key      reference            `json:"key"`    // of a map
	Value    reference            `json:"value"`
	Enum     []string             `json:"enum"`
	Min      *float64             `json:"min"`
	Max      *float64             `json:"max"`
	Payload  string               `json:"payload"` // the member that is the whole body
	Document bool                 `json:"document"`
	Error    struct {
		Code string `json:"code"`
	} `json:"error"`
}

// name is how a member is spelled on the wire.
func (r reference) name(member string) string {
	if r.LocationName != "" {
		return r.LocationName
	}
	return member
}

// botocore finds the models where Debian, pip and the AWS CLI's installer put them, or skips the test aloud. Debian's may
// be years old: then what AWS has added since is not held against the traffic.
func botocore(t *testing.T) (data string, old bool) {
	t.Helper()
	found := installed()
	for _, data := range found {
		if _, current := readModel(t, data, "lambda").Shapes["FunctionConfiguration"].Members["ConfigSha256"]; current {
			return data, false
		}
	}
	if len(found) > 0 {
		t.Logf("the models in %s are older than the SDK: members and values that they do not know are taken as new", found[0])
		return found[0], true
	}
	t.Skip("SKIPPED: botocore's service models are not there, so nothing here holds the traffic against them; " +
		"install the AWS CLI (apt-get install awscli, or pip install awscli), or name their folder in SLUICE_BOTOCORE")
	return "", false
}

// installed lists the folders with models on this machine.
func installed() []string {
	if folder := os.Getenv("SLUICE_BOTOCORE"); folder != "" {
		return []string{folder}
	}
	var found []string
	for _, root := range []string{
		"/usr/lib", "/usr/local/lib", "/opt/homebrew/lib", "/usr/local/aws-cli/v2/current",
		os.Getenv("VIRTUAL_ENV") + "/lib", os.Getenv("HOME") + "/.local/lib", os.Getenv("HOME") + "/.pyenv/versions/*/lib",
	} {
		for _, below := range []string{"python3*/dist-packages", "python3*/site-packages", "python3/dist-packages", "dist"} {
			for _, data := range []string{"botocore/data", "awscli/botocore/data"} {
				if folders, err := filepath.Glob(filepath.Join(root, below, data)); err == nil {
					found = append(found, folders...)
				}
			}
		}
	}
	return found
}

// Models by folder, which are large and read once.
var models sync.Map

// readModel reads the newest version of a service's model.
func readModel(t *testing.T, data, service string) *model {
	t.Helper()
	folder := filepath.Join(data, service)
	if known, ok := models.Load(folder); ok {
		return known.(*model)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*", "service-2.json*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("botocore has no model of %s in %s", service, data)
	}
	m := &model{}
	if err := json.Unmarshal(unpacked(t, slices.Max(files)), m); err != nil {
		t.Fatalf("reading the model of %s: %v", service, err)
	}
	models.Store(folder, m)
	return m
}

func unpacked(t *testing.T, file string) []byte {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(file, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
