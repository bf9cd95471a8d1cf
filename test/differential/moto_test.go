package differential

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/smithy-go"

	records "sluice/test/sandbox/route53"
	"sluice/test/sandbox/wire"
)

// Moto is another implementation of Route 53's control plane (https://docs.getmoto.org): the same batches have to be taken or refused by both, and to
// leave the same records. Left out is what moto 5.2.1 does otherwise than AWS says: it takes a DELETE of values that are not there (getmoto/moto#7153),
// and after a zone has seen several batches it refuses some that delete a record and make it again in one
// (https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html).
func TestBatchesOfRecordsEndAsInMoto(t *testing.T) {
	moto, home := startMoto(t), wire.Home{Region: "us-east-1", Account: "123456789012"}
	service := records.New(records.Options{Home: home})
	service.Pace(0, 0)
	ours := route53.NewFromConfig(aws.Config{
		Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""), BaseEndpoint: aws.String("http://sandbox.invalid"),
		HTTPClient: wire.Client(wire.NewServer(home, service.Wire())),
	})
	theirs := route53.NewFromConfig(aws.Config{Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""), BaseEndpoint: &moto})
	one, other := newZone(t, ours), newZone(t, theirs)
	blue, green, heavier := weighted("blue", 200), weighted("green", 20), weighted("blue", 180)
	plain := types.ResourceRecordSet{Name: aws.String("www.example.com"), Type: "A", TTL: aws.Int64(60), ResourceRecords: []types.ResourceRecord{{Value: aws.String("192.0.2.9")}}}
	for _, step := range []struct {
		name  string
		batch []types.Change
	}{
		{"blue is made", changes("CREATE", blue)},
		{"blue is made again", changes("CREATE", blue)},
		{"both are divided in one batch", slices.Concat(changes("DELETE", blue), changes("CREATE", heavier, green))},
		{"a batch of which the last change is refused", slices.Concat(changes("CREATE", plain), changes("CREATE", green))},
		{"a plain record of another name", changes("CREATE", plain)},
		{"green is out", changes("DELETE", green)},
		{"blue is overwritten", changes("UPSERT", blue)},
	} {
		time.Sleep(300 * time.Millisecond) // Route 53 takes a few calls a second
		a, b := carried(ours, one, step.batch), carried(theirs, other, step.batch)
		if a != b {
			t.Errorf("%s: the sandbox answers %q, moto %q", step.name, a, b)
		}
		if left, right := listing(t, ours, one), listing(t, theirs, other); left != right {
			t.Errorf("%s: the sandbox has\n%s\nmoto has\n%s", step.name, left, right)
		}
	}
}

func weighted(pool string, weight int64) types.ResourceRecordSet {
	return types.ResourceRecordSet{
		Name: aws.String("shop.example.com"), Type: "A", SetIdentifier: &pool, Weight: &weight, TTL: aws.Int64(60), ResourceRecords: []types.ResourceRecord{{Value: aws.String("192.0.2.10")}},
	}
}

func changes(action types.ChangeAction, sets ...types.ResourceRecordSet) (batch []types.Change) {
	for _, r := range sets {
		batch = append(batch, types.Change{Action: action, ResourceRecordSet: &r})
	}
	return batch
}

func newZone(t *testing.T, c *route53.Client) string {
	t.Helper()
	made, err := c.CreateHostedZone(t.Context(), &route53.CreateHostedZoneInput{Name: aws.String("example.com"), CallerReference: aws.String("1")})
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(*made.HostedZone.Id, "/hostedzone/")
}

// carried is the code with which a batch is refused; empty when it is taken.
func carried(c *route53.Client, zone string, batch []types.Change) string {
	_, err := c.ChangeResourceRecordSets(context.Background(), &route53.ChangeResourceRecordSetsInput{HostedZoneId: &zone, ChangeBatch: &types.ChangeBatch{Changes: batch}})
	return refusal(err)
}

// refusal is the code of an error that a service answered.
func refusal(err error) string {
	var refused smithy.APIError
	if errors.As(err, &refused) {
		return refused.ErrorCode()
	} else if err != nil {
		return err.Error()
	}
	return ""
}

// listing is what a zone has besides the records that every zone is made with.
func listing(t *testing.T, c *route53.Client, zone string) string {
	t.Helper()
	out, err := c.ListResourceRecordSets(t.Context(), &route53.ListResourceRecordSetsInput{HostedZoneId: &zone})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, r := range out.ResourceRecordSets {
		if r.Type == types.RRTypeNs || r.Type == types.RRTypeSoa {
			continue
		}
		lines = append(lines, fmt.Sprintf("%s %s %s weight %d ttl %d %v", *r.Name, r.Type, aws.ToString(r.SetIdentifier), aws.ToInt64(r.Weight), aws.ToInt64(r.TTL), aws.ToString(r.ResourceRecords[0].Value)))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// startMoto runs moto until the test ends, or skips the test aloud. It answers its address.
func startMoto(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("moto_server")
	if err != nil {
		t.Skip("SKIPPED: moto_server is not on PATH, so nothing here compares the sandbox with moto; pip install 'moto[server]' gets it")
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	_ = free.Close()
	_, port, _ := net.SplitHostPort(address)
	server := exec.CommandContext(t.Context(), path, "-H", "127.0.0.1", "-p", port)
	if err := server.Start(); err != nil {
		t.Skipf("SKIPPED: moto_server does not start (%v), so nothing here compares the sandbox with moto", err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	for range 150 {
		answer, err := http.Get("http://" + address + "/moto-api/")
		if err == nil {
			_ = answer.Body.Close()
			return "http://" + address
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.Skip("SKIPPED: moto_server does not answer within 30 seconds, so nothing here compares the sandbox with moto")
	return ""
}
