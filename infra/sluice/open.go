package main

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"

	"github.com/spf13/cobra"

	"sluice/shared/lambda"
)

// openPage opens the page of a release in a browser.
func openPage(d desk, open opener) *cobra.Command {
	prints := false
	c := &cobra.Command{
		Use: "open [SERVICE|RELEASE]", Short: "Open the page of a release, or of all services, in a browser", Args: takes(0, 1, "[SERVICE] (or the id of a release)"),
		Long: "Open the page of a release, or of all services, in a browser. The link is for looking; it lets the browser in for eight hours.",
		RunE: func(c *cobra.Command, words []string) error {
			e, err := open(c.Context())
			if err != nil {
				return err
			}
			id := ""
			if len(words) > 0 {
				r, _, err := e.meant(c.Context(), words[0], current)
				if err != nil {
					return err
				}
				id = r.ID
			}
			link, err := e.link(c.Context(), id)
			if err != nil {
				return err
			}
			fmt.Fprintln(d.out, link)
			if prints || !d.live {
				return nil
			}
			if err := browse(c.Context(), link); err != nil {
				return fmt.Errorf("no browser opened it (%w): open the link yourself", err)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&prints, "print", false, "print the link alone")
	return c
}

// link asks the pages for a link to look with; only whom IAM lets invoke their function gets one.
func (e engine) link(ctx context.Context, release string) (string, error) {
	var answer struct {
		URL string `json:"url"`
	}
	err := lambda.New(e.AWS, e.Function("console")).Ask(ctx, map[string]any{"link": map[string]string{"release": release}}, &answer)
	return answer.URL, err
}

// browse opens an address with what the system has for that.
func browse(ctx context.Context, address string) error {
	switch runtime.GOOS {
	case "darwin":
		return exec.CommandContext(ctx, "open", address).Run()
	case "windows":
		return exec.CommandContext(ctx, "rundll32", "url.dll,FileProtocolHandler", address).Run()
	}
	return exec.CommandContext(ctx, "xdg-open", address).Run()
}
