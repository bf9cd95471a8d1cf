// Package scenario tells whole releases against AWS in this process, in virtual time: Given a service, When something
// happens, Then the release ends so and took this path through the state machine.
//
// The handlers are the real ones, deployed by the golden template into the sandbox, with the permissions that the
// template gives them; two days of baking take milliseconds.
package scenario
