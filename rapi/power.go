package rapi

import (
	"net/http"
	"net/url"
	"time"

	"gwm/core"
)

// powerCall is the call of a request that starts or stops a VM.
func powerCall(r core.Request) (call, bool, error) {
	switch r := r.(type) {
	case core.StartVM:
		return startCall(r)
	case core.StopVM:
		return stopCall(r)
	case core.RestartVM:
		return restartCall(r)
	}
	return call{}, false, nil
}

// startCall starts a VM. Ganeti's RAPI takes no parameters that hold for one start
// only, and does not start a VM paused.
func startCall(r core.StartVM) (call, bool, error) {
	query := url.Values{}
	setOne(query, "force", r.Degraded)
	setOne(query, "no_remember", r.Forget)
	return onVM(r.VM.Name, call{what: "start " + r.VM.Name, method: http.MethodPut, path: "startup", query: query})
}

// stopCall shuts a VM down. The guest gets r.Timeout, rounded up to seconds, and
// the cluster's default where that is 0; with Force it gets no time at all.
// Ganeti's own "force" is another thing (it ignores that a VM is offline) and is
// not used.
func stopCall(r core.StopVM) (call, bool, error) {
	k := call{what: "stop " + r.VM.Name, method: http.MethodPut, path: "shutdown", query: url.Values{}}
	setOne(k.query, "no_remember", r.Forget)
	switch {
	case r.Timeout < 0:
		return call{}, false, core.Errorf(core.CodeInvalid, "the time to shut down is negative: %s", r.Timeout)
	case r.Force:
		k.body = map[string]int64{"timeout": 0}
	case r.Timeout > 0:
		k.body = map[string]int64{"timeout": wholeSeconds(r.Timeout)}
	}
	return onVM(r.VM.Name, k)
}

// restartCall restarts a VM; an empty mode is RestartHard, as for Ganeti.
func restartCall(r core.RestartVM) (call, bool, error) {
	switch r.Mode {
	case "":
		r.Mode = core.RestartHard
	case core.RestartSoft, core.RestartHard, core.RestartFull:
	default:
		return call{}, false, core.Errorf(core.CodeInvalid, "there is no restart mode %q", core.Printable(string(r.Mode))).
			WithHint("the modes are soft, hard and full")
	}
	k := call{what: "restart " + r.VM.Name, method: http.MethodPost, path: "reboot", query: url.Values{"type": {string(r.Mode)}}}
	if r.Timeout > 0 {
		k.body = map[string]int64{"shutdown_timeout": wholeSeconds(r.Timeout)}
	}
	return onVM(r.VM.Name, k)
}

// wholeSeconds rounds up.
func wholeSeconds(d time.Duration) int64 { return int64((d + time.Second - 1) / time.Second) }
