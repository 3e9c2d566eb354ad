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
func (o TagNode) Spec() Spec {
	return Spec{
		ID: "node.tag", Title: "tag " + o.Node.Name, Verb: VerbAdmin, Target: o.Node, Remote: true,
		Effect:  theOne(o.Node) + " gets " + tagWords(o.Tags),
		Command: append([]string{"node", "tag", o.Node.String()}, o.Tags...),
	}
}

// Spec describes the removal.
func (o UntagNode) Spec() Spec {
	return Spec{
		ID: "node.untag", Title: "untag " + o.Node.Name, Verb: VerbAdmin, Target: o.Node, Remote: true,
		Effect:  theOne(o.Node) + " loses " + tagWords(o.Tags),
		Command: append([]string{"node", "untag", o.Node.String()}, o.Tags...),
	}
}

func (o TagNode) check() error   { return checkNodeTags(o.Node, o.Tags) }
func (o UntagNode) check() error { return checkNodeTags(o.Node, o.Tags) }

func checkNodeTags(node Ref, tags []string) error {
	if err := checkTagWords(tags, node.String()); err != nil {
		return err
	}
	return checkKind(node, KindNode)
}

func (o TagNode) run(ctx context.Context, w *worker) error { return w.request(ctx, o) }

func (o UntagNode) run(ctx context.Context, w *worker) error { return w.request(ctx, o) }
