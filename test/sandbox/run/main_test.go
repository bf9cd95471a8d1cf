package main

import (
	"io"
	"strings"
	"testing"
)

func TestAPortThatIsMistypedIsSaidBeforeAnythingIsCompiled(t *testing.T) {
	for arguments, says := range map[string]string{
		"-port abc -demo": `"abc": write a number from 1024 to 65535`, "-port 70000": `"70000"`, "-port 4600 now": `"now" was not expected`, "-prt 4600": "not defined: -prt",
		"-port": "needs an argument", "-port 4600 -demo": "", "": "",
		"-show alb -service catalog": "SHOW=alb shows a service of its own: SERVICE=catalog make run shows yours",
	} {
		o, err := read(strings.Fields(arguments), io.Discard)
		if says == "" && (err != nil || o.port == 0) || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("%q: %+v, %v, want %q", arguments, o, err, says)
		}
	}
}
