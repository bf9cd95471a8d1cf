package dynamo_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sluice/shared/dynamo"
	"sluice/shared/judge"
)

func TestLedgerIsWrittenByOneLookAtATimeAndItsHistoryIsWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, ctx := open(t), t.Context()
		minute := func(n int) judge.Minute {
			return judge.Minute{Key: "errors0", Point: judge.Point{At: noon.Unix() + int64(60*n), Arms: judge.Arms{Candidate: judge.Counts{Requests: n}}}}
		}
		first := judge.Ledger{Version: 1, At: noon, Series: map[string]judge.Series{"errors0": {Recent: []judge.Point{minute(1).Point}}}}
		if err := s.KeepLedger(ctx, "r", first); err != nil {
			t.Fatal(err)
		}
		if err := s.KeepLedger(ctx, "r", first); !dynamo.IsConflict(err) {
			t.Errorf("a second first look answers %v, want a conflict", err)
		}
		second := judge.Ledger{Version: 2, At: noon.Add(time.Minute), Folded: []judge.Minute{minute(1), minute(2)}, Series: map[string]judge.Series{"errors0": {Recent: []judge.Point{minute(3).Point}}}}
		if err := s.KeepLedger(ctx, "r", second); err != nil {
			t.Fatal(err)
		}
		second.Folded[1].Point.Arms.Candidate.Requests = 99 // one that was slower than another: it read the same minutes, a moment later
		if err := s.KeepLedger(ctx, "r", second); !dynamo.IsConflict(err) {
			t.Errorf("a look that was slower answers %v, want a conflict", err)
		}
		got, err := s.Minutes(ctx, "r")
		if err != nil || len(got) != 3 {
			t.Fatalf("the history is %+v (%v), want three minutes", got, err)
		}
		if diff := cmp.Diff([]int64{minute(1).Point.At, minute(2).Point.At, minute(3).Point.At}, []int64{got[0].Point.At, got[1].Point.At, got[2].Point.At}); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if empty, err := s.Ledger(ctx, "nobody"); err != nil || empty.Version != 0 {
			t.Errorf("a release that has seen nothing has %+v (%v)", empty, err)
		}
	})
}
