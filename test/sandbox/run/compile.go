package main

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"golang.org/x/sync/errgroup"
)

// built is where the compiled programs are.
type built struct {
	handlers string // dist/host/<function>/bootstrap, kept: the next run is faster
	demo     string // a folder of this run
}

func compile(ctx context.Context, s *show, o options) (*built, error) {
	for _, needed := range [][2]string{
		{"go", "install Go 1.26 or newer from https://go.dev/dl"}, {"git", "install it from https://git-scm.com/downloads"}, {"bash", "install it with your system's packages"},
	} {
		if _, err := exec.LookPath(needed[0]); err != nil {
			return nil, fmt.Errorf("%s is not on the PATH: %s, then try again", needed[0], needed[1])
		}
	}
	if _, err := os.Stat("functions"); err != nil {
		return nil, fmt.Errorf("this is not the root of the repository: run make run there")
	}
	demo, err := os.MkdirTemp("", "sluice-demo-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the demo service: %w", err)
	}
	b := &built{handlers: filepath.Join("dist", "host"), demo: demo}
	if err := b.all(ctx, s, o, compiler{identify, goBuild}); err != nil {
		b.remove()
		return nil, err
	}
	return b, nil
}

// A program is one that the show needs.
type program struct{ name, pkg, out string }

// A compiler tells what programs are made of, and makes them.
type compiler struct {
	identify func(ctx context.Context, programs []program) (map[string]string, error)
	build    func(ctx context.Context, out, pkg, ldflags string) error
}

// all makes the programs that are not there as they are now, and shows how far it is.
func (b *built) all(ctx context.Context, s *show, o options, c compiler) error {
	programs, err := b.programs(o)
	if err != nil {
		return err
	}
	p := newProgress(len(programs), filepath.Join(b.handlers, "compiled"))
	finished := make(chan error, 1)
	go func() { finished <- c.all(ctx, programs, p) }()
	if err := p.show(s, finished); err != nil {
		return err
	}
	return p.keep()
}

// programs are the demo service and the functions, but for one that calls only what this program was compiled without.
func (b *built) programs(o options) (all []program, err error) {
	mains, err := filepath.Glob("functions/*/*/main.go")
	if err != nil {
		return nil, err
	}
	if !o.own() {
		all = append(all, program{service, "./test/sandbox/run/checkout", b.service()}) // the quickest first: something has happened
	}
	for _, main := range mains {
		folder := filepath.Dir(main)
		one := program{name: filepath.Base(filepath.Dir(folder)), pkg: "./" + folder}
		one.out = b.handler(one.name)
		if one.name != leftOut || len(more()) > 0 {
			all = append(all, one)
		} else if err := standIn(one.out); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// all makes the programs, two at a time.
func (c compiler) all(ctx context.Context, programs []program, p *progress) error {
	ids, err := c.identify(ctx, programs)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2)
	for _, one := range programs {
		group.Go(func() error {
			p.begin(one.name)
			defer p.end(one.name)
			if one.linked(ids[one.pkg]) {
				return nil
			}
			if err := c.build(ctx, one.out, one.pkg, "-s -w"); err != nil {
				return err
			}
			one.keepID(ids[one.pkg])
			return nil
		})
	}
	return group.Wait()
}

func (b *built) handler(function string) string {
	return filepath.Join(b.handlers, function, "bootstrap")
}

// service is the demo service as it is before anything is pushed.
func (b *built) service() string { return b.handler(service) }

func (b *built) remove() { _ = os.RemoveAll(b.demo) }

// tags are those of make build for the kind of target that the show is about: what runs is what AWS would run. Only what opens targets is compiled
// for them anew; with other flags besides, the SDK would be, too.
const tags = "lambda.norpc,one,lambdaAlias"

// goBuild builds as make build does, but for this machine. The rest of the flags are those of whoever runs this, make's.
func goBuild(ctx context.Context, out, pkg, ldflags string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", tags, "-ldflags", ldflags, "-o", out, pkg)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("compiling %s: %w\n%s", pkg, err, said.String())
	}
	return nil
}

// pack makes the zip file that Lambda takes, small enough for a call.
func pack(files map[string][]byte) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		header := &zip.FileHeader{Name: name, Method: zip.Deflate}
		header.SetMode(0o755)
		f, err := z.CreateHeader(header)
		if err == nil {
			_, err = f.Write(files[name])
		}
		if err != nil {
			return nil, fmt.Errorf("packing %s: %w", name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("packing the code: %w", err)
	}
	return b.Bytes(), nil
}
