package session

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestWhatIsMissingIsSaidBeforeACallFails(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none")
	for says, set := range map[string]map[string]string{
		"such as AWS_REGION=eu-central-1":                {},
		`did you mean eu-central-1?`:                     {"AWS_REGION": "eu-central-1a"},
		"there are no AWS credentials that work: log in": {"AWS_REGION": "eu-central-1"},
		`there is no profile "prodd"`:                    {"AWS_REGION": "eu-central-1", "AWS_PROFILE": "prodd"},
		"":                                               {"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example"},
	} {
		t.Run(says, func(t *testing.T) {
			for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"} {
				t.Setenv(name, set[name])
			}
			t.Setenv("AWS_CONFIG_FILE", none)
			t.Setenv("AWS_SHARED_CREDENTIALS_FILE", none)
			t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			_, err := Open(t.Context())
			if says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
				t.Errorf("with %v: %v, want %q", set, err, says)
			}
		})
	}
}
