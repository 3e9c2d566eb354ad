package rapi

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"gwm/core"
)

// StartVM starts a VM and returns the id of the cluster's job.
func (c *Client) StartVM(ctx context.Context, name string, r core.StartRequest) (string, error) {
	return c.power(ctx, name, r.Reason, call{what: "start " + name, method: http.MethodPut, path: "startup"})
}

// StopVM shuts a VM down. The guest gets r.Timeout, rounded up to seconds, and
// the cluster's default where that is 0; with Force it gets no time at all.
// Ganeti's own "force" is another thing (it ignores that a VM is offline) and is
// not used.
func (c *Client) StopVM(ctx context.Context, name string, r core.StopRequest) (string, error) {
	k := call{what: "stop " + name, method: http.MethodPut, path: "shutdown"}
	switch {
	case r.Timeout < 0:
		return "", core.Errorf(core.CodeInvalid, "the time to shut down is negative: %s", r.Timeout)
	case r.Force:
		k.body = map[string]int64{"timeout": 0}
	case r.Timeout > 0:
		k.body = map[string]int64{"timeout": int64((r.Timeout + time.Second - 1) / time.Second)}
	}
	return c.power(ctx, name, r.Reason, k)
}

// RestartVM restarts a VM; an empty mode is RestartHard, as for Ganeti.
func (c *Client) RestartVM(ctx context.Context, name string, r core.RestartRequest) (string, error) {
	switch r.Mode {
	case "":
		r.Mode = core.RestartHard
	case core.RestartSoft, core.RestartHard, core.RestartFull:
	default:
		return "", core.Errorf(core.CodeInvalid, "there is no restart mode %q", core.Printable(string(r.Mode))).
			WithHint("the modes are soft, hard and full")
	}
	k := call{what: "restart " + name, method: http.MethodPost, path: "reboot", query: url.Values{"type": {string(r.Mode)}}}
	return c.power(ctx, name, r.Reason, k)
}

// power sends a change of a VM's state; k.path is the last part of the path.
func (c *Client) power(ctx context.Context, name, reason string, k call) (string, error) {
	seg, err := segment("VM", name)
	if err != nil {
		return "", err
	}
	k.path = "/2/instances/" + seg + "/" + k.path
	k.object = "VM " + name
	return c.submit(ctx, reason, k)
}

// submit sends a change and returns the id of the job that the cluster queued.
// The cluster keeps reason with the job (source "gnt:user"); what is not ASCII
// in it becomes '?', because Ganeti 3.0 cannot write such a job to its queue.
func (c *Client) submit(ctx context.Context, reason string, k call) (string, error) {
	k.change = true
	if reason != "" {
		if k.query == nil {
			k.query = url.Values{}
		}
		k.query.Set("reason", ascii(reason))
	}
	var id jobID
	if err := c.get(ctx, k, &id); err != nil {
		return "", err
	}
	if id == "" {
		return "", c.unknown(k, "the cluster named no job", nil)
	}
	return string(id), nil
}

func ascii(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
}
