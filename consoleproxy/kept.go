package consoleproxy

import (
	"log/slog"
	"sync"
	"time"
)

// kept is what some files hold. They are read again when they change; where the new
// ones are no good the old content stays in use and the log says why.
type kept[T any] struct {
	file string // the one that is named in the log
	look func() (fileStamp, error)
	read func() (T, error)
	took func(T) // is called for each content after the first
	log  *slog.Logger

	mu      sync.Mutex
	current T
	stamp   fileStamp
	looked  time.Time
}

// lookEvery is how often the files are looked at, at most.
const lookEvery = 5 * time.Second

// fileStamp tells one content of two files, or of one, from another.
type fileStamp struct {
	certTime, keyTime time.Time
	certSize, keySize int64
}

// load reads the files for the first time.
func (k *kept[T]) load() (err error) {
	k.looked = time.Now()
	if k.stamp, err = k.look(); err != nil {
		return err
	}
	k.current, err = k.read()
	return err
}

// get is what the files hold, or held when they were good.
func (k *kept[T]) get() T {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := time.Now()
	if now.Sub(k.looked) < lookEvery {
		return k.current
	}
	k.looked = now
	stamp, err := k.look()
	if err == nil && stamp == k.stamp {
		return k.current
	}
	if err == nil {
		k.stamp = stamp // what is bad is read and told once
		var next T
		if next, err = k.read(); err == nil {
			k.current = next
			k.took(next)
			return k.current
		}
	}
	k.log.Warn("the certificate on the disk is no good; the old one stays in use", "file", k.file, "err", err)
	return k.current
}
