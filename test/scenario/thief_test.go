package scenario

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/events"
	"sluice/shared/rollout"
)

// A thief has the credentials of one function's role, and nothing else.
type thief struct {
	*World
	table     *dynamodb.Client
	bus       *eventbridge.Client
	functions *lambda.Client
}

func (w *World) thiefOf(function string) thief {
	w.T.Helper()
	cfg, err := w.Sandbox.ConfigFor(stackName + "-" + function)
	w.must(err)
	return thief{w, dynamodb.NewFromConfig(cfg), eventbridge.NewFromConfig(cfg), lambda.NewFromConfig(cfg)}
}

func itemKey(pk, sk string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: pk}, "sk": &types.AttributeValueMemberS{Value: sk}}
}

// sets is an attempt to set attributes of an item.
func (t thief) sets(pk, sk string, attributes ...string) error {
	in := &dynamodb.UpdateItemInput{TableName: aws.String(tableName), Key: itemKey(pk, sk)}
	if len(attributes) > 0 {
		in.ExpressionAttributeNames = map[string]string{}
		in.ExpressionAttributeValues = map[string]types.AttributeValue{":v": &types.AttributeValueMemberS{Value: "stolen"}}
		var parts []string
		for i, a := range attributes {
			in.ExpressionAttributeNames[fmt.Sprintf("#a%d", i)] = a
			parts = append(parts, fmt.Sprintf("#a%d = :v", i))
		}
		in.UpdateExpression = aws.String("SET " + strings.Join(parts, ", "))
	}
	return second(t.table.UpdateItem(t.ctx, in))
}

func (t thief) puts(pk, sk string, attributes ...string) error {
	it := itemKey(pk, sk)
	for _, a := range attributes {
		it[a] = &types.AttributeValueMemberS{Value: "stolen"}
	}
	return second(t.table.PutItem(t.ctx, &dynamodb.PutItemInput{TableName: aws.String(tableName), Item: it}))
}

func (t thief) deletes(pk, sk string) error {
	return second(t.table.DeleteItem(t.ctx, &dynamodb.DeleteItemInput{TableName: aws.String(tableName), Key: itemKey(pk, sk)}))
}

// batches hides an item among others: own says the beginning of a key that the role may write.
func (t thief) batches(keys ...string) error {
	var writes []types.WriteRequest
	for _, pk := range keys {
		writes = append(writes, types.WriteRequest{PutRequest: &types.PutRequest{Item: itemKey(pk, "x")}})
	}
	return second(t.table.BatchWriteItem(t.ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{tableName: writes}}))
}

func (t thief) says(source string, detailTypes ...string) error {
	var entries []ebtypes.PutEventsRequestEntry
	for _, detailType := range detailTypes {
		entries = append(entries, ebtypes.PutEventsRequestEntry{EventBusName: aws.String(busName), Source: aws.String(source), DetailType: aws.String(detailType), Detail: aws.String(`{}`)})
	}
	return second(t.bus.PutEvents(t.ctx, &eventbridge.PutEventsInput{Entries: entries}))
}

// invokes is an attempt to have a function of Sluice's run, or would be: a dry run asks IAM and runs nothing.
func (t thief) invokes(function string, kind lambdatypes.InvocationType, payload []byte) error {
	return second(t.functions.Invoke(t.ctx, &lambda.InvokeInput{FunctionName: aws.String(stackName + "-" + function), InvocationType: kind, Payload: payload}))
}

// words are the beginnings of all partition keys.
var words = []string{"release", "evidence", "target", "queue", "wait", "slack", "github", "job", "service", "delivery", "alarm", "pass", "freeze"}

// said are the events that mean something on the bus.
var said = []string{
	events.ReleaseRequested, events.AbortRequested, events.PromoteRequested, events.OverrideRequested, events.AnswerGiven, events.CommitPushed, events.ArtifactPublished,
	events.ReleaseBuilding, events.ReleaseHeld, events.ReleaseQueued, events.ReleaseStarted, events.ReleaseShifted, events.ReleaseWaiting, events.ReleaseAnswered, events.ReleaseRollingBack,
	events.ReleaseSucceeded, events.ReleaseRolledBack, events.ReleaseRejected, events.ReleaseSuperseded, events.ReleaseAborted, events.ReleaseStuck,
	events.ReleaseHookFailed, events.FreezeSet, events.FreezeLifted,
}

