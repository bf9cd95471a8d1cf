//go:build !one || recordSet

package main

import "sluice/test/sandbox/run/exhibit/dns"

func init() { linked["dns"] = dns.Exhibit }
