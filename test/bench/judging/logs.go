package main

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"

	"sluice/shared/judge"
	"sluice/shared/rollout"
)

// Two public logs, minute by minute (testdata/README.md says whose): what real traffic does, nobody makes up.
var (
	//go:embed testdata/epa-http.csv
	epa []byte
	//go:embed testdata/worldcup98.csv.gz
	worldcup []byte
)

// log is a service whose traffic was recorded.
type log struct {
	title    string
	requests []float64 // in each minute
	bad      []float64 // share of them, for both versions alike
}

// logs are the recorded services. The second has no errors of its own: once it has one in 200, and once those of the
// first, in proportion.
func logs() ([]log, error) {
	first, err := columns(bytes.NewReader(epa))
	if err != nil {
		return nil, err
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(worldcup))
	if err != nil {
		return nil, fmt.Errorf("unpacking worldcup98: %w", err)
	}
	second, err := columns(unpacked)
	if err != nil {
		return nil, err
	}
	small := log{title: "EPA-HTTP as it was: 33 requests a minute, 2.5 % bad"}
	large := log{title: "WorldCup98, a tenth of it: 2,600 requests a minute, 0.5 % bad in EPA's bursts"}
	even := log{title: "WorldCup98, a tenth of it: 2,600 requests a minute, 0.5 % bad all day"}
	requests, bad := 0.0, 0.0
	for _, row := range first {
		requests, bad = requests+row[1], bad+row[2]+row[3]
		small.requests = append(small.requests, row[1])
		small.bad = append(small.bad, (row[2]+row[3])/max(1, row[1]))
	}
	for i, row := range second {
		large.requests = append(large.requests, row[1]/10)
		even.requests, even.bad = append(even.requests, row[1]/10), append(even.bad, 0.005)
		large.bad = append(large.bad, min(0.8, 0.005*small.bad[i%len(small.bad)]*requests/bad))
	}
	return []log{small, even, large}, nil
}

func columns(from io.Reader) ([][]float64, error) {
	rows, err := csv.NewReader(from).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reading a log: %w", err)
	}
	var all [][]float64
	for _, row := range rows[1:] {
		numbers := make([]float64, len(row))
		for i, cell := range row {
			if numbers[i], err = strconv.ParseFloat(cell, 64); err != nil {
				return nil, fmt.Errorf("reading a log: %w", err)
			}
		}
		all = append(all, numbers)
	}
	return all, nil
}

// release replays an hour from a random minute on, in three steps. Each request and each bad one falls to a version by chance, as an alias spreads
// them; of a bad release, the candidate fails so many times more often.
func (g log) release(r *rand.Rand, ratio float64) release {
	s, l := scenario{weights: ramp}, level{}
	return release{steps: s.steps(l), minutes: g.hour(r, ratio), more: func(step int) judge.Served {
		return g.minute(r, r.IntN(len(g.requests)), step, ratio).served
	}}
}

func (g log) hour(r *rand.Rand, ratio float64) []minute {
	begun, minutes := r.IntN(len(g.requests)), make([]minute, looks)
	for i := range minutes {
		minutes[i] = g.minute(r, (begun+i)%len(g.requests), i*len(ramp)/looks, ratio).shown()
	}
	return minutes
}

func (g log) minute(r *rand.Rand, at, step int, ratio float64) minute {
	all := int(g.requests[at])
	both := judge.Counts{Requests: all, Errors: poisson(r, float64(all)*g.bad[at])}
	spread := judge.Spread(r, both, rollout.Weight(ramp[step]*float64(rollout.All)), ratio)
	return minute{step: step, served: judge.Served{Arms: []judge.Arms{spread}}}
}
