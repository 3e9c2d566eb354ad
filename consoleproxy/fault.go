package consoleproxy

import (
	"log/slog"
	"runtime/debug"
)

// contain is deferred by work that a fault of the program ends, and nothing else
// with it.
func contain(log *slog.Logger, in string) {
	if recover() != nil {
		logFault(log, in)
	}
}

// logFault tells of a fault that was recovered from. What was thrown is left out:
// it might hold a secret.
func logFault(log *slog.Logger, in string) {
	log.Error("recovered from a fault", "in", in, "stack", string(debug.Stack()))
}
