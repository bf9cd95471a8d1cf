package guard_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"sluice/test/byhand"
	"sluice/test/scenario"
)

// Whoever forwards alarms to one bus wants to know why one of them took nothing back.
func TestAlarmOfAnotherPlaceLeavesALineInTheLog(t *testing.T) {
	var log bytes.Buffer
	byhand.RunWith(t, scenario.Options{Log: slog.NewTextHandler(&log, nil)}, scenario.Canary, func(w *byhand.World) {
		w.Baking("2")
		e, elsewhere := red(), "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:"+scenario.Alarm
		e.Resources = []string{elsewhere}
		log.Reset()
		w.Does("guard", e)
		if said := log.String(); !strings.Contains(said, "an alarm of another place guards nothing here") || !strings.Contains(said, "alarm="+elsewhere) {
			t.Errorf("the log says\n%s", said)
		}
		log.Reset()
		w.Does("guard", red())
		if said := log.String(); strings.Contains(said, "another place") || w.Serves() != "1" {
			t.Errorf("of its own alarm, with which the alias serves %s, the log says\n%s", w.Serves(), said)
		}
	})
}

// What was released before the stack was updated has its alarms listed by name. A shared alarm may guard one target of each sort.
func TestTargetThatWasArmedBeforeAlarmsWereListedByARNIsBroughtBack(t *testing.T) {
	shared := strings.Replace(scenario.Canary, `["checkout-errors"]`, `["shop-errors"]`, 1)
	byhand.RunWith(t, scenario.Options{Services: true}, shared, func(w *byhand.World) {
		w.GreenAlarm("shop-errors")
		other := w.Of("payments", shared)
		w.Promoted("2")
		other.Baking("3")
		listedByName(w, scenario.Target, "shop-errors")
		elsewhere := byhand.Alarm(byhand.Red("shop-errors"))
		elsewhere.Resources = []string{"arn:aws:cloudwatch:eu-central-1:123456789012:alarm:shop-errors"}
		w.Does("guard", elsewhere)
		if w.Serves() != "2" || other.Serves() != "1 95 %, 3 5 %" {
			t.Fatalf("after an alarm of another place checkout serves %s and payments %s", w.Serves(), other.Serves())
		}
		w.Does("guard", byhand.Alarm(byhand.Red("shop-errors")))
		if w.Serves() != "1" || other.Serves() != "1" {
			t.Errorf("checkout, which was armed before, serves %s, and payments %s; want 1 and 1", w.Serves(), other.Serves())
		}
	})
}

// listedByName puts the entry of an alarm into the form that it had.
func listedByName(w *byhand.World, target, alarm string) {
	w.T.Helper()
	_, err := w.Sandbox.DynamoDB.DeleteItem(w.T.Context(), &dynamodb.DeleteItemInput{TableName: aws.String("sluice-sandbox"), Key: map[string]types.AttributeValue{
		"pk": &types.AttributeValueMemberS{Value: "alarm#" + scenario.Here.Alarm(alarm)}, "sk": &types.AttributeValueMemberS{Value: "target#" + target},
	}})
	if err == nil {
		err = w.Store.Watch(w.T.Context(), target, []string{alarm})
	}
	if err != nil {
		w.T.Fatal(err)
	}
}
