// Package faults breaks things on purpose. It records the AWS calls and the deliveries of canonical releases, repeats each
// release once for every call and kind of fault, and checks the invariants I1 to I8 of the architecture afterwards: in
// process, in virtual time, over the real handlers (single_test.go). It takes whole services away for minutes in the same
// way (outage_test.go). Random schedules of several faults, releases and
// people follow the same way (random_test.go), and the races that matter are explored over all interleavings of their calls
// (race_test.go).
//
//	make faults          every single fault and outage, and a hundred thousand random schedules
//	make faults N=5000   fewer of them
//	make mutants         breaks Sluice's own safety lines and shows that the tests notice
//
// Each violation is printed with the command that replays it.
package faults
