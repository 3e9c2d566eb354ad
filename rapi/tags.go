package rapi

import (
	"context"
	"net/http"
	"net/url"

	"gwm/core"
)

// AddTags puts tags on a VM and returns the id of the cluster's job. Those that
// it has already stay.
func (c *Client) AddTags(ctx context.Context, name string, r core.TagsRequest) (string, error) {
	return c.tags(ctx, name, r, call{what: "tag " + name, method: http.MethodPut})
}

// RemoveTags takes tags from a VM and returns the id of the cluster's job, which
// fails as a whole where the VM does not have one of them.
func (c *Client) RemoveTags(ctx context.Context, name string, r core.TagsRequest) (string, error) {
	return c.tags(ctx, name, r, call{what: "untag " + name, method: http.MethodDelete})
}

// tags sends a change of tags. They go as repeated arguments of the query.
func (c *Client) tags(ctx context.Context, name string, r core.TagsRequest, k call) (string, error) {
	if len(r.Tags) == 0 {
		return "", core.Errorf(core.CodeInvalid, "no tag is named for %s", core.Printable(name))
	}
	k.path, k.query = "tags", url.Values{"tag": r.Tags}
	return c.power(ctx, name, r.Reason, k)
}
