package commands

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"sluice/test/scenario"
)

// past is a release that baked for hours: in virtual time, because nobody waits for evidence here.
type past struct {
	release string
	numbers string // the file behind "The numbers behind it" on its page
	items   []map[string]types.AttributeValue
}

const table = "sluice-sandbox"

// yesterday leads a release whose errors are compared through its bakes, and keeps what is left of it.
func yesterday(t *testing.T) (p past) {
	t.Helper()
	definition := strings.Replace(strings.ReplaceAll(scenario.Canary, `"10m"`, `"30m"`), `"revertWindow"`, `"checks":{"errors":[{"cluster":1,"tolerate":1.25}]},"revertWindow"`, 1)
	scenario.Run(t, func(w *scenario.World) {
		w.Given(definition)
		w.Traffic(60)
		p.release = w.Requested("2")
		w.Ended(p.release)
		p.numbers = w.Browser().Opens(w.Invited(p.release)).Continues().Goes("/releases/" + p.release + "/evidence.json").Page
		all, err := w.Sandbox.DynamoDB.Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String(table)})
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range all.Items {
			if key, ok := item["pk"].(*types.AttributeValueMemberS); ok && strings.HasSuffix(key.Value, "#"+p.release) {
				p.items = append(p.items, item)
			}
		}
	})
	return p
}

// remember puts what is left of a release into the table.
func (s *story) remember(p past) {
	s.T.Helper()
	for _, item := range p.items {
		_, err := s.Sandbox.DynamoDB.PutItem(s.T.Context(), &dynamodb.PutItemInput{TableName: aws.String(table), Item: item})
		s.must(err)
	}
}
