// Package bench measures the figures that docs/architecture.md states: `make bench`.
package bench

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"sluice/shared/kind"
)

// The tags of a function as it is deployed for aliases, and as tests have it, with all kinds of target in.
const (
	AllKinds = "lambda.norpc"
	OneKind  = AllKinds + ",one,lambdaAlias"
)

// OnlyKind are the tags of a function as it is deployed for a kind.
func OnlyKind(id kind.ID) string { return AllKinds + ",one," + string(id) }

// Build compiles a function, but for the tags as it is deployed, for a processor: what starts here is for this machine's, and Lambda's is arm64.
func Build(pkg, out, tags, arch string) error {
	cmd := exec.Command("go", "build", "-tags", tags, "-trimpath", "-ldflags", "-s -w", "-o", out, pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOARCH="+arch)
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("compiling %s: %w\n%s", pkg, err, said)
	}
	return nil
}

// ColdStart is the time from starting a function's process to its first request for an event.
func ColdStart(bootstrap string, env []string) (time.Duration, error) {
	asked := make(chan time.Time, 1)
	server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/invocation/next") {
			select {
			case asked <- time.Now():
			default:
			}
		}
		<-r.Context().Done()
	})}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("listening: %w", err)
	}
	go func() { _ = server.Serve(listener) }()
	defer func() { _ = server.Close() }()
	cmd := exec.Command(bootstrap)
	cmd.Env = append(env, "AWS_LAMBDA_RUNTIME_API="+listener.Addr().String())
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("starting %s: %w", bootstrap, err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	select {
	case at := <-asked:
		return at.Sub(begun), nil
	case <-time.After(10 * time.Second):
		return 0, fmt.Errorf("%s never asked for an event", bootstrap)
	}
}

// Median of some durations.
func Median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// ZipSize is how large a function's package is, in bytes.
func ZipSize(bootstrap string) (int, error) {
	program, err := os.ReadFile(bootstrap)
	if err != nil {
		return 0, fmt.Errorf("reading %s: %w", bootstrap, err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	f, err := z.Create("bootstrap")
	if err == nil {
		_, err = f.Write(program)
	}
	if err == nil {
		err = z.Close()
	}
	return b.Len(), err
}
