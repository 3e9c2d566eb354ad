package core

import "context"

// RedistributeConfig has a cluster copy its configuration and its files to all its
// nodes once more: after a node was repaired, or a file was changed on the master.
type RedistributeConfig struct {
	Cluster string `json:"cluster"`
}

// Spec describes the copying.
func (o RedistributeConfig) Spec() Spec {
	return Spec{
		ID: "cluster.redistribute", Title: "redistribute the configuration of " + o.Cluster, Verb: VerbAdmin, Target: ClusterRef(o.Cluster), Danger: Disruptive, Remote: true,
		Effect:  "the master of " + o.Cluster + " copies the configuration and the files that belong to it to every node; the VMs are not touched",
		Command: []string{"cluster", "redistribute", o.Cluster},
	}
}

func (o RedistributeConfig) check() error { return checkKind(ClusterRef(o.Cluster), KindCluster) }

func (o RedistributeConfig) run(ctx context.Context, w *worker) error { return w.request(ctx, o) }

func (RedistributeConfig) request() {}
