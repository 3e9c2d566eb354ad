package main

import (
	"cmp"
	"runtime/debug"
)

// version is set by the linker in builds from the Makefile (-X main.version=...).
var version string

// buildVersion names the build: what the linker set, or what the Go toolchain
// noted.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if version != "" || !ok {
		return cmp.Or(version, "unknown")
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	set := map[string]string{}
	for _, s := range info.Settings {
		set[s.Key] = s.Value
	}
	rev := cmp.Or(set["vcs.revision"], "devel")
	rev = rev[:min(len(rev), 12)]
	if set["vcs.modified"] == "true" {
		rev += "-dirty"
	}
	return rev
}
