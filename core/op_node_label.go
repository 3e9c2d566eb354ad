package core

import (
	"context"
)

// TagNode puts tags on a node, UntagNode takes them away. What tools of the
// cluster read in them is theirs; the tags in which gwm keeps owner and rights are
// not for people.
type (
	TagNode struct {
		Node Ref      `json:"node"`
		Tags []string `json:"tags"`
	}
	UntagNode struct {
		Node Ref      `json:"node"`
		Tags []string `json:"tags"`
	}
)

// Spec describes the tags.
func (o TagNode) Spec() Spec { return tagSpec("tag", "gets", VerbAdmin, "node", o.Node, o.Tags) }

// Spec describes the removal.
func (o UntagNode) Spec() Spec { return tagSpec("untag", "loses", VerbAdmin, "node", o.Node, o.Tags) }

func (o TagNode) check() error   { return checkTags(o.Node, KindNode, o.Tags) }
func (o UntagNode) check() error { return checkTags(o.Node, KindNode, o.Tags) }

func (o TagNode) run(ctx context.Context, w *worker) error { return w.request(ctx, o) }

func (o UntagNode) run(ctx context.Context, w *worker) error { return w.request(ctx, o) }
