package rapi

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"gwm/core"
)

// translator puts the requests of one kind of object into a call; ok is false for
// those of other kinds.
type translator func(r core.Request) (k call, ok bool, err error)

// translators is every one, asked in turn.
func translators() []translator {
	return []translator{
		powerCall, placeCall,
		createCall, removeCall,
		editCall,
		changeCall, disksCall, exportCall,
		nodeCall, storageCall,
		tagsCall,
		nodeGroupCall, networkCall, clusterCall, paramsCall,
		jobFilterCall,
	}
}

// Submit has the cluster carry out r and returns the id of the job that it queued,
// empty for what Ganeti does without one.
// The cluster keeps reason with the job (source "gnt:user"); what is not ASCII in
// it becomes '?', because Ganeti 3.0 cannot write such a job to its queue.
func (c *Client) Submit(ctx context.Context, r core.Request, reason string) (string, error) {
	for _, translate := range translators() {
		switch k, ok, err := translate(r); {
		case err != nil:
			return "", err
		case ok:
			return c.submit(ctx, reason, k)
		}
	}
	return "", core.Errorf(core.CodeUnsupported, "Ganeti cannot do %s", core.Printable(fmt.Sprintf("%T", r)))
}

// submit sends a change.
func (c *Client) submit(ctx context.Context, reason string, k call) (string, error) {
	k.change = true
	if k.direct {
		_, err := c.small(ctx, k)
		return "", err
	}
	if reason != "" && !k.unmarked {
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

// onVM and onNode make k a change of a VM or a node; k.path is the last part of the
// path, empty for the object itself.
func onVM(name string, k call) (call, bool, error) { return onObject("VM", "instances", name, k) }

func onNode(name string, k call) (call, bool, error) { return onObject("node", "nodes", name, k) }

func onObject(kind, resource, name string, k call) (call, bool, error) {
	seg, err := segment(kind, name)
	if err != nil {
		return call{}, false, err
	}
	k.path = strings.TrimSuffix("/2/"+resource+"/"+seg+"/"+k.path, "/")
	k.object = kind + " " + name
	return k, true, nil
}

func ascii(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
}
