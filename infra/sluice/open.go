package main

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"

	"github.com/spf13/cobra"

	"sluice/events"
)

// openPage opens the page of a release in a browser.
func openPage(d desk, open opener) *cobra.Command {
	prints := false
	c := &cobra.Command{
		Use: "open [SERVICE|RELEASE]", Short: "Open the page of a release, or of all services, in a browser", Args: takes(0, 1, "[SERVICE] (or the id of a release)"),
		Example: "  sluice open\n  sluice open checkout\n  sluice open checkout --print",
		Long: "Open the page of a release, or of all services, in a browser. The link is for looking, and lets the browser in for eight hours; what you\n" +
			"have to say, say here (sluice approve, abort, freeze, ...).",
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
			link, err := d.link(c.Context(), e, id)
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

// link asks the function command for a link to look with.
func (d desk) link(ctx context.Context, e engine, release string) (string, error) {
	out, err := e.order(ctx, events.Order{Do: events.Open, Release: release}, d.now())
	return out.Link, err
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
