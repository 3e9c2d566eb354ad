//go:build !race

package e2e

// buildFlags are empty: there is no C compiler for the race detector.
var buildFlags []string
