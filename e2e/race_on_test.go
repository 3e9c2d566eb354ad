//go:build race

package e2e

// buildFlags make the binary under test watch for data races as the tests do.
var buildFlags = []string{"-race"}
