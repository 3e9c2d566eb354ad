// Package e2e holds the tests that belong to no package: the import rules, the
// scripts that drive the real binary over real SSH (testdata/*.txtar), the
// benchmarks, and the real Ganeti that integration tests run against.
package e2e
