//go:build race

package e2e

// buildFlags make the binary under test watch for data races as the tests do. The
// Makefile has the same flags and says why, so that everything is compiled once.
var buildFlags = []string{"-race", "-gcflags=github.com/mattn/go-runewidth=-race=false"}
