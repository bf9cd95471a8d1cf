// Package draft makes the first definition of a service: it knows what each kind of target has to be told, finds in the account what may be meant, and
// writes the file. Asking people is the command line's part.
//
// A kind is one row of Kinds: the fields that are asked, in their order, and how their answers become a target.
package draft
