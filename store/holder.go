package store

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"gwm/core"
)

// busy says that another process holds the store, and which.
func busy(path string) *core.Error {
	who := "another process holds it"
	if pid := holder(path); pid != 0 {
		who = fmt.Sprintf("%s is running (pid %d)", command(pid), pid)
	}
	return core.Errorf(core.CodeInternal, "the store %s is in use: %s", path, who).
		WithHint("work through its control socket or its SSH port, or stop it first")
}

// holder returns the process that locked the file, as /proc/locks tells on
// Linux; 0 where that is not known.
func holder(path string) int {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0
	}
	dev := uint64(st.Dev)
	major := dev>>8&0xfff | dev>>32&^0xfff
	minor := dev&0xff | dev>>12&^0xff
	id := fmt.Sprintf("%02x:%02x:%d", major, minor, st.Ino)
	locks, err := os.ReadFile("/proc/locks")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(locks)) {
		f := strings.Fields(line) // 1: FLOCK ADVISORY WRITE 1234 08:01:5678 0 EOF
		if len(f) < 8 || f[1] != "FLOCK" || f[5] != id {
			continue
		}
		if pid, err := strconv.Atoi(f[4]); err == nil && pid > 0 {
			return pid
		}
	}
	return 0
}

// command returns the first two words of a process's command line, its program
// without the directory: "gwm serve".
func command(pid int) string {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	words := strings.Split(string(bytes.TrimRight(raw, "\x00")), "\x00")
	if err != nil || words[0] == "" {
		return "a process"
	}
	name := filepath.Base(words[0])
	if len(words) > 1 && !strings.HasPrefix(words[1], "-") {
		name += " " + words[1]
	}
	return core.Printable(name)
}
