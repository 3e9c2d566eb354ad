package store

import (
	"os"
	"path/filepath"
	"syscall"

	"gwm/core"
)

// checkPrivate refuses a file that anybody but its owner can read or write, that
// belongs to another user, or that lies in a directory where others could
// replace it. what names the file in the error. An error of the system (it does
// not exist) is returned as it is.
func checkPrivate(what, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	switch {
	case !info.Mode().IsRegular():
		return core.Errorf(core.CodeInvalid, "%s %s is not a file", what, path).WithHint("check the path")
	case info.Mode().Perm()&0o077 != 0:
		return core.Errorf(core.CodeInvalid, "%s %s can be read or written by others (mode %04o)", what, path, info.Mode().Perm()).
			WithHint("chmod 600 %s", path)
	case !owned(info):
		return core.Errorf(core.CodeInvalid, "%s %s belongs to another user", what, path).
			WithHint("run gwm as that user, or: chown %d %s", os.Geteuid(), path)
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return err
	}
	info, err = os.Stat(dir)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o022 != 0 {
		return core.Errorf(core.CodeInvalid, "%s %s lies in a directory that others can write (mode %04o)", what, path, info.Mode().Perm()).
			WithHint("chmod go-w %s", dir)
	}
	return nil
}

// owned tells whether a file belongs to whom we run as, or to root.
func owned(info os.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && (int(st.Uid) == os.Geteuid() || st.Uid == 0)
}
