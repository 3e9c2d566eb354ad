package rapi

import (
	"net/http"
	"net/url"

	"gwm/core"
)

// tagsCall is the call of a request that changes tags. They go as repeated
// arguments of the query.
func tagsCall(r core.Request) (call, bool, error) {
	switch r := r.(type) {
	case core.AddTags:
		return tagCall(r.VM, r.Tags, call{what: "tag " + r.VM.Name, method: http.MethodPut})
	case core.RemoveTags:
		return tagCall(r.VM, r.Tags, call{what: "untag " + r.VM.Name, method: http.MethodDelete})
	case core.TagNode:
		return tagCall(r.Node, r.Tags, call{what: "tag " + r.Node.Name, method: http.MethodPut})
	case core.UntagNode:
		return tagCall(r.Node, r.Tags, call{what: "untag " + r.Node.Name, method: http.MethodDelete})
	}
	return call{}, false, nil
}

func tagCall(on core.Ref, tags []string, k call) (call, bool, error) {
	if len(tags) == 0 {
		return call{}, false, core.Errorf(core.CodeInvalid, "no tag is named for %s", core.Printable(on.Name))
	}
	k.path, k.query = "tags", url.Values{"tag": tags}
	if on.Kind == core.KindNode {
		return onNode(on.Name, k)
	}
	return onVM(on.Name, k)
}
