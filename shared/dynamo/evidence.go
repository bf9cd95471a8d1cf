package dynamo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"sluice/shared/judge"
)

func ledgerKey(release string) item { return key("evidence#"+release, "ledger") }

// historyLife is how long the minutes behind a verdict are kept, for replays.
const historyLife = 180 * 24 * time.Hour

// ledger is the form of the item: the ledger itself, which only Sluice reads, is one text.
type ledger struct {
	Version int    `json:"version"`
	Text    string `json:"ledger"`
}

// Ledger reads what a release has seen; one that has seen nothing has an empty ledger.
func (s *Store) Ledger(ctx context.Context, release string) (judge.Ledger, error) {
	var kept ledger
	var l judge.Ledger
	err := s.get(ctx, ledgerKey(release), &kept)
	if IsNotFound(err) {
		return l, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(kept.Text), &l)
	}
	if err != nil {
		return l, fmt.Errorf("reading evidence of %s: %w", release, err)
	}
	return l, nil
}

// KeepLedger writes what one look added: first the minutes that it added up, which may be written again, then the ledger.
// ErrConflict means that another look was faster. Nothing is lost: the next look reads the same minutes.
func (s *Store) KeepLedger(ctx context.Context, release string, l judge.Ledger) error {
	if err := s.keepMinutes(ctx, release, l); err != nil {
		return err
	}
	text, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("encoding evidence of %s: %w", release, err)
	}
	u := change().set("version", l.Version).set("ledger", string(text))
	if l.Version <= 1 {
		u.when("attribute_not_exists(pk)")
	} else {
		u.when("%s = %s", u.name("version"), u.value(l.Version-1))
	}
	if err := s.apply(ctx, ledgerKey(release), u, nil); err != nil {
		return fmt.Errorf("writing evidence of %s: %w", release, err)
	}
	return nil
}

func (s *Store) keepMinutes(ctx context.Context, release string, l judge.Ledger) error {
	if len(l.Folded) == 0 {
		return nil
	}
	text, err := json.Marshal(l.Folded)
	if err != nil {
		return fmt.Errorf("encoding minutes of %s: %w", release, err)
	}
	first := l.Folded[0].Point.At
	for _, m := range l.Folded {
		first = min(first, m.Point.At)
	}
	u := change().set("minutes", string(text)).set("ttl", l.At.Add(historyLife).Unix())
	if err := s.apply(ctx, key("evidence#"+release, fmt.Sprintf("minutes#%012d", first)), u, nil); err != nil {
		return fmt.Errorf("writing minutes of %s: %w", release, err)
	}
	return nil
}

// Minutes reads every minute that a release has seen, for a replay: those that were added up, then those of its ledger.
func (s *Store) Minutes(ctx context.Context, release string) ([]judge.Minute, error) {
	var all []judge.Minute
	pages := dynamodb.NewQueryPaginator(s.db, &dynamodb.QueryInput{
		TableName: &s.table, KeyConditionExpression: aws.String("pk = :pk AND begins_with(sk, :sk)"),
		ExpressionAttributeValues: item{":pk": str("evidence#" + release), ":sk": str("minutes#")},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading minutes of %s: %w", release, err)
		}
		for _, it := range page.Items {
			var kept struct {
				Minutes string `json:"minutes"`
			}
			var some []judge.Minute
			if err := decode(it, &kept); err != nil {
				return nil, fmt.Errorf("decoding minutes of %s: %w", release, err)
			}
			if err := json.Unmarshal([]byte(kept.Minutes), &some); err != nil {
				return nil, fmt.Errorf("decoding minutes of %s: %w", release, err)
			}
			all = append(all, some...)
		}
	}
	l, err := s.Ledger(ctx, release)
	return append(all, l.Minutes()...), err
}
