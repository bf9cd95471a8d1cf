package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/shared/kind"
	"sluice/test/sandbox"
	"sluice/test/sandbox/memory"
	"sluice/test/sandbox/run/exhibit"
	"sluice/test/sandbox/run/shows"
	"sluice/test/sandbox/wire"
)

// inMemory is a show that nobody can ask for: a target in memory, without anything that runs. It is what an exhibit is at least.
var inMemory = production{
	shows.Show{Name: "memory", Kind: kind.MemoryID},
	exhibit.Exhibit{
		Parts:      []sandbox.Part{func(in sandbox.Surroundings) interface{ Wire() wire.Service } { return memory.New(in.Home) }},
		Definition: "strategy: { canary: { steps: [ { weight: 20, bake: 20s } ] } }\n",
		Change:     "revision", Arrives: "is released",
		Open: func(_ context.Context, s exhibit.Stage) (exhibit.Performer, error) {
			m := &memoryService{target: sandbox.PartOf[memory.Service](s.Sandbox), failing: map[string]float64{}, last: 1}
			m.target.Create(exhibit.Service, "1", memory.Traits{Locked: true})
			return m, nil
		},
	},
}

type memoryService struct {
	target *memory.Service

	mu      sync.Mutex
	last    int
	failing map[string]float64
}

func (m *memoryService) Bring(_ context.Context, c exhibit.Change) (exhibit.Revision, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last++
	version := strconv.Itoa(m.last)
	m.failing[version] = c.Failing
	return exhibit.Revision{Version: version, Command: fmt.Sprintf("memory bring --revision %s", version)}, nil
}

func (m *memoryService) Ask(ctx context.Context) (exhibit.Answer, error) {
	name := exhibit.Service
	out, err := m.target.Read(ctx, &memory.ReadInput{Name: &name})
	if err != nil || ctx.Err() != nil {
		return exhibit.Answer{}, context.Cause(ctx)
	}
	revision := aws.ToString(out.Serves.Stable)
	if rand.IntN(10000) < int(aws.ToInt32(out.Serves.Weight)) {
		revision = aws.ToString(out.Serves.Candidate)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return exhibit.Answer{Revision: revision, Failed: rand.Float64()*100 < m.failing[revision]}, nil
}

func (m *memoryService) Hints() []string { return []string{"memory read --name " + exhibit.Service} }

func (m *memoryService) Close() {}

// An exhibit says what is special about its kind of target. That it is released, promoted, judged, taken back and shown is the same for all.
func TestExhibitOfAnyKindIsReleasedAndTakenBack(t *testing.T) {
	t.Chdir("../../..")
	var out bytes.Buffer
	if err := produced(t.Context(), options{demo: true, service: service}, newShow(&out, false), inMemory); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, want := range []string{
		"A good revision is released by ada.", "$ memory bring --revision 2", "SUCCEEDED", "revision 1   served", "Alarm checkout-errors: all traffic is back on revision 2", "ROLLED-BACK",
		"requests harmed:", "from the alarm to stable:",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the show never said %q:\n%s", want, out.String())
		}
	}
}
