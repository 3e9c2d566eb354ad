// Package coretest holds stand-ins for what core needs from outside, for the
// tests of core and of everything that stands on it: a Store in memory and a
// Platform that does what a test tells it. They keep the contracts of core's
// ports.go, so that a test that passes on them says something.
package coretest
