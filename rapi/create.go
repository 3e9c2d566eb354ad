package rapi

import (
	"cmp"
	"net/http"
	"net/url"

	"gwm/core"
)

// createCall is the call of a request that makes a VM.
func createCall(r core.Request) (call, bool, error) {
	o, ok := r.(core.CreateVM)
	if !ok {
		return call{}, false, nil
	}
	if _, err := segment("VM", o.VM.Name); err != nil {
		return call{}, false, err
	}
	body := map[string]any{
		"__version__": 1, "mode": "create", "instance_name": o.VM.Name, "disk_template": o.DiskTemplate,
		"disks": diskList(o.Disks), "nics": nicList(o.NICs), "start": o.Start && !o.NoInstall,
		"name_check": o.NameCheck, "ip_check": o.IPCheck, "beparams": backend(o),
	}
	setName(body, "os_type", o.OS)
	if from := o.From; from.Name != "" {
		body["mode"], body["src_node"], body["src_path"] = "import", from.Node.Name, from.Name
	}
	setName(body, "hypervisor", o.Hypervisor)
	setName(body, "pnode", o.Node.Name)
	setName(body, "snode", o.Secondary.Name)
	setName(body, "group_name", o.Group)
	setName(body, "iallocator", o.Allocator)
	setTrue(body, "no_install", o.NoInstall)
	setTrue(body, "ignore_ipolicy", o.IgnorePolicy)
	if o.NoSync {
		body["wait_for_sync"] = false
	}
	if len(o.HypervisorParams) > 0 {
		body["hvparams"] = o.HypervisorParams
	}
	if len(o.OSParams) > 0 {
		body["osparams"] = o.OSParams
	}
	if len(o.Tags) > 0 {
		body["tags"] = o.Tags
	}
	k := call{what: "create " + o.VM.Name, method: http.MethodPost, path: "/2/instances", query: url.Values{}, body: body}
	setOne(k.query, "dry-run", o.DryRun)
	return k, true, nil
}

// backend writes the size, and what else is said: as texts, which Ganeti turns into
// what each parameter is.
func backend(o core.CreateVM) map[string]any {
	params := map[string]any{
		"vcpus": o.VCPUs, "maxmem": o.MemoryMiB, "minmem": cmp.Or(o.MinMemoryMiB, o.MemoryMiB),
	}
	for name, value := range o.Backend {
		params[name] = value
	}
	return params
}

func diskList(disks []core.NewDisk) []map[string]any {
	list := []map[string]any{}
	for _, d := range disks {
		list = append(list, newDiskValues(d))
	}
	return list
}

func nicList(nics []core.NewNIC) []map[string]any {
	list := []map[string]any{}
	for _, n := range nics {
		list = append(list, nicValues(n))
	}
	return list
}
