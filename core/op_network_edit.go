package core

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"strings"
)

// EditNetwork changes a network; what is empty stays as it is. A cluster gives
// another gateway but takes none away, and it changes the gateway or the reserved
// addresses, never both in one job: Steps makes them two. It is refused where one
// of them is no longer what the person saw; then nothing is changed.
type EditNetwork struct {
	Cluster   string            `json:"cluster"`
	Name      string            `json:"name"`
	Gateway   string            `json:"gateway,omitempty"`
	CIDR6     string            `json:"cidr6,omitempty"`
	Gateway6  string            `json:"gateway6,omitempty"`
	MACPrefix string            `json:"mac_prefix,omitempty"` // aa:00:01; DefaultWord: the cluster's
	Reserve   []string          `json:"reserve,omitempty"`    // IPv4 addresses that no VM gets any more
	Release   []string          `json:"release,omitempty"`    // reserved ones that VMs may get again
	Was       *NetworkAddresses `json:"was,omitempty"`        // what the person saw; nil: whatever it is
}

// NetworkAddresses is what EditNetwork changes.
type NetworkAddresses struct {
	Gateway   string   `json:"gateway,omitempty"`
	CIDR6     string   `json:"cidr6,omitempty"`
	Gateway6  string   `json:"gateway6,omitempty"`
	MACPrefix string   `json:"mac_prefix,omitempty"`
	Reserved  []string `json:"reserved,omitempty"`
}

// Addresses is what EditNetwork changes of the network.
func (n OfferNetwork) Addresses() NetworkAddresses {
	return NetworkAddresses{Gateway: n.Gateway, CIDR6: n.CIDR6, Gateway6: n.Gateway6, MACPrefix: n.MACPrefix, Reserved: n.Reserved}
}

// Releasable are the reserved addresses that VMs could get: not the gateway, and
// neither the first nor the last one, which stand for the network as a whole.
func (n OfferNetwork) Releasable() []string {
	return slices.DeleteFunc(slices.Clone(n.Reserved), func(a string) bool { return n.fixed(a) })
}

func (n OfferNetwork) fixed(address string) bool {
	p, err := netip.ParsePrefix(n.CIDR)
	a, bad := netip.ParseAddr(address)
	if err != nil || bad != nil || !p.Contains(a) {
		return address == n.Gateway
	}
	return address == n.Gateway || a == p.Masked().Addr() || !p.Contains(a.Next())
}

// networkField is one of the texts that an EditNetwork sets.
type networkField struct{ name, flag, value, was, says string }

func (o EditNetwork) fields() []networkField {
	was := NetworkAddresses{}
	if o.Was != nil {
		was = *o.Was
	}
	all := []networkField{
		{"gateway", "--gateway", o.Gateway, was.Gateway, "gets the gateway " + o.Gateway},
		{"network6", "--ipv6", o.CIDR6, was.CIDR6, "gets the IPv6 addresses of " + o.CIDR6},
		{"gateway6", "--gateway6", o.Gateway6, was.Gateway6, "gets the IPv6 gateway " + o.Gateway6},
		{"mac_prefix", "--mac-prefix", o.MACPrefix, was.MACPrefix, "begins the MAC addresses of new NICs with " + o.MACPrefix},
	}
	if o.MACPrefix == DefaultWord {
		all[3].says = "begins the MAC addresses of new NICs as its cluster does"
	}
	return slices.DeleteFunc(all, func(f networkField) bool { return f.value == "" })
}

// Spec describes the edit.
func (o EditNetwork) Spec() Spec {
	n := network(o.Name)
	s := Spec{
		ID: "network.edit", Title: "edit " + n.short(o.Cluster), Verb: VerbAdmin, Target: ClusterRef(o.Cluster), Remote: true,
		Command: n.command(o.Cluster, "edit"),
	}
	var d changes
	var says []string
	for _, f := range o.fields() {
		s.Command = append(s.Command, f.flag, f.value)
		d.text(n.field(f.name), f.was, f.value)
		says = append(says, f.says)
	}
	for _, a := range o.Reserve {
		s.Command = append(s.Command, "--reserve", a)
	}
	for _, a := range o.Release {
		s.Command = append(s.Command, "--release", a)
	}
	d.text(n.field("reserved"), "", joinWords(o.Reserve))
	d.text(n.field("reserved"), joinWords(o.Release), "")
	if len(o.Reserve) > 0 {
		says = append(says, "gives no VM "+joinWords(o.Reserve))
	}
	if len(o.Release) > 0 {
		says = append(says, "may give "+joinWords(o.Release)+" to VMs again")
	}
	s.Effect = n.on(o.Cluster) + " " + strings.Join(says, ", ") + "; NICs that are there stay as they are"
	s.Diff = d
	return s
}

