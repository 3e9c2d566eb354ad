package core

import (
	"context"
	"net/netip"
	"regexp"
	"slices"
)

// AddNetwork makes a network that NICs can name, RemoveNetwork removes one that no
// node group is connected to. ConnectNetwork says how the nodes of a group reach a
// network, DisconnectNetwork ends that.
type (
	AddNetwork struct {
		Cluster   string   `json:"cluster"`
		Name      string   `json:"name"`
		CIDR      string   `json:"cidr"` // IPv4, 10.20.0.0/24
		Gateway   string   `json:"gateway,omitempty"`
		CIDR6     string   `json:"cidr6,omitempty"`
		Gateway6  string   `json:"gateway6,omitempty"`
		MACPrefix string   `json:"mac_prefix,omitempty"` // aa:00:01; empty: the cluster's
		Reserved  []string `json:"reserved,omitempty"`   // IPv4 addresses that no VM gets
		Tags      []string `json:"tags,omitempty"`
		Taken     bool     `json:"taken,omitempty"` // also where nodes or VMs have addresses of it
	}
	RemoveNetwork struct {
		Cluster string `json:"cluster"`
		Name    string `json:"name"`
	}
	ConnectNetwork struct {
		Cluster string `json:"cluster"`
		Name    string `json:"name"`
		Group   string `json:"group"`
		Mode    string `json:"mode"` // one of NICModes
		Link    string `json:"link"` // the bridge, or the routing table
		VLAN    string `json:"vlan,omitempty"`
		Taken   bool   `json:"taken,omitempty"` // also where VMs of the group have addresses of it
	}
	DisconnectNetwork struct {
		Cluster string `json:"cluster"`
		Name    string `json:"name"`
		Group   string `json:"group"`
	}
)

// Bounds of a network: Ganeti takes at most a /16, and the smallest has two
// addresses for VMs.
const (
	maxReserved = 256
	leastPrefix = 16
	mostPrefix  = 30
)

func network(name string) Part { return Part{PartNetwork, name} }

// Spec describes the addition.
func (o AddNetwork) Spec() Spec {
	n := network(o.Name)
	s := Spec{
		ID: "network.add", Title: "add " + n.short(o.Cluster), Verb: VerbAdmin, Target: ClusterRef(o.Cluster), Remote: true,
		Effect:  "the cluster " + o.Cluster + " gets a network " + o.Name + " with the addresses of " + o.CIDR + "; VMs can use it once a node group is connected to it",
		Command: n.command(o.Cluster, "add", o.CIDR),
		Diff:    []Change{{Field: "network", To: o.Name + " " + o.CIDR}},
	}
	for _, f := range []struct{ field, flag, value string }{
		{"gateway", "--gateway", o.Gateway},
		{"network6", "--ipv6", o.CIDR6},
		{"gateway6", "--gateway6", o.Gateway6},
		{"mac_prefix", "--mac-prefix", o.MACPrefix},
	} {
		if f.value != "" {
			s.Command = append(s.Command, f.flag, f.value)
			s.Diff = append(s.Diff, Change{Field: n.field(f.field), To: f.value})
		}
	}
	for _, f := range []struct {
		field, flag string
		values      []string
	}{{"reserved", "--reserve", o.Reserved}, {"tags", "--tag", o.Tags}} {
		for _, v := range f.values {
			s.Command = append(s.Command, f.flag, v)
		}
		if len(f.values) > 0 {
			s.Diff = append(s.Diff, Change{Field: n.field(f.field), To: joinWords(f.values)})
		}
	}
	if o.Taken {
		s.Effect += "; addresses of it that are in use already are not looked for"
		s.Command = append(s.Command, "--no-conflicts-check")
	}
	return s
}

// Spec describes the removal.
func (o RemoveNetwork) Spec() Spec {
	n := network(o.Name)
	return Spec{
		ID: "network.delete", Title: "delete " + n.short(o.Cluster), Verb: VerbAdmin, Target: ClusterRef(o.Cluster), Danger: Disruptive, Remote: true,
		Effect:  n.on(o.Cluster) + " is gone, with the list of its addresses; the cluster refuses it while a node group is connected to it",
		Command: n.command(o.Cluster, "delete"),
		Diff:    []Change{{Field: "network", From: o.Name}},
	}
}

// Spec describes the connection.
func (o ConnectNetwork) Spec() Spec {
	n, way := network(o.Name), o.Mode+" "+o.Link
	s := Spec{
		ID: "network.connect", Title: "connect " + n.short(o.Cluster) + " to " + o.Group, Verb: VerbAdmin, Target: ClusterRef(o.Cluster), Remote: true,
		Effect:  "VMs on the node group " + o.Group + " of " + o.Cluster + " can use the network " + o.Name + " through " + way,
		Command: n.command(o.Cluster, "connect", o.Group, "--mode", o.Mode, "--link", o.Link),
	}
	if o.VLAN != "" {
		way += " vlan " + o.VLAN
		s.Effect += ", VLAN " + o.VLAN
		s.Command = append(s.Command, "--vlan", o.VLAN)
	}
	if o.Taken {
		s.Effect += "; addresses of it that are in use already are not looked for"
		s.Command = append(s.Command, "--no-conflicts-check")
	}
	s.Diff = []Change{{Field: n.field("on " + o.Group), To: way}}
	return s
}

