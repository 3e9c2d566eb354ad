package rapi

import (
	"context"
	"encoding/json"
	"slices"

	"gwm/core"
)

// rawInfo is what we use of /2/info.
type rawInfo struct {
	Name          word  `json:"name"`
	Software      word  `json:"software_version"`
	Master        word  `json:"master"`
	Hypervisors   words `json:"enabled_hypervisors"`
	DiskTemplates words `json:"enabled_disk_templates"`
	Tags          words `json:"tags"`
	Backend       struct {
		Default json.RawMessage `json:"default"`
	} `json:"beparams"`
}

// Info returns what the cluster says of itself. Where it cannot tell its groups
// or networks (old versions have no networks), these are empty and the rest is
// returned. OSes stays empty.
func (c *Client) Info(ctx context.Context) (core.ClusterInfo, error) {
	var r rawInfo
	if err := c.get(ctx, call{what: "read what the cluster is", path: "/2/info"}, &r); err != nil {
		return core.ClusterInfo{}, err
	}
	info := core.ClusterInfo{
		Name: string(r.Name), Software: "Ganeti " + string(r.Software), Master: string(r.Master),
		Hypervisors: r.Hypervisors.list(), DiskTemplates: r.DiskTemplates.list(), Tags: r.Tags.list(),
	}
	if r.Name == "" && r.Software == "" {
		return core.ClusterInfo{}, c.notGaneti(call{what: "read what the cluster is"}, []byte("?"), &fieldError{field: "name", found: "nothing"})
	}
	slices.Sort(info.Tags)
	var err error
	if info.Backend, err = params(r.Backend.Default, nil); err != nil {
		info.Backend = nil // only what a VM would inherit is not known then
	}
	if info.NodeGroups, err = c.Groups(ctx); !bearable(err) {
		return core.ClusterInfo{}, err
	}
	if err == nil {
		c.keepGroups(info.NodeGroups)
	}
	if info.Networks, err = c.Networks(ctx); !bearable(err) {
		return core.ClusterInfo{}, err
	}
	if info.HasQuery, err = c.hasQuery(ctx); !bearable(err) {
		return core.ClusterInfo{}, err
	}
	return info, nil
}

// bearable tells whether the cluster is usable all the same: it answered, and
// only this one thing went wrong.
func bearable(err error) bool {
	switch core.CodeOf(err) { //nolint:exhaustive // every other code means that the cluster is not usable
	case "", core.CodeNotFound, core.CodeUnsupported, core.CodeCluster, core.CodeInvalid:
		return true
	}
	return false
}

// Version returns the version of the remote API, 2.
func (c *Client) Version(ctx context.Context) (int, error) {
	var v number
	err := c.get(ctx, call{what: "read the API's version", path: "/version"}, &v)
	return int(v.n), err
}

// Features returns what the remote API can do, in Ganeti's words
// ("instance-create-reqv1"), sorted.
func (c *Client) Features(ctx context.Context) ([]string, error) {
	return c.sorted(ctx, call{what: "read the API's features", path: "/2/features"})
}

// OSes returns the operating systems that VMs can be installed with, sorted.
// The cluster queues a job (OS_DIAGNOSE) that asks its nodes, which takes a
// second or two.
func (c *Client) OSes(ctx context.Context) ([]string, error) {
	return c.sorted(ctx, call{what: "list the operating systems", path: "/2/os"})
}

// Tags returns the tags of the cluster (KindCluster), a VM or a node, sorted.
func (c *Client) Tags(ctx context.Context, ref core.Ref) ([]string, error) {
	k := call{what: "read the tags of " + ref.String(), object: ref.String(), path: "/2/tags"}
	resource := map[core.Kind]string{core.KindVM: "instances", core.KindNode: "nodes"}[ref.Kind]
	switch {
	case resource != "":
		seg, err := segment(string(ref.Kind), ref.Name)
		if err != nil {
			return nil, err
		}
		k.path = "/2/" + resource + "/" + seg + "/tags"
	case ref.Kind != core.KindCluster:
		return nil, core.Errorf(core.CodeInvalid, "a %s has no tags on the cluster", ref.Kind)
	}
	return c.sorted(ctx, k)
}

func (c *Client) sorted(ctx context.Context, k call) ([]string, error) {
	var w words
	if err := c.get(ctx, k, &w); err != nil {
		return nil, err
	}
	slices.Sort(w)
	return w.list(), nil
}
