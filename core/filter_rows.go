package core

import "strings"

// searchText is what plain words search in a VM, in lower case.
func searchText(v *VM) string {
	var b strings.Builder
	for _, s := range []string{v.Name, v.Cluster, v.Node, v.OS, v.Hypervisor, v.Status, string(v.State)} {
		b.WriteString(s)
		b.WriteByte(' ')
	}
	for _, t := range v.Tags {
		b.WriteString(t)
		b.WriteByte(' ')
	}
	for _, n := range v.NICs {
		b.WriteString(n.IP)
		b.WriteByte(' ')
		b.WriteString(n.MAC)
		b.WriteByte(' ')
	}
	return strings.ToLower(b.String())
}
