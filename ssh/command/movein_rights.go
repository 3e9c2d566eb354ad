package command

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gwm/core"
	"gwm/ssh/command/gwmdump"
)

// planClusters finds each cluster by its address, else by its name.
func (m *move) planClusters() {
	byHost, byName := map[string]core.Cluster{}, map[string]core.Cluster{}
	for _, c := range m.view.Clusters() {
		byName[c.Cluster.Name] = c.Cluster
		byHost[addressOf(c.Cluster)] = c.Cluster
	}
	taken := map[string]string{} // which of the dump it is, by the name here
	for _, c := range m.dump.Clusters {
		host := net.JoinHostPort(c.Host, strconv.Itoa(c.Port))
		name, err := nameHere(core.KindCluster, c.Slug)
		old, found := byHost[host]
		if namesake, ok := byName[name]; ok && (!found || addressOf(namesake) == host) {
			old, found = namesake, true
		}
		if found {
			name = old.Name
		}
		switch {
		case taken[name] != "":
			m.cannot("cluster", c.Slug, "it would be the same cluster as "+taken[name])
			continue
		case found:
			m.oldCluster(old, c, "https://"+host)
		case err != nil:
			m.cannot("cluster", c.Slug, core.AsError(err).Message)
			continue
		default:
			byHost[host] = core.Cluster{Name: name}
			m.addCluster(c, name, host)
		}
		taken[name] = c.Slug
	}
}

// addressOf is where a cluster is asked: host and port.
func addressOf(c core.Cluster) string {
	u, err := url.Parse(c.URL)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}

// oldCluster compares a cluster that gwm has. Its user and password there are not:
// another one may well be asking now.
func (m *move) oldCluster(old core.Cluster, c gwmdump.Cluster, there string) {
	m.clusters[c.Slug] = old.Name
	switch description := cutText(c.Description, 256); {
	case !strings.EqualFold(old.URL, there):
		m.differs("cluster", old.Name, old.URL, there)
	case description != "" && description != old.Description:
		m.differs("cluster", old.Name, old.Description, description)
	default:
		m.same("cluster", old.Name)
	}
}

// addCluster adds a cluster, to be looked at only where its password is not known.
func (m *move) addCluster(c gwmdump.Cluster, name, host string) {
	op := core.AddCluster{Cluster: core.Cluster{
		Name: name, Platform: "ganeti", URL: "https://" + host, Description: cutText(c.Description, 256),
	}}
	why := "its certificate must be trusted: gwm cluster edit " + name + " --ca FILE or --fingerprint HEX"
	password := m.sealed[c.Slug]
	if password.IsZero() {
		password = core.NewSecret(m.dump.ClusterPassword(c.Slug))
	}
	switch {
	case c.User == "":
	case !password.IsZero():
		op.Cluster.User, op.Password = c.User, password
		why += "; its user " + core.Printable(c.User) + " and password come along"
	case c.Sealed:
		why += "; its password is sealed with a key that is not in the dump: --user " + core.Printable(c.User) + " --password-file FILE"
	default:
		why += "; its password is not in the dump: --user " + core.Printable(c.User) + " --password-file FILE"
	}
	if err := op.Cluster.Validate(); err != nil {
		m.cannot("cluster", c.Slug, core.AsError(err).Message)
		return
	}
	m.clusters[c.Slug] = name
	m.add("cluster", name, why, op)
}

// unsealed lists the clusters that will be added and whose password is missing.
func (m *move) unsealed() []gwmdump.Cluster {
	var list []gwmdump.Cluster
	for _, c := range m.dump.Clusters {
		for _, it := range m.items {
			if op, ok := it.op.(core.AddCluster); ok && op.Cluster.Name == m.clusters[c.Slug] && c.User != "" && op.Password.IsZero() {
				list = append(list, c)
			}
		}
	}
	return list
}

func (m *move) planQuotas() {
	for _, c := range m.dump.Clusters {
		if !c.Default.None() {
			m.planQuota(core.Ref{}, c.Slug, c.Default)
		}
	}
	seen := map[payerOn]bool{}
	for _, q := range m.dump.Quotas {
		who, ok := m.names[q.Who]
		switch at := (payerOn{who, q.Cluster}); {
		case !ok:
			m.cannot("quota", whoThere(q.Who)+" on "+q.Cluster, "they are not carried over")
		case seen[at]:
			m.cannot("quota", who.String()+" on "+q.Cluster, "there are two of them")
		default:
			seen[at] = true
			m.planQuota(who, q.Cluster, q.Limits)
		}
	}
}

func (m *move) planQuota(who core.Ref, slug string, there gwmdump.Limits) {
	cluster, ok := m.clusters[slug]
	name := payerWord(who) + " on " + slug
	if !ok {
		m.cannot("quota", name, "this cluster is not carried over")
		return
	}
	name = payerWord(who) + " on " + cluster
	limits, err := limitsHere(there)
	if err != nil {
		m.cannot("quota", name, core.AsError(err).Message)
		return
	}
	now, ok := m.quotas[payerOn{who, cluster}]
	switch want := limitWords(limits); {
	case !ok:
		m.add("quota", name, want, core.SetQuota{Who: who, Cluster: cluster, Limits: limits, Was: &core.Limits{}})
	case limitWords(now.Limits) == want:
		m.same("quota", name)
	default:
		m.differs("quota", name, limitWords(now.Limits), want)
	}
}

// limitsHere checks the limits of a dump; the number of VMs was not limited there.
func limitsHere(l gwmdump.Limits) (core.Limits, error) {
	limits := core.Limits{MemoryMiB: l.MemoryMiB, DiskMiB: l.DiskMiB, VCPUs: l.VCPUs}
	for _, r := range core.Resources() {
		if n := limits.Of(r); n != nil {
			text := number(*n)
			if r.IsSize() {
				text += "M"
			}
			if _, err := core.ParseLimit(r, text); err != nil {
				return limits, err
			}
		}
	}
	return limits, nil
}

