package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// leftOut is the function that calls only services which the show does not need. Without them it is not compiled either.
const leftOut = "scan"

// standIn writes a program in the place of one that was left out. It says so to whoever calls the function, so that it stands in the
// record of the release that needs it.
func standIn(bootstrap string) error {
	self, err := os.Executable()
	if err == nil {
		err = os.MkdirAll(filepath.Dir(bootstrap), 0o755)
	}
	if err == nil {
		_, _ = os.Remove(bootstrap), os.Remove(bootstrap+".id")
		err = os.WriteFile(bootstrap, fmt.Appendf(nil, "#!/bin/sh\nexec '%s' %s\n", self, leftOut), 0o755)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", bootstrap, err)
	}
	return nil
}

// sayLeftOut tells Lambda why the function cannot start.
func sayLeftOut() error {
	body := fmt.Sprintf(`{"errorType":"LeftOut","errorMessage":"AWS Config, ECR and Inspector are not in this sandbox: %s"}`, remedy)
	answer, err := http.Post("http://"+os.Getenv("AWS_LAMBDA_RUNTIME_API")+"/2018-06-01/runtime/init/error", "application/json", strings.NewReader(body))
	if err != nil {
		return err
	}
	return answer.Body.Close()
}