// What of a record and of a lease decides something.
var (
	ofRecords = []string{"definition", "steps", "revision", "answers", "approved", "overrides", "abort", "end", "epoch", "rejection", "holds"}
	ofLeases  = []string{"owner", "fence", "alarms", "red", "held", "promote", "candidate", "stable", "weight", "armedUntil", "promise", "baking"}
)

// spoils is what whoever has a function's role may write and say; docs/security.md says in words what follows from it.
type spoils struct{ items, records, leases, events, functions, asks string }

var thieves = map[string]spoils{
	// These meet the outside: neither a record nor a lease is theirs.
	"button":   {functions: "decide:button"},
	"command":  {functions: "decide:command trigger"},
	"console":  {items: "pass+", functions: "decide:console"},
	"github":   {items: "github~"},
	"notify":   {},
	"pipeline": {functions: "decide:pipeline"},
	"progress": {items: "wait~"},
	"scan":     {},
	"slack":    {items: "slack~"},
	"source":   {events: "commit.pushed artifact.published"},
	"stage":    {asks: "release.requested"},
	"webhook":  {items: "delivery+", events: "commit.pushed"},

	// Nobody but decide writes answers and overrides. What answer writes without them is not believed.
	"count":  {items: "release~ target~ wait~", records: "approved end rejection", leases: "owner fence"},
	"decide": {items: "freeze- freeze~ release~ target~ wait~", records: "answers overrides abort end epoch", leases: "owner fence promote", events: "release.waiting release.answered freeze.set freeze.lifted", functions: "slack trigger"},

	// Only these may write what a lease says of the alarms, and of what serves.
	"admit":    {items: "alarm* queue+ queue- queue~ release~ target~ wait~", records: "abort end epoch rejection", leases: "owner fence alarms red held promote candidate stable weight armedUntil promise baking", events: "release.queued release.started"},
	"guard":    {items: "release~ target~ wait~", records: "end", leases: "owner fence alarms red held weight armedUntil promise"},
	"hook":     {items: "release~ target~ wait~", records: "end", leases: "owner fence", events: "release.hook-failed"},
	"judge":    {items: "evidence~ release~ target~ wait~", records: "end holds", leases: "owner fence alarms red"},
	"look":     {items: "evidence~ release~ target~ wait~", leases: "owner fence alarms red armedUntil"},
	"rollback": {items: "release~ target~ wait~", records: "end", leases: "owner fence weight", events: "release.rolling-back"},
	"settle":   {items: "queue- release~ target~ wait~", records: "end rejection", leases: "owner fence alarms red held promote candidate stable weight armedUntil promise", events: "release.succeeded release.rolled-back release.rejected release.superseded release.aborted release.stuck"},
	"shift":    {items: "release~ target~ wait~", records: "end", leases: "owner fence candidate stable weight promise baking", events: "release.held release.shifted"},

	"ask":     {items: "release~ target~ wait~", records: "end", leases: "owner fence", events: "release.waiting"},
	"build":   {items: "job~ release~ wait~", records: "revision end rejection", events: "release.building"},
	"gates":   {items: "queue- release~ wait~", records: "end rejection", events: "release.held"},
	"plan":    {items: "release~ wait~", records: "definition steps revision abort end rejection"},
	"sweep":   {items: "release~", records: "end rejection", events: "release.stuck"},
	"trigger": {items: "release+ release~ service~ wait~", records: "abort end epoch", events: "release.rejected"},
	"wait":    {items: "wait~"},
	"watch":   {functions: "guard look"},
}

func (t thief) spoils() spoils {
	var s spoils
	may := func(into *string, what string, err error) {
		if !denied(err) {
			*into = strings.TrimSpace(*into + " " + what)
		}
	}
	for _, word := range words {
		pk := word + "#thief"
		for how, err := range map[string]error{"+": t.puts(pk, "x"), "~": t.sets(pk, "x"), "-": t.deletes(pk, "x"), "*": t.batches(pk)} {
			may(&s.items, word+how, err)
		}
	}
	fields := strings.Fields(s.items)
	slices.Sort(fields)
	s.items = strings.Join(fields, " ")
	for _, a := range ofRecords {
		may(&s.records, a, t.sets("release#thief", "release", a))
	}
	for _, a := range ofLeases {
		may(&s.leases, a, t.sets("target#thief", "lease", a))
	}
	for _, detailType := range said {
		may(&s.events, detailType, t.says(events.Source, detailType))
		may(&s.asks, detailType, t.says(events.StageSource, detailType))
		if err := t.says("me", detailType); !denied(err) {
			t.T.Errorf("whoever has the role may say %s in another name: %v", detailType, err)
		}
	}
	for _, function := range invocable() {
		may(&s.functions, function, t.invokes(function, lambdatypes.InvocationTypeDryRun, nil))
	}
	return s
}

