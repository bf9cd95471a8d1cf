// Package commands runs every command that the pages tell people to type: in a shell, with the unmodified AWS CLI, against a whole
// Sluice in real time, in the order of the pages.
//
// Before a command is run, the world is brought into the state that the page speaks of, and names that stand for something are
// replaced by what that world really has. A command that cannot be run inside a test stands in a table with the reason.
package commands
