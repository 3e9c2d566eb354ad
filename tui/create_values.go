package tui

import (
	"maps"
	"strconv"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// op is what the answers ask for. What the cluster takes by default is said, since
// a quota is charged for it.
func (w *wizard) op(v form.Values) (core.CreateVM, error) {
	o := w.base(v)
	o.VM = core.VMRef(v["cluster"], v.Text("name"))
	o.Owner = w.owner(v)
	o.OS, o.Hypervisor, o.DiskTemplate = v["os"], v["hypervisor"], w.storage(v)
	o.VCPUs = v.Number("vcpus", form.Count).N
	o.MemoryMiB, o.MinMemoryMiB = v.Number("memory", form.MiB).N, v.Number("minmemory", form.MiB).N
	o.Disks, o.NICs = w.disks(v, o.Disks), w.nics(v, o.NICs)
	o.NoInstall, o.NoSync = v.Yes("noinstall"), v.Yes("nosync")
	o.Start = !o.NoInstall && !v.Yes("down")
	o.NameCheck, o.IPCheck, o.IgnorePolicy = v.Yes("namecheck"), v.Yes("ipcheck"), v.Yes("nopolicy")
	o.Tags, o.Override = nil, v.Text("override")
	if tags := strings.Fields(v["tags"]); len(tags) > 0 {
		o.Tags = tags
	}
	w.takePlace(&o, v)
	var err error
	if o.HypervisorParams, err = w.hyperParams(v); err != nil {
		return o, err
	}
	if o.OSParams, err = readParams(v["osparams"]); err != nil {
		return o, err
	}
	if o.Backend, err = readParams(v["backend"]); err != nil {
		return o, err
	}
	return w.offer(v).Fill(o), nil
}

// base is what the answers are put over: the template or the VM that was started
// from, for what the form does not ask.
func (w *wizard) base(v form.Values) core.CreateVM {
	for _, t := range w.templatesOf(v["cluster"]) {
		if t.Name == v["from"] {
			return t.VM
		}
	}
	return w.start
}

// takePlace puts the answers about the place into o.
func (w *wizard) takePlace(o *core.CreateVM, v form.Values) {
	o.Node, o.Secondary, o.Group, o.Allocator = core.Ref{}, core.Ref{}, "", ""
	switch v["place"] {
	case placeGroup:
		o.Group = v["group"]
	case placeAllocator:
		o.Allocator = v.Text("allocator")
	case placeNode:
		if v["node"] != "" {
			o.Node = core.NodeRef(v["cluster"], v["node"])
		}
		if v["secondary"] != "" {
			o.Secondary = core.NodeRef(v["cluster"], v["secondary"])
		}
	}
}

// answers are what one would have to answer to get o.
func (w *wizard) answers(o core.CreateVM) form.Values {
	v := form.Values{
		"cluster": o.VM.Cluster, "name": o.VM.Name, "os": o.OS, "hypervisor": o.Hypervisor, "storage": o.DiskTemplate,
		"noinstall": form.YesIf(o.NoInstall), "down": form.YesIf(!o.Start && !o.NoInstall), "nosync": form.YesIf(o.NoSync),
		"namecheck": form.YesIf(o.NameCheck), "ipcheck": form.YesIf(o.IPCheck), "nopolicy": form.YesIf(o.IgnorePolicy),
		"tags": strings.Join(o.Tags, " "), "osparams": writeParams(o.OSParams), "backend": writeParams(o.Backend),
		"owner": o.Owner.String(), "place": placeAuto, "node": o.Node.Name, "secondary": o.Secondary.Name,
		"group": o.Group, "allocator": o.Allocator, "vcpus": "", "memory": "", "minmemory": "", "override": o.Override,
	}
	if o.VCPUs > 0 {
		v["vcpus"] = strconv.Itoa(o.VCPUs)
	}
	if o.MemoryMiB > 0 {
		v["memory"] = form.MiB.Text(o.MemoryMiB)
	}
	if o.MinMemoryMiB > 0 {
		v["minmemory"] = form.MiB.Text(o.MinMemoryMiB)
	}
	switch {
	case !o.Node.IsZero():
		v["place"] = placeNode
	case o.Group != "":
		v["place"] = placeGroup
	case o.Allocator != "":
		v["place"] = placeAllocator
	}
	for _, h := range hyperFields() {
		v[hyperValue(h.name)], v[hyperValue(h.name)+".of"] = "", ""
	}
	hypervisor := o.Hypervisor
	if hypervisor == "" {
		hypervisor = w.hypervisor(form.Values{"cluster": o.VM.Cluster})
	}
	maps.Copy(v, hyperAnswers(hypervisor, o.HypervisorParams))
	maps.Copy(v, diskAnswers(o.Disks))
	maps.Copy(v, nicAnswers(o.NICs))
	return v
}