// invocable is every name under which a function of Sluice's can be invoked.
func invocable() []string {
	all := slices.Clone(functionNames)
	for speaker := range rollout.Speakers {
		all = append(all, "decide:"+speaker)
	}
	slices.Sort(all)
	return append(all, "decide:$LATEST")
}

// Without this, whoever has one function's credentials has every release (invariant I10).
func TestWhoeverHasOneFunctionWritesOnlyItsItemsAndEventsAndInvokesOnlyItsOwn(t *testing.T) {
	Run(t, func(w *World) {
		for _, function := range functionNames {
			if got, want := w.thiefOf(function).spoils(), thieves[function]; got != want {
				t.Errorf("%s:\ngot  %#v\nwant %#v", function, got, want)
			}
		}
		w.GivesUp("trigger") // of pushes that say nothing
	})
}

// Each of these is a way around a condition on keys that has been seen elsewhere.
func TestNoWayAroundTheKeys(t *testing.T) {
	Run(t, func(w *World) {
		webhook, gate := w.thiefOf("webhook"), w.thiefOf("admit")
		name := aws.String(tableName)
		for what, err := range map[string]error{
			"a record that calls itself a delivery":          webhook.sets("release#delivery#1", "release"),
			"a record in a delivery's list":                  webhook.batches("delivery#1", "release#1"),
			"a scan, which has no keys":                      second(webhook.table.Scan(w.ctx, &dynamodb.ScanInput{TableName: name})),
			"a table that it changes":                        second(webhook.table.UpdateTable(w.ctx, &dynamodb.UpdateTableInput{TableName: name})),
			"an event of another kind behind one of its own": webhook.says(events.Source, events.CommitPushed, events.ReleaseSucceeded),
			"a lease in a list of alarms":                    gate.batches("alarm#a", "target#t"),
			"a lease that it puts whole":                     gate.puts("target#t", "lease", "owner"),
			"a transaction over its own and another's": second(webhook.table.TransactWriteItems(w.ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
				{Put: &types.Put{TableName: name, Item: itemKey("delivery#1", "told")}}, {Put: &types.Put{TableName: name, Item: itemKey("release#1", "release")}},
			}})),
		} {
			if !denied(err) {
				t.Errorf("%s: %v, want AccessDenied", what, err)
			}
		}
		if err := webhook.puts("delivery#1", "told", "ttl"); err != nil {
			t.Errorf("webhook keeps a delivery: %v", err)
		}
	})
}

// What was seen: with the role of webhook a record was approved, the alarms of a lease emptied and a promotion asked for, and the
// candidate got 100 % while the alarm was red.
func TestThiefOfTheWebhookPromotesNothing(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Asking)
		id := w.Requested("2")
		w.AtStep(id, 0)
		thief, target := w.thiefOf("webhook"), w.recorded(id).Definition.Target.ID()
		detail := `{"release":"` + id + `","by":"grace"}`
		promotion := []ebtypes.PutEventsRequestEntry{{EventBusName: aws.String(busName), Source: aws.String("me"), DetailType: aws.String(events.PromoteRequested), Detail: &detail}}
		for what, err := range map[string]error{
			"approves":               thief.sets("release#"+id, "release", "approved"),
			"replaces the record":    thief.puts("release#"+id, "release", "approved", "definition"),
			"empties the alarms":     thief.sets("target#"+target, "lease", "alarms"),
			"lowers the fence":       thief.sets("target#"+target, "lease", "fence"),
			"asks for the rest":      second(thief.bus.PutEvents(w.ctx, &eventbridge.PutEventsInput{Entries: promotion})),
			"reads the lease":        second(thief.table.GetItem(w.ctx, &dynamodb.GetItemInput{TableName: aws.String(tableName), Key: itemKey("target#"+target, "lease")})),
			"reads the record":       second(thief.table.GetItem(w.ctx, &dynamodb.GetItemInput{TableName: aws.String(tableName), Key: itemKey("release#"+id, "release")})),
			"forgets that it guards": thief.deletes("alarm#"+Here.Alarm(Alarm), "target#"+target),
		} {
			if !denied(err) {
				t.Errorf("whoever has the role of webhook %s: %v, want AccessDenied", what, err)
			}
		}
		w.AlarmRed(Alarm)
		if r := w.Ended(id); r.End != rollout.RolledBack {
			t.Errorf("ended %s", r.End)
		}
	})
}