func limitWords(l core.Limits) string {
	var w []string
	for _, r := range core.Resources() {
		if l.Of(r) != nil {
			w = append(w, string(r)+" "+l.Text(r))
		}
	}
	if len(w) == 0 {
		return core.Unlimited
	}
	return strings.Join(w, ", ")
}

func whoThere(who gwmdump.Who) string {
	if who.Group {
		return "group:" + who.Name
	}
	return "user:" + who.Name
}

// verbsHere maps the permissions of the old system. Power opened consoles there.
func verbsHere(kind core.Kind, perms []string) (verbs []core.Verb, unknown []string) {
	for _, perm := range perms {
		if kind == core.KindVM && perm == "power" {
			verbs = append(verbs, core.VerbConsole)
		}
		if slices.Contains(core.VerbsOn(kind), core.Verb(perm)) {
			verbs = append(verbs, core.Verb(perm))
		} else {
			unknown = append(unknown, perm)
		}
	}
	return verbs, unknown
}

func (m *move) planGrants() {
	type pair struct {
		who gwmdump.Who
		on  gwmdump.Object
	}
	perms := map[pair][]string{}
	for _, g := range m.dump.Grants {
		at := pair{g.Who, g.On}
		perms[at] = append(perms[at], g.Perms...)
	}
	for _, g := range m.dump.Grants {
		at := pair{g.Who, g.On}
		if all, ok := perms[at]; ok {
			delete(perms, at)
			m.planGrant(g.Who, g.On, all)
		}
	}
}

func (m *move) planGrant(whoThen gwmdump.Who, onThen gwmdump.Object, perms []string) {
	name := whoThere(whoThen) + " on " + objectThere(onThen)
	who, ok := m.names[whoThen]
	if !ok {
		m.cannot("grant", name, "they are not carried over")
		return
	}
	on, why := m.objectHere(onThen)
	if why != "" {
		m.cannot("grant", name, why)
		return
	}
	name = who.String() + " on " + on.String()
	verbs, unknown := verbsHere(on.Kind, perms)
	words := make([]string, len(verbs))
	for i, v := range verbs {
		words[i] = string(v)
	}
	verbs, err := core.ParseVerbs(on.Kind, words)
	if err != nil {
		m.cannot("grant", name, "gwm has no right that means "+strings.Join(unknown, ", "))
		return
	}
	want := listed(verbs)
	if len(unknown) > 0 {
		want += "; left out: " + strings.Join(unknown, ", ")
	}
	now, ok := m.grants[[2]core.Ref{who, on}]
	switch {
	case !ok:
		m.add("grant", name, want, core.SetGrant{Who: who, On: on, Verbs: verbs, Was: &core.Grant{}})
	case slices.Equal(now.Verbs, verbs) && now.Until.IsZero() && now.Hours.IsZero():
		m.same("grant", name)
	default:
		here := listed(now.Verbs)
		if !now.Until.IsZero() || !now.Hours.IsZero() {
			here += " (for a time)"
		}
		m.differs("grant", name, here, want)
	}
}

func listed(verbs []core.Verb) string { return strings.ReplaceAll(words(verbs), ",", ", ") }

func objectThere(o gwmdump.Object) string {
	switch {
	case o.Group != "":
		return "group:" + o.Group
	case o.VM != "":
		return o.Cluster + "/" + o.VM
	}
	return o.Cluster
}

// objectHere finds what a right is on, or says why that cannot be.
func (m *move) objectHere(o gwmdump.Object) (on core.Ref, why string) {
	if o.Group != "" {
		on, ok := m.names[gwmdump.Who{Group: true, Name: o.Group}]
		if !ok {
			return on, "this group is not carried over"
		}
		return on, ""
	}
	cluster, ok := m.clusters[o.Cluster]
	if !ok {
		return on, "this cluster is not carried over"
	}
	if o.VM == "" {
		return core.ClusterRef(cluster), ""
	}
	on = core.VMRef(cluster, o.VM)
	if _, ok := m.view.VM(on); ok {
		return on, ""
	}
	if c, ok := m.view.Cluster(cluster); !ok || c.Health.Fetched.IsZero() {
		return on, fmt.Sprintf("%s has not answered yet; repeat this when it does", cluster)
	}
	return on, cluster + " has no VM of this name"
}

func (m *move) planOwners() {
	seen := map[core.Ref]bool{}
	for _, v := range m.dump.VMs {
		if v.Owner == (gwmdump.Who{}) {
			continue
		}
		name := v.Cluster + "/" + v.Name
		owner, ok := m.names[v.Owner]
		vm, why := m.objectHere(gwmdump.Object{Cluster: v.Cluster, VM: v.Name})
		switch now, _ := m.view.Owner(vm); {
		case !ok:
			m.cannot("owner", name, whoThere(v.Owner)+" is not carried over")
		case why != "":
			m.cannot("owner", name, why)
		case seen[vm]:
			m.cannot("owner", name, "there are two of them; this one belongs to "+owner.String())
		case now == owner:
			m.same("owner", vm.String())
		case !now.IsZero():
			m.differs("owner", vm.String(), now.String(), owner.String())
		default:
			m.add("owner", vm.String(), owner.String(), core.SetOwner{
				VM: vm, Owner: owner, Was: &core.Ref{}, Override: "it belonged to them in Ganeti Web Manager",
			})
		}
		seen[vm] = seen[vm] || ok && why == ""
	}
}
