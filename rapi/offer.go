package rapi

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"gwm/core"
)

// offered are the fields of /2/info that core.Offer or core.ClusterInfo shows by
// name; every other one appears in Offer.Other.
const offered = " name software_version master enabled_hypervisors default_hypervisor enabled_disk_templates tags default_iallocator " +
	"ipolicy beparams nicparams hvparams osparams os_hvp diskparams ndparams "

// rawOffer is what VMs can be made of, in /2/info.
type rawOffer struct {
	Hypervisors   words                                 `json:"enabled_hypervisors"`
	Default       word                                  `json:"default_hypervisor"`
	DiskTemplates words                                 `json:"enabled_disk_templates"`
	Allocator     word                                  `json:"default_iallocator"`
	Policy        rawPolicy                             `json:"ipolicy"`
	Backend       map[string]json.RawMessage            `json:"beparams"`
	NIC           map[string]json.RawMessage            `json:"nicparams"`
	Hypervisor    map[string]json.RawMessage            `json:"hvparams"`
	OSParams      map[string]json.RawMessage            `json:"osparams"`
	OSHyper       map[string]map[string]json.RawMessage `json:"os_hvp"`
	Disk          map[string]json.RawMessage            `json:"diskparams"`
	Node          json.RawMessage                       `json:"ndparams"`
}

// Offer returns what VMs can be made of, and all parameters of the cluster. Where
// it cannot tell its groups or networks, these are empty.
func (c *Client) Offer(ctx context.Context) (core.Offer, error) {
	k := call{what: "read what the cluster offers", path: "/2/info"}
	var raw json.RawMessage
	if err := c.get(ctx, k, &raw); err != nil {
		return core.Offer{}, err
	}
	o, err := readOffer(raw)
	if err != nil {
		return core.Offer{}, c.notGaneti(k, raw, err)
	}
	if o.Groups, err = c.offerGroups(ctx); !bearable(err) {
		return core.Offer{}, err
	}
	if o.Networks, err = c.offerNetworks(ctx); !bearable(err) {
		return core.Offer{}, err
	}
	return o, nil
}

func readOffer(raw []byte) (core.Offer, error) {
	var r rawOffer
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &r); err != nil {
		return core.Offer{}, err
	}
	if err := json.Unmarshal(raw, &fields); err != nil {
		return core.Offer{}, err
	}
	o := core.Offer{
		Hypervisors: first(r.Hypervisors.list(), string(r.Default)), DiskTemplates: r.DiskTemplates.list(),
		Allocator: string(r.Allocator), Policy: r.Policy.policy(), Other: []core.Param{},
	}
	p := paramReader{}
	o.Backend, o.NIC, o.Node = p.one(r.Backend["default"]), p.one(r.NIC["default"]), p.one(r.Node)
	o.Hypervisor, o.OSParams, o.Disk = p.each(r.Hypervisor), p.each(r.OSParams), p.each(r.Disk)
	for name, of := range r.OSHyper {
		if o.OSHyper == nil {
			o.OSHyper = map[string]map[string][]core.Param{}
		}
		o.OSHyper[name] = p.each(of)
	}
	for name, value := range fields {
		if !strings.Contains(offered, " "+name+" ") {
			o.Other = append(o.Other, core.Param{Name: name, Value: valueText(value)})
		}
	}
	sortParams(o.Other)
	return o, p.err
}

// first puts what is in the list already at its beginning.
func first(list []string, what string) []string {
	if i := slices.Index(list, what); i > 0 {
		return slices.Insert(slices.Delete(list, i, i+1), 0, what)
	}
	return list
}

// paramReader reads objects of parameters and remembers the first error.
type paramReader struct{ err error }

func (p *paramReader) one(raw json.RawMessage) []core.Param {
	list, err := params(raw, nil)
	if err != nil && p.err == nil {
		p.err = err
	}
	return list
}

func (p *paramReader) each(raw map[string]json.RawMessage) map[string][]core.Param {
	all := make(map[string][]core.Param, len(raw))
	for name, of := range raw {
		all[name] = p.one(of)
	}
	return all
}

