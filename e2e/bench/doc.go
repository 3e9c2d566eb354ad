// Package bench measures what gwm promises about speed and memory: `make bench`.
//
// Every number is taken within one run on one machine, and speeds are told as
// ratios to something measured beside them, so that they mean the same on a
// slow machine and on a fast one. Nothing fails for being slow: the table says
// whether each aim was met. What fails is what is broken: a list that is not
// complete, a session that does not paint, a goroutine that stays.
//
// The simulated cluster and the server of the 200 sessions are processes of
// their own (the test binary in another role), so that their memory and their
// processor time are not mixed with the measuring. All talk is over loopback.
package bench
