package main

import (
	"encoding/json"
	"strings"
	"testing"

	"sluice/test/scenario"
)

// Before a deployment, people see what it does to releases: in words, and value by value.
func TestDiffSaysInWordsWhatADeploymentWouldChange(t *testing.T) {
	scenario.Run(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		same := "people: {grace: {event: grace}}\n"
		deployed := strings.NewReplacer("bake: 20s", "bake: 10m", "guard:", "      - {weight: 50, bake: 10m}\nguard:").Replace(checkoutYAML("checkout-errors", same))
		finds(w, checkoutOf(t, map[string]string{"checkout.yaml": deployed}), "diff", done, "checkout as it is deployed")
		more := strings.NewReplacer("bake: 10m\n      - {", "bake: 1h\n      - {", "event: grace", "event: grace2").Replace(deployed) + "gates:\n  calendars: [company]\n"
		folder := checkoutOf(t, map[string]string{"checkout.yaml": more, "shop.yaml": strings.ReplaceAll(deployed, "checkout", "shop")})
		finds(w, folder, "diff", differing, "Steps - step 2: 25 % for 10m + step 2: 25 % for 1h", "Gates + calendar company is open", "people.grace.event: grace → grace2 (infra/services/checkout.yaml:",
			"strategy.canary.steps[1].bake: 10m → 1h (infra/services/checkout.yaml:12)", "shop is new: it is not deployed yet")
		seen, status := typesIn(w, folder, "", "diff", "checkout", "-o", "json")
		var said struct {
			Services []struct {
				Service, State string
				Words          []struct{ What string }
				Values         []struct{ Path string }
			}
		}
		if err := json.Unmarshal([]byte(seen), &said); err != nil || status != differing || len(said.Services) != 1 || said.Services[0].State != "changed" || len(said.Services[0].Words) == 0 || len(said.Services[0].Values) == 0 {
			t.Errorf("%v, exit status %d\n%s", err, status, seen)
		}
		finds(w, checkoutOf(t, map[string]string{"shop.yaml": strings.ReplaceAll(deployed, "checkout", "shop")}), "diff", differing, "checkout is deployed, and not in this checkout: deploying takes it away")
		finds(w, folder, "diff chekout", wrongUse, "did you mean checkout?")
		finds(w, checkoutOf(t, map[string]string{"checkout.yaml": "service: checkout\n"}), "diff", wrongUse, "infra/services/checkout.yaml:1: ")
	})
}
