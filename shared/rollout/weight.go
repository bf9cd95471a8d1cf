package rollout

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// Weight is the candidate's share of the traffic in hundredths of a percent: 10000 is everything.
// Whole numbers compare exactly, which the fractions of the AWS APIs (0.05) do not.
// In JSON and YAML it is a percentage: 5, 12.5.
type Weight int

// None and All are the two weights at which only one revision serves.
const (
	None Weight = 0
	All  Weight = 10000
)

// Percent makes a weight from a percentage, rounded to a hundredth of a percent. A number far from any percentage is cut first:
// Go does not define the conversion of a number that an integer cannot hold. Validate refuses such a weight anyway.
func Percent(p float64) Weight { return Weight(math.Round(min(max(p, -absurd), absurd) * 100)) }

const absurd = 1e6

// Fraction is the weight as AWS APIs want it, from 0.0 to 1.0.
func (w Weight) Fraction() float64 { return float64(w) / float64(All) }

// FromFraction is the weight that an AWS API answered, from 0.0 to 1.0.
func FromFraction(f float64) Weight { return Percent(f * 100) }

// String is the weight as people read it: "5 %", "12.5 %".
func (w Weight) String() string { return strconv.FormatFloat(float64(w)/100, 'f', -1, 64) + " %" }

// MarshalJSON writes the percentage.
func (w Weight) MarshalJSON() ([]byte, error) { return json.Marshal(float64(w) / 100) }

// UnmarshalJSON reads a percentage.
func (w *Weight) UnmarshalJSON(data []byte) error {
	var p float64
	if err := json.Unmarshal(data, &p); err != nil {
		return fmt.Errorf("reading weight: %w", err)
	}
	*w = Percent(p)
	return nil
}
