package main

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"
)

// notify tells systemd how the service is ("READY=1", "STOPPING=1"), as
// sd_notify(3) describes. Without systemd it does nothing.
func notify(ctx context.Context, env func(string) string, state string) error {
	socket := env("NOTIFY_SOCKET")
	if socket == "" {
		return nil
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unixgram", socket) // a leading @ is an abstract name
	if err != nil {
		return fmt.Errorf("notify systemd: %w", err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte(state)); err != nil {
		return fmt.Errorf("notify systemd: %w", err)
	}
	return nil
}

// watchdogEvery is how often systemd wants a sign of life; 0: never. It is half
// of what systemd allows.
func watchdogEvery(env func(string) string, pid int) time.Duration {
	usec, err := strconv.ParseInt(env("WATCHDOG_USEC"), 10, 64)
	if owner := env("WATCHDOG_PID"); err != nil || usec <= 0 || owner != "" && owner != strconv.Itoa(pid) {
		return 0
	}
	return time.Duration(usec) * time.Microsecond / 2
}

// watchdog gives signs of life as long as alive returns nil, until ctx ends.
func watchdog(ctx context.Context, env func(string) string, every time.Duration, alive func(context.Context) error) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := alive(ctx); err != nil {
			return fmt.Errorf("no sign of life for the watchdog: %w", err)
		}
		if err := notify(ctx, env, "WATCHDOG=1"); err != nil {
			return err
		}
	}
}
