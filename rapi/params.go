package rapi

import (
	"net/http"
	"strconv"
	"strings"

	"gwm/core"
)

// paramsCall is the call of a request that changes settings of the cluster, or of
// one of its node groups. Values are sent as text, from which Ganeti makes what
// each setting needs, but for those that it takes as numbers, switches or lists
// only.
func paramsCall(r core.Request) (call, bool, error) {
	o, ok := r.(core.SetClusterParams)
	if !ok {
		return call{}, false, nil
	}
	body := map[string]any{}
	for _, e := range o.Params {
		where, name, sub := strings.Cut(e.Name, "/")
		value := settingValue(e)
		switch {
		case !sub:
			body[e.Name] = plainValue(e)
		case where == "hv":
			hypervisor, param, _ := strings.Cut(name, "/")
			inside(inside(body, "hvparams"), hypervisor)[param] = value
		case where == "policy":
			setPolicy(inside(body, "ipolicy"), name, value, o.Ranges)
		default:
			inside(body, map[string]string{"be": "beparams", "nic": "nicparams", "nd": "ndparams"}[where])[name] = value
		}
	}
	k := call{what: "change settings", method: http.MethodPut, path: "/2/modify", body: body}
	if o.Group == "" {
		return k, true, nil
	}
	k.what, k.path = "change settings of the node group "+o.Group, "modify"
	return onGroup(o.Group, k)
}

// inside returns the object in a field of a body, and makes it where there is none.
func inside(body map[string]any, field string) map[string]any {
	in, ok := body[field].(map[string]any)
	if !ok {
		in = map[string]any{}
		body[field] = in
	}
	return in
}

// settingValue is the value as text.
func settingValue(e core.ParamEdit) string {
	if e.Inherit {
		return core.DefaultWord
	}
	return e.Value
}

// plainValue is the value of what a cluster has once.
func plainValue(e core.ParamEdit) any {
	switch {
	case e.Name == "enabled_hypervisors" || e.Name == "enabled_disk_templates":
		return strings.Split(e.Value, ",")
	case e.Value == "true" || e.Value == "false":
		return e.Value == "true"
	}
	if n, err := strconv.Atoi(e.Value); err == nil {
		return n
	}
	return e.Value
}

// setPolicy puts one bound into a policy. Those of the least and the most are sent
// as a whole.
func setPolicy(policy map[string]any, name, value string, ranges []core.PolicyRange) {
	if bound, ok := strings.CutPrefix(name, "std/"); ok {
		inside(policy, "std")[bound] = value
		return
	}
	if !strings.Contains(name, "/") {
		policy[name] = value
		return
	}
	if value == core.DefaultWord {
		policy["minmax"] = value
		return
	}
	list := make([]map[string]any, len(ranges))
	for i, r := range ranges {
		list[i] = map[string]any{"min": specBody(r.Min), "max": specBody(r.Max)}
	}
	policy["minmax"] = list
}

// specBody writes the size of a VM in a policy.
func specBody(s core.PolicySpec) map[string]int {
	body := map[string]int{}
	for name, n := range map[string]int{
		"memory-size": s.MemoryMiB, "disk-size": s.DiskMiB, "cpu-count": s.VCPUs, "disk-count": s.Disks, "nic-count": s.NICs, "spindle-use": s.Spindles,
	} {
		if n != core.Unbounded {
			body[name] = n
		}
	}
	return body
}
