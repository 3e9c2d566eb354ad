package core

import "context"

// TagCluster puts tags on a cluster, a node group or a network, UntagCluster takes
// them away. They are for people and for the cluster's own tools.
type (
	TagCluster struct {
		Cluster string   `json:"cluster"`
		Of      Part     `json:"of,omitzero"`
		Tags    []string `json:"tags"`
	}
	UntagCluster struct {
		Cluster string   `json:"cluster"`
		Of      Part     `json:"of,omitzero"`
		Tags    []string `json:"tags"`
	}
)

// Spec describes the tags.
func (o TagCluster) Spec() Spec {
	return Spec{
		ID: "cluster.tag", Title: "tag " + o.Of.short(o.Cluster), Verb: VerbTags, Target: ClusterRef(o.Cluster), Remote: true,
		Effect:  o.Of.on(o.Cluster) + " gets " + tagWords(o.Tags),
		Command: o.Of.command(o.Cluster, "tag", o.Tags...),
		Diff:    []Change{{Field: o.Of.field("tags"), To: joinWords(o.Tags)}},
	}
}

// Spec describes the removal.
func (o UntagCluster) Spec() Spec {
	return Spec{
		ID: "cluster.untag", Title: "untag " + o.Of.short(o.Cluster), Verb: VerbTags, Target: ClusterRef(o.Cluster), Remote: true,
		Effect:  o.Of.on(o.Cluster) + " loses " + tagWords(o.Tags),
		Command: o.Of.command(o.Cluster, "untag", o.Tags...),
		Diff:    []Change{{Field: o.Of.field("tags"), From: joinWords(o.Tags)}},
	}
}

func (o TagCluster) check() error   { return checkClusterTags(o.Cluster, o.Of, o.Tags) }
func (o UntagCluster) check() error { return checkClusterTags(o.Cluster, o.Of, o.Tags) }

func checkClusterTags(cluster string, of Part, tags []string) error {
	if err := checkTagWords(tags, of.on(cluster)); err != nil {
		return err
	}
	return of.check(cluster)
}

func (o TagCluster) run(ctx context.Context, w *worker) error   { return w.request(ctx, o) }
func (o UntagCluster) run(ctx context.Context, w *worker) error { return w.request(ctx, o) }

func (TagCluster) request()   {}
func (UntagCluster) request() {}
