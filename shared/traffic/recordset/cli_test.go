package recordset_test

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"sluice/shared/kind"
	"sluice/test/sandbox/wire"
)

// What people are told to do by hand does it, with the AWS CLI, which writes requests by another implementation than the SDK's.
func TestTheCommandThatPeopleAreGivenRestoresAPool(t *testing.T) {
	if _, err := exec.LookPath("aws"); err != nil {
		t.Skip("SKIPPED: the AWS CLI (aws) is not on PATH, so nothing here shows that it takes the command")
	}
	f := newFixture(t)
	f.spec.Records[0].To["blue"] = kind.Endpoint{Value: "192.0.2.1"}
	f.spec.Records[0].To["green"] = kind.Endpoint{Value: "192.0.2.2"}
	f.put(t, "shop.example.com", map[string]int64{"blue": 150, "green": 50})
	server := httptest.NewServer(wire.NewServer(wire.Home{Region: "us-east-1", Account: "123456789012"}, f.service.Wire()))
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", f.spec.Restore("green")+" --endpoint-url "+server.URL)
	cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=b", "AWS_DEFAULT_REGION=us-east-1", "AWS_PAGER=",
		"AWS_CONFIG_FILE="+t.TempDir()+"/config", "AWS_SHARED_CREDENTIALS_FILE="+t.TempDir()+"/credentials", "AWS_EC2_METADATA_DISABLED=true", "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got, err := f.router.Read(t.Context(), f.Target()); err != nil || !got.Serves("green") {
		t.Errorf("afterwards it serves %v, %v", got, err)
	}
}