// A function that counts answers cannot write them, and what it writes without them is not believed.
func TestCountThatNoAnswerBearsOutIsNotBelieved(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Asking)
		id := w.Requested("2")
		w.Asks(id, 3)
		r := w.recorded(id)
		r.Approved = append(r.Approved, r.Asked.Step)
		if step, a := r.Pending(r.Asked.Step); a == nil || step != r.Asked.Step {
			t.Errorf("a step that nobody approved passes as approved")
		}
		w.Answered(id, "grace", events.Approve)
		if r := w.Ended(id); r.End != rollout.Succeeded {
			t.Errorf("with an answer it ends %s", r.End)
		}
	})
}

// Each of these could approve in the name of anybody whom a page, Slack or CodePipeline knows.
func TestThiefOfOneSpeakerSpeaksInNoOtherWay(t *testing.T) {
	for name, row := range map[string]struct{ thief, through, how, by string }{
		"button says it is the page":        {"button", "decide:button", rollout.ByMail, "dan@example.com"},
		"button says it is CodePipeline":    {"button", "decide:button", rollout.ByCodePipeline, "arn:aws:iam::123456789012:user/eve"},
		"console says it is CodePipeline":   {"console", "decide:console", rollout.ByCodePipeline, "arn:aws:iam::123456789012:user/eve"},
		"console says it is an event":       {"console", "decide:console", rollout.ByEvent, "grace"},
		"pipeline says it is Slack":         {"pipeline", "decide:pipeline", rollout.BySlack, "T0SANDBOX/U0LINUS"},
		"pipeline says it is the page":      {"pipeline", "decide:pipeline", rollout.ByMail, "dan@example.com"},
		"pipeline says it is button":        {"pipeline", "decide:button", rollout.BySlack, "T0SANDBOX/U0LINUS"},
		"button says it is console":         {"button", "decide:console", rollout.ByMail, "dan@example.com"},
		"console says that AWS states it":   {"console", "decide:console", rollout.ByIAM, "arn:aws:iam::123456789012:user/eve"},
		"button says that AWS states it":    {"button", "decide:button", rollout.ByIAM, "arn:aws:iam::123456789012:user/eve"},
		"button says it is command":         {"button", "decide:command", rollout.ByIAM, "arn:aws:iam::123456789012:user/eve"},
		"pipeline says that AWS states it":  {"pipeline", "decide:pipeline", rollout.ByIAM, "arn:aws:iam::123456789012:user/eve"},
		"command says it is CodePipeline":   {"command", "decide:command", rollout.ByCodePipeline, "arn:aws:iam::123456789012:user/eve"},
		"command says it is the page":       {"command", "decide:command", rollout.ByMail, "dan@example.com"},
		"console says it is pipeline":       {"console", "decide:pipeline", rollout.ByCodePipeline, "arn:aws:iam::123456789012:user/eve"},
		"button does not say who it is":     {"button", "decide", rollout.BySlack, "T0SANDBOX/U0LINUS"},
		"console invokes the code directly": {"console", "decide:$LATEST", rollout.ByMail, "dan@example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.Given(strings.Replace(with(Asking, `"linus":{"event":"linus"}`, `"linus":{"slack":"T0SANDBOX/U0LINUS"},"eve":{"aws":"arn:aws:iam::123456789012:user/eve"}`), `"dan"],`, `"dan","eve"],`, 1))
				w.Subscribe()
				id := w.Requested("2")
				w.Asks(id, 3)
				asked := w.recorded(id).Asked
				word := events.Word{Release: id, Do: events.Approve, Step: asked.Step, Digest: asked.Digest, How: row.how, By: row.by}
				payload, err := json.Marshal(events.Spoken{Word: &word})
				w.must(err)
				let := w.thiefOf(row.thief).invokes(row.through, lambdatypes.InvocationTypeEvent, payload)
				w.Pass(10 * time.Minute)
				if a := w.recorded(id).Answers; len(a) > 0 {
					t.Errorf("it counts: %+v", a)
				}
				if own := "decide:" + row.thief; denied(let) == (row.through == own) {
					t.Errorf("AWS lets it: %v, want that only through %s", let, own)
				}
				if hears := strings.Contains(w.Mail(), "sluice-sandbox-turned-away"); hears == denied(let) {
					t.Errorf("people hear of a thief: %v\n%s", hears, w.Mail())
				}
				w.Answered(id, "grace", events.Approve)
				if r := w.Ended(id); r.End != rollout.Succeeded {
					t.Errorf("with her own answer it ends %s", r.End)
				}
			})
		})
	}
}
