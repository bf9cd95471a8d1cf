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

	"sluice/shared/kind"
	"sluice/test/sandbox/run/shows"
)

// built is where the compiled programs are.
type built struct {
	handlers string // dist/host/<function>/bootstrap, kept: the next run is faster
	demo     string // a folder of this run
}

func compile(ctx context.Context, s *show, o options, p production) (*built, error) {
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
	if err := b.all(ctx, s, o, p, compiler{identify, goBuild}); err != nil {
		b.remove()
		return nil, err
	}
	return b, nil
}

// A program is one that the show needs.
type program struct{ name, pkg, out, tags string }

// A compiler tells what programs are made of, by their files, and makes them.
type compiler struct {
	identify func(ctx context.Context, programs []program) (map[string]string, error)
	build    func(ctx context.Context, p program) error
}

// all makes the programs that are not there as they are now, and shows how far it is.
func (b *built) all(ctx context.Context, s *show, o options, p production, c compiler) error {
	programs, err := b.programs(o, p)
	if err != nil {
		return err
	}
	far := newProgress(len(programs), filepath.Join(b.handlers, "compiled"))
	finished := make(chan error, 1)
	go func() { finished <- c.all(ctx, programs, far) }()
	if err := far.show(s, finished); err != nil {
		return err
	}
	return far.keep()
}

// programs are those of the show's service and the functions, but for one that calls only what this program was compiled without. Every engine has
// the functions for aliases; with them go those for the show's kind of target.
func (b *built) programs(o options, p production) (all []program, err error) {
	mains, err := filepath.Glob("functions/*/*/main.go")
	if err != nil {
		return nil, err
	}
	if !o.own() {
		for _, own := range p.Programs {
			all = append(all, program{own.Name, own.Package, b.handler(own.Name), aliasTags}) // the quickest first: something has happened
		}
	}
	for _, main := range mains {
		folder := filepath.Dir(main)
		name, pkg := filepath.Base(filepath.Dir(folder)), "./"+folder
		if name == leftOut && len(more()) == 0 {
			if err := standIn(b.handler(name)); err != nil {
				return nil, err
			}
			continue
		}
		all = append(all, program{name, pkg, b.handler(name), aliasTags})
		if another := kind.Of(kind.ID(p.Kind)).Function(name); another != name {
			all = append(all, program{another, pkg, b.handler(another), shows.Tags(p.Kind)})
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
			if one.linked(ids[one.out]) {
				return nil
			}
			if err := c.build(ctx, one); err != nil {
				return err
			}
			one.keepID(ids[one.out])
			return nil
		})
	}
	return group.Wait()
}

func (b *built) handler(function string) string {
	return filepath.Join(b.handlers, function, "bootstrap")
}

func (b *built) remove() { _ = os.RemoveAll(b.demo) }

// aliasTags are those of everything that touches no target, too: so it is linked once for all shows. With other flags besides the kind's, the SDK
// would be compiled again.
var aliasTags = shows.Tags(string(kind.LambdaAliasID))

// goBuild builds as make build does, but for this machine: what runs is what AWS would run. The rest of the flags are those of whoever runs this,
// make's.
func goBuild(ctx context.Context, p program) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", p.tags, "-ldflags", "-s -w", "-o", p.out, p.pkg)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("compiling %s: %w\n%s", p.name, err, said.String())
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
