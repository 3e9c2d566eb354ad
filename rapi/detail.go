package rapi

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"gwm/core"
)

// known are the fields of an instance that core.VM or another part of
// core.VMDetail shows; every other one appears in VMDetail.Other.
const known = " name uuid status admin_state pnode snodes os hypervisor disk_template tags beparams hvparams osparams " +
	"custom_beparams custom_hvparams custom_osparams ctime mtime serial_no oper_ram network_port " +
	"nic.ips nic.macs nic.modes nic.links nic.uuids nic.names nic.networks nic.networks.names " +
	"disk.sizes disk.spindles disk.uuids disk.names "

// Detail reads what VMs and VM passed as raw. It does no I/O. Fetched is left to
// the caller, who knows when raw came.
func (c *Client) Detail(raw []byte) (core.VMDetail, error) {
	k := call{what: "read the details of a VM"}
	d := vmDecoder{cluster: c.cfg.Cluster.Name}
	vm, err := d.decode(raw)
	if err != nil {
		return core.VMDetail{}, c.notGaneti(k, raw, err)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return core.VMDetail{}, c.notGaneti(k, raw, err)
	}
	detail := core.VMDetail{VM: *vm}
	for _, p := range []struct {
		dst          *[]core.Param
		all, changed string
	}{
		{&detail.Backend, "beparams", "custom_beparams"},
		{&detail.Hypervisor, "hvparams", "custom_hvparams"},
		{&detail.OSParams, "osparams", "custom_osparams"},
	} {
		if *p.dst, err = params(fields[p.all], fields[p.changed]); err != nil {
			return core.VMDetail{}, c.notGaneti(k, raw, err)
		}
	}
	for name, value := range fields {
		if !strings.Contains(known, " "+name+" ") {
			detail.Other = append(detail.Other, core.Param{Name: name, Value: valueText(value)})
		}
	}
	sortParams(detail.Other)
	return detail, nil
}

// params lists the values in effect and marks those that are set on the object
// itself.
func params(all, own json.RawMessage) ([]core.Param, error) {
	effective, err := object(all)
	if err != nil {
		return nil, err
	}
	custom, err := object(own)
	if err != nil {
		return nil, err
	}
	out := make([]core.Param, 0, len(effective))
	for name, value := range effective {
		_, set := custom[name]
		out = append(out, core.Param{Name: name, Value: valueText(value), Custom: set})
	}
	for name, value := range custom {
		if _, there := effective[name]; !there {
			out = append(out, core.Param{Name: name, Value: valueText(value), Custom: true})
		}
	}
	sortParams(out)
	return out, nil
}

func object(raw json.RawMessage) (map[string]json.RawMessage, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var m map[string]json.RawMessage
	err := json.Unmarshal(raw, &m)
	return m, err
}

func sortParams(list []core.Param) {
	slices.SortFunc(list, func(a, b core.Param) int { return strings.Compare(a.Name, b.Name) })
}

// valueText is a JSON value as people write it: texts without quotes, null as
// nothing, lists of texts with commas, anything else as JSON.
func valueText(raw json.RawMessage) string {
	switch {
	case len(raw) == 0 || raw[0] == 'n':
		return ""
	case raw[0] == '"':
		return unquote(raw)
	case raw[0] == '[':
		var list []word
		if json.Unmarshal(raw, &list) == nil {
			parts := make([]string, len(list))
			for i, w := range list {
				parts[i] = string(w)
			}
			return strings.Join(parts, ", ")
		}
	}
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return ""
	}
	return b.String()
}