// rawOfferGroup is a node group with its parameters.
type rawOfferGroup struct {
	rawGroup
	NodeList words                      `json:"node_list"`
	Policy   rawPolicy                  `json:"ipolicy"`
	Own      map[string]json.RawMessage `json:"custom_ipolicy"`
	Node     json.RawMessage            `json:"ndparams"`
	OwnNode  json.RawMessage            `json:"custom_ndparams"`
	Disk     map[string]json.RawMessage `json:"diskparams"`
	OwnDisk  map[string]json.RawMessage `json:"custom_diskparams"`
	Tags     words                      `json:"tags"`
	Serial   number                     `json:"serial_no"`
}

func (c *Client) offerGroups(ctx context.Context) ([]core.OfferGroup, error) {
	var raw []rawOfferGroup
	k := call{what: "read the node groups", path: "/2/groups", query: url.Values{"bulk": {"1"}}}
	if err := c.get(ctx, k, &raw); err != nil {
		return []core.OfferGroup{}, err
	}
	out := make([]core.OfferGroup, 0, len(raw))
	for _, g := range raw {
		group := core.OfferGroup{
			Name: string(g.Name), UUID: string(g.UUID), AllocPolicy: string(g.AllocPolicy), Nodes: g.NodeList.list(),
			Policy: g.Policy.policy(), Disk: map[string][]core.Param{}, Tags: g.Tags.list(), Serial: int64(g.Serial.or(0)),
		}
		slices.Sort(group.Nodes)
		slices.Sort(group.Tags)
		for name := range g.Own {
			group.Policy.Own = append(group.Policy.Own, name)
		}
		slices.Sort(group.Policy.Own)
		var err error
		if group.Node, err = params(g.Node, g.OwnNode); err != nil {
			return nil, c.notGaneti(k, g.Node, err)
		}
		for name, of := range g.Disk {
			if group.Disk[name], err = params(of, g.OwnDisk[name]); err != nil {
				return nil, c.notGaneti(k, of, err)
			}
		}
		out = append(out, group)
	}
	slices.SortFunc(out, func(a, b core.OfferGroup) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// rawOfferNetwork is a network with what is connected to it: [group, mode, link,
// VLAN] for each node group; the VLAN is missing before Ganeti 2.16.
type rawOfferNetwork struct {
	rawNetwork
	CIDR6     word    `json:"network6"`
	Gateway6  word    `json:"gateway6"`
	MACPrefix word    `json:"mac_prefix"`
	Reserved  word    `json:"external_reservations"`
	Groups    []words `json:"group_list"`
	Tags      words   `json:"tags"`
	Serial    number  `json:"serial_no"`
	Map       word    `json:"map"`
}

func (c *Client) offerNetworks(ctx context.Context) ([]core.OfferNetwork, error) {
	var raw []rawOfferNetwork
	k := call{what: "read the networks", path: "/2/networks", query: url.Values{"bulk": {"1"}}}
	if err := c.get(ctx, k, &raw); err != nil {
		return []core.OfferNetwork{}, err
	}
	out := make([]core.OfferNetwork, 0, len(raw))
	for _, n := range raw {
		network := core.OfferNetwork{
			Network: core.Network{
				Name: string(n.Name), UUID: string(n.UUID), CIDR: string(n.Network), Gateway: string(n.Gateway),
				Free: n.Free.or(0), Used: n.Used.or(0),
			},
			CIDR6: string(n.CIDR6), Gateway6: string(n.Gateway6), MACPrefix: string(n.MACPrefix),
			Reserved: strings.FieldsFunc(string(n.Reserved), func(r rune) bool { return r == ',' || r == ' ' }),
			Groups:   []core.Connection{}, Tags: n.Tags.list(), Serial: int64(n.Serial.or(0)),
			Map: string(n.Map),
		}
		for _, g := range n.Groups {
			network.Groups = append(network.Groups, core.Connection{Group: at(g, 0), Mode: at(g, 1), Link: at(g, 2), VLAN: at(g, 3)})
		}
		out = append(out, network)
	}
	slices.SortFunc(out, func(a, b core.OfferNetwork) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}
