package rapitest

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// tagged finds the tags of the thing in the path; store puts changed ones back.
func (c *Cluster) tagged(kind, name string) (tags []string, store func([]string, time.Time), found bool) {
	switch kind {
	case "cluster":
		return c.tags, func(tags []string, _ time.Time) { c.tags = tags }, true
	case "instance":
		if v := c.lookup(name); v != nil {
			return v.Tags, func(tags []string, at time.Time) { v.Tags = tags; c.touch(v, at); c.render(v) }, true
		}
	case "node":
		if n := c.lookupNode(name); n != nil {
			return n.Tags, func(tags []string, at time.Time) { n.Tags, n.mtime = tags, at; n.serial++ }, true
		}
	case "nodegroup":
		if i := c.groupIndex(name); i >= 0 {
			return c.groups[i].Tags, func(tags []string, _ time.Time) { c.groups[i].Tags = tags }, true
		}
	case "network":
		if i := c.networkIndex(name); i >= 0 {
			return c.networks[i].Tags, func(tags []string, _ time.Time) { c.networks[i].Tags = tags }, true
		}
	}
	return nil, nil, false
}

func (c *Cluster) getTags(kind string) func(*request) response {
	return func(r *request) response {
		tags, _, found := c.tagged(kind, r.name)
		if !found {
			return fail(http.StatusNotFound, "")
		}
		return ok(list(tags))
	}
}

// putTags submits TAGS_SET or TAGS_DEL with the tags of the query string.
func (c *Cluster) putTags(kind, handler, id string) func(*request) response {
	op := opcode{id: id, handler: handler, run: func(c *Cluster, j *job) ([]step, *opError) {
		given, _ := j.fields["tags"].([]string)
		old, store, found := c.tagged(kind, j.target)
		if !found {
			return nil, unknown(j.target)
		}
		var next []string
		if id == "OP_TAGS_SET" {
			if bad := badTag(given); bad != nil {
				return nil, bad
			}
			next = slices.Compact(slices.Sorted(slices.Values(slices.Concat(old, given))))
		} else {
			missing := slices.DeleteFunc(slices.Clone(given), func(t string) bool { return slices.Contains(old, t) })
			if len(missing) > 0 {
				return nil, prereq("unknown_entity", "Tag(s) '"+strings.Join(missing, "', '")+"' not found")
			}
			next = slices.DeleteFunc(slices.Clone(old), func(t string) bool { return slices.Contains(given, t) })
		}
		return []step{{after: 300 * time.Millisecond, apply: func(at time.Time) *opError { store(next, at); return nil }}}, nil
	}}
	return func(r *request) response {
		target := r.name
		if v := c.lookup(r.name); kind == "instance" && v != nil {
			target = v.Name
		}
		fields := map[string]any{"kind": kind, "dry_run": false, "tags": list(r.query["tag"]), "name": target}
		if bad := (opcode{query: []string{"dry_run"}}).fromQuery(r, fields); bad != nil {
			return *bad
		}
		return c.submit(r, op, fields, target, "")
	}
}

// badTag refuses what Ganeti does not take as a tag.
func badTag(tags []string) *opError {
	for _, tag := range tags {
		switch {
		case len(tag) > 128:
			return &opError{class: "TagError", message: "Tag too long (>128 characters)"}
		case tag == "":
			return &opError{class: "TagError", message: "Tags cannot be empty"}
		case !validTag.MatchString(tag):
			return &opError{class: "TagError", message: "Tag contains invalid characters"}
		}
	}
	return nil
}

// validTag is the pattern of Ganeti's tags.
var validTag = regexp.MustCompile(`^[\w.+*/:@-]+$`)