// Spec describes the end of the connection.
func (o DisconnectNetwork) Spec() Spec {
	n := network(o.Name)
	return Spec{
		ID: "network.disconnect", Title: "disconnect " + n.short(o.Cluster) + " from " + o.Group, Verb: VerbAdmin, Target: ClusterRef(o.Cluster), Danger: Disruptive, Remote: true,
		Effect:  "no VM on the node group " + o.Group + " of " + o.Cluster + " can use the network " + o.Name + " any more; the cluster refuses it while one does",
		Command: n.command(o.Cluster, "disconnect", o.Group),
		Diff:    []Change{{Field: n.field("on " + o.Group), From: "connected"}},
	}
}

func (o AddNetwork) check() error {
	if err := network(o.Name).check(o.Cluster); err != nil {
		return err
	}
	four, err := checkCIDR(o.CIDR, true)
	if err != nil {
		return err
	}
	if err := checkInside("the gateway", o.Gateway, four); err != nil {
		return err
	}
	if o.CIDR6 == "" && o.Gateway6 != "" {
		return noNetwork6()
	}
	if o.CIDR6 != "" {
		six, err := checkCIDR(o.CIDR6, false)
		if err != nil {
			return err
		}
		if err := checkInside("the gateway", o.Gateway6, six); err != nil {
			return err
		}
	}
	if err := checkMACPrefix(o.MACPrefix); err != nil {
		return err
	}
	if err := checkReserved(o.Reserved, four); err != nil {
		return err
	}
	if len(o.Tags) == 0 {
		return nil
	}
	return checkTagWords(o.Tags, "the network")
}

// macPrefix is what Ganeti takes as the first half of MAC addresses.
var macPrefix = regexp.MustCompile(`^[0-9a-f]{2}(:[0-9a-f]{2}){2}$`)

func checkMACPrefix(text string) error {
	if text == "" || macPrefix.MatchString(text) {
		return nil
	}
	return Errorf(CodeInvalid, "%q is not the begin of MAC addresses", Printable(cut(text))).WithHint("write three bytes, for example aa:00:01")
}

func noNetwork6() error {
	return Errorf(CodeInvalid, "a gateway for IPv6 needs a network for IPv6").WithHint("give both, or leave both out")
}

// checkCIDR reads the addresses of a network, which must be written by its first one.
func checkCIDR(text string, four bool) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(text)
	switch {
	case err != nil || p.Addr().Is4() != four || p.Masked() != p:
		example := "10.20.0.0/24"
		if !four {
			example = "2001:db8::/64"
		}
		return p, Errorf(CodeInvalid, "%q does not name the addresses of a network", Printable(cut(text))).
			WithHint("write its first address and how many bits all have in common, for example %s", example)
	case four && (p.Bits() < leastPrefix || p.Bits() > mostPrefix):
		return p, Errorf(CodeInvalid, "a network cannot have as many addresses as %s", p).
			WithHint("choose between /%d and /%d", leastPrefix, mostPrefix)
	}
	return p, nil
}

// checkInside accepts an address of a network, and none at all.
func checkInside(what, text string, in netip.Prefix) error {
	if text == "" {
		return nil
	}
	if a, err := netip.ParseAddr(text); err != nil || a.Zone() != "" || !in.Contains(a) {
		return Errorf(CodeInvalid, "%s %s is not an address of %s", what, Printable(cut(text)), in).WithHint("choose one of that network")
	}
	return nil
}

func checkReserved(list []string, in netip.Prefix) error {
	if len(list) > maxReserved {
		return Errorf(CodeInvalid, "%d addresses are more than go at once", len(list)).WithHint("at most %d", maxReserved)
	}
	for i, a := range list {
		if err := checkInside("the reserved address", a, in); err != nil {
			return err
		}
		if a == "" || slices.Contains(list[:i], a) {
			return Errorf(CodeInvalid, "an address is named twice, or empty: %q", a)
		}
	}
	return nil
}

func (o RemoveNetwork) check() error { return network(o.Name).check(o.Cluster) }

// linkName is what a bridge, an interface or a routing table may be called: names
// of the kernel have 15 characters.
var linkName = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,15}$`)

// vlanName is how Ganeti writes VLANs: one, or those of a trunk.
var vlanName = regexp.MustCompile(`^[0-9.:]{1,64}$`)

func (o ConnectNetwork) check() error {
	switch {
	case !slices.Contains(NICModes(), o.Mode):
		return Errorf(CodeInvalid, "%q is not a mode of networks", Printable(cut(o.Mode))).WithHint("use one of %s", joinWords(NICModes()))
	case !linkName.MatchString(o.Link):
		return Errorf(CodeInvalid, "%q is not the name of a bridge or a routing table", Printable(cut(o.Link))).WithHint("for example br0")
	case o.VLAN != "" && !vlanName.MatchString(o.VLAN):
		return Errorf(CodeInvalid, "%q is not a VLAN", Printable(cut(o.VLAN))).WithHint("write a number from 1 to 4094")
	}
	return DisconnectNetwork{Cluster: o.Cluster, Name: o.Name, Group: o.Group}.check()
}

func (o DisconnectNetwork) check() error {
	if err := network(o.Name).check(o.Cluster); err != nil {
		return err
	}
	return checkPart(PartNodeGroup, o.Group)
}

func (o AddNetwork) run(ctx context.Context, w *worker) error        { return w.request(ctx, o) }
func (o RemoveNetwork) run(ctx context.Context, w *worker) error     { return w.request(ctx, o) }
func (o ConnectNetwork) run(ctx context.Context, w *worker) error    { return w.request(ctx, o) }
func (o DisconnectNetwork) run(ctx context.Context, w *worker) error { return w.request(ctx, o) }

func (AddNetwork) request()        {}
func (RemoveNetwork) request()     {}
func (ConnectNetwork) request()    {}
func (DisconnectNetwork) request() {}
