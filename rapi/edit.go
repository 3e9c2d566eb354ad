package rapi

import (
	"net/http"
	"strconv"
	"strings"

	"gwm/core"
)

// editCall is the call of a request that changes a VM. Numbers and switches of the
// backend are sent as such; the values of hypervisor and OS parameters are sent as
// text, from which Ganeti makes what each of them needs.
func editCall(r core.Request) (call, bool, error) {
	o, ok := r.(core.EditVM)
	if !ok {
		return call{}, false, nil
	}
	body := map[string]any{}
	for _, e := range o.Params {
		switch e.Name {
		case core.ParamOS:
			body["os_name"] = e.Value
			continue
		case core.ParamOffline:
			body["offline"] = e.Value == "true"
			continue
		}
		where, name, _ := strings.Cut(e.Name, "/")
		group := map[string]string{"be": "beparams", "hv": "hvparams", "os": "osparams"}[where]
		inside(body, group)[name] = editValue(where, e)
	}
	if mods := nicMods(o); len(mods) > 0 {
		body["nics"] = mods
	}
	if mods := diskMods(o); len(mods) > 0 {
		body["disks"] = mods
	}
	setTrue(body, "hotplug_if_possible", o.Hotplug)
	setTrue(body, "force_variant", o.Force)
	return onVM(o.VM.Name, call{what: "edit " + o.VM.Name, method: http.MethodPut, path: "modify", body: body})
}

func editValue(where string, e core.ParamEdit) any {
	if where == "be" {
		if n, err := strconv.Atoi(e.Value); err == nil {
			return n
		}
		if is, err := strconv.ParseBool(e.Value); err == nil {
			return is
		}
	}
	return settingValue(e)
}
