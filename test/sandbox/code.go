package sandbox

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"

	"sluice/test/sandbox/lambda"
)

// EmptyPackage is a deployment package without a program: enough for a function that runs in process.
var EmptyPackage = sync.OnceValues(func() ([]byte, error) {
	return lambda.Package(map[string][]byte{"bootstrap": []byte("runs in process")})
})

// code stands in for S3: it has Options.Objects, and the key that the template gives a function's code, "trigger.zip", names the handler.
func (s *Sandbox) code(_ context.Context, bucket, key string) ([]byte, error) {
	if object, found := s.options.Objects[bucket+"/"+key]; found {
		return object, nil
	}
	if s.options.Binaries == nil {
		return EmptyPackage()
	}
	function, isZip := strings.CutSuffix(key, ".zip")
	if !isZip {
		return nil, fmt.Errorf("fetching code %s: the sandbox knows keys like trigger.zip only", key)
	}
	path, err := s.options.Binaries(function)
	if err != nil {
		return nil, fmt.Errorf("finding the handler of %s: %w", function, err)
	}
	program, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the handler of %s: %w", function, err)
	}
	return lambda.Package(map[string][]byte{"bootstrap": program})
}