// Steps are the ops that make the edit, one after the other.
func (o EditNetwork) Steps() []Op {
	if o.Gateway == "" || len(o.Reserve)+len(o.Release) == 0 {
		return []Op{o}
	}
	first, second := o, EditNetwork{Cluster: o.Cluster, Name: o.Name, Reserve: o.Reserve, Release: o.Release, Was: o.Was}
	first.Reserve, first.Release = nil, nil
	return []Op{first, second}
}

func (o EditNetwork) check() error {
	reserved := slices.Concat(o.Reserve, o.Release)
	switch {
	case len(o.fields())+len(reserved) == 0:
		return Errorf(CodeInvalid, "nothing of %s is to be changed", Printable(network(o.Name).on(cut(o.Cluster)))).WithHint("say what it is to be")
	case o.Gateway != "" && len(reserved) > 0:
		return Errorf(CodeInvalid, "a cluster changes the gateway or the reserved addresses of a network, not both at once").
			WithHint("make two changes of it")
	case o.MACPrefix != DefaultWord:
		if err := checkMACPrefix(o.MACPrefix); err != nil {
			return err
		}
	}
	if err := checkInside("the gateway", o.Gateway, netip.PrefixFrom(netip.IPv4Unspecified(), 0)); err != nil {
		return err
	}
	if err := checkInside("the gateway", o.Gateway6, netip.PrefixFrom(netip.IPv6Unspecified(), 0)); err != nil {
		return err
	}
	if o.CIDR6 != "" {
		if _, err := checkCIDR(o.CIDR6, false); err != nil {
			return err
		}
	}
	if err := checkReserved(reserved, netip.PrefixFrom(netip.IPv4Unspecified(), 0)); err != nil {
		return err
	}
	return network(o.Name).check(o.Cluster)
}

// Seen is the edit with what the network is now as what the person saw. The error
// says what does not fit the network.
func (o EditNetwork) Seen(now Offer) (EditNetwork, error) {
	n, ok := now.Network(o.Name)
	if !ok {
		return o, Errorf(CodeNotFound, "%s has no network %s", o.Cluster, Printable(cut(o.Name)))
	}
	is := n.Addresses()
	o.Was = &is
	return o, o.fits(n)
}

// fits accepts addresses that the network has.
func (o EditNetwork) fits(n OfferNetwork) error {
	four, err := netip.ParsePrefix(n.CIDR)
	if err != nil {
		return Errorf(CodeState, "%s says of %s that its addresses are %q", o.Cluster, o.Name, Printable(cut(n.CIDR)))
	}
	if err := checkInside("the gateway", o.Gateway, four); err != nil {
		return err
	}
	if err := checkReserved(slices.Concat(o.Reserve, o.Release), four); err != nil {
		return err
	}
	if o.Gateway != n.Gateway && slices.Contains(n.Reserved, o.Gateway) {
		return Errorf(CodeState, "%s is reserved in %s and cannot be its gateway", o.Gateway, o.Name).WithHint("release it first, or choose another one")
	}
	for _, a := range o.Release {
		if n.fixed(a) {
			return Errorf(CodeInvalid, "%s is not for VMs of %s: it is the gateway, or stands for the network", a, o.Name).WithHint("release other addresses")
		}
	}
	net6, gateway6 := cmp.Or(o.CIDR6, n.CIDR6), cmp.Or(o.Gateway6, n.Gateway6)
	if o.CIDR6+o.Gateway6 == "" || gateway6 == "" {
		return nil
	}
	if net6 == "" {
		return noNetwork6()
	}
	six, err := checkCIDR(net6, false)
	if err != nil {
		return err
	}
	return checkInside("the gateway", gateway6, six)
}

// run asks the cluster what holds now before it changes anything.
func (o EditNetwork) run(ctx context.Context, w *worker) error {
	return w.submit(ctx, func(p Platform, reason string) (string, error) {
		now, err := p.Offer(ctx)
		if err != nil {
			return "", err
		}
		if err := o.stale(now); err != nil {
			return "", err
		}
		return p.Submit(ctx, o, reason)
	})
}

// stale is the refusal where the network is no longer what the person saw, or not
// one that the edit fits.
func (o EditNetwork) stale(now Offer) error {
	is, misfit := o.Seen(now)
	if o.Was == nil || is.Was == nil {
		return misfit
	}
	var news changes
	for i, f := range is.fields() {
		news.text(f.name, o.fields()[i].was, f.was)
	}
	for _, a := range slices.Concat(o.Reserve, o.Release) {
		news.text(a, reservedWord(o.Was, a), reservedWord(is.Was, a))
	}
	return cmp.Or(news.overtaken(network(o.Name).on(o.Cluster)), misfit)
}

func reservedWord(n *NetworkAddresses, address string) string {
	if slices.Contains(n.Reserved, address) {
		return "reserved"
	}
	return "not reserved"
}

func (EditNetwork) request() {}
