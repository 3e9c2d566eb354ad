package rapitest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// modifyTime is how long a change of parameters takes at speed 1.
const modifyTime = 600 * time.Millisecond

// modify changes parameters of an instance, its NICs and its disks.
func modify() opcode {
	none := map[string]any{}
	return opcode{
		id: "OP_INSTANCE_SET_PARAMS", handler: "instances_name_modify", body: true,
		fields: map[string]any{
			"force": false, "force_variant": false, "ignore_ipolicy": false, "nics": []any{}, "disks": []any{}, "beparams": none, "hvparams": none,
			"ext_params": none, "osparams": none, "wait_for_sync": true, "conflicts_check": true, "hotplug": false, "hotplug_if_possible": false,
			"os_name": nil, "offline": nil,
		},
		run: func(c *Cluster, j *job) ([]step, *opError) {
			v := c.lookup(j.target)
			if v == nil {
				return nil, unknown(j.target)
			}
			next, log, err := c.modified(v, j)
			if err != nil {
				return nil, err
			}
			steps := []step{}
			for _, line := range log {
				steps = append(steps, step{after: modifyTime / 3, text: line})
			}
			return append(steps, step{after: modifyTime, apply: func(at time.Time) *opError {
				v.Memory, v.MinMemory, v.VCPUs, v.custom, v.extra = next.Memory, next.MinMemory, next.VCPUs, next.custom, next.extra
				v.HV, v.OSParams, v.params = next.HV, next.OSParams, next.params
				v.OS, v.Admin, v.NICs, v.Disks = next.OS, next.Admin, next.NICs, next.Disks
				c.touch(v, at)
				c.render(v)
				return nil
			}}), nil
		},
	}
}

// modified is the instance with what the job changes, and what the job says of it; its result lists the changes.
func (c *Cluster) modified(v *instance, j *job) (*instance, []string, *opError) {
	next := *v
	next.extra, next.HV, next.OSParams = maps.Clone(v.extra), maps.Clone(v.HV), maps.Clone(v.OSParams)
	devices := &deviceChanges{cluster: c, job: j, vm: &next}
	if err := devices.apply(); err != nil {
		return nil, nil, err
	}
	changes := devices.changes
	if err := c.setState(&next, j, &changes); err != nil {
		return nil, nil, err
	}
	for _, group := range []struct {
		field, short string
		set          func(name string, value any) *opError
	}{
		{"beparams", "be", func(name string, value any) *opError { return c.setBackend(&next, name, value) }},
		{"hvparams", "hv", func(name string, value any) *opError {
			return assign(&next.HV, name, value, c.hvparams(v.Hypervisor, nil).values)
		}},
		{"osparams", "os", func(name string, value any) *opError {
			return assign(&next.OSParams, name, value, map[string]any{name: ""})
		}},
	} {
		given, _ := j.fields[group.field].(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(given)) {
			if err := group.set(name, given[name]); err != nil {
				return nil, nil, err
			}
			changes = append(changes, []any{group.short + "/" + name, given[name]})
		}
	}
	switch {
	case len(changes) == 0:
		return nil, nil, prereq("wrong_input", "No changes submitted")
	case next.MinMemory > next.Memory:
		return nil, nil, prereq("wrong_input", fmt.Sprintf("Parameter minmem (%d) is higher than maxmem (%d)", next.MinMemory, next.Memory))
	case v.Running && next.Memory > v.Memory && c.freeMemory(v.node) < next.Memory-v.Memory:
		return nil, nil, prereq("insufficient_resources", fmt.Sprintf("This change will prevent the instance from starting, due to %d MB of memory missing on its primary node",
			next.Memory-v.Memory-c.freeMemory(v.node)))
	}
	next.params = c.hvparams(v.Hypervisor, next.HV)
	j.answer = encode(changes)
	return &next, devices.log, nil
}

// setState sets the OS of the next installation, and whether the instance is offline.
func (c *Cluster) setState(v *instance, j *job, changes *[][]any) *opError {
	if os, ok := j.fields["os_name"].(string); ok {
		if !slices.Contains(c.config.OSes, os) && j.fields["force_variant"] != true {
			name, _, _ := strings.Cut(os, "+")
			return prereq("wrong_input", "OS '"+name+"' not supported by the target node "+v.Node)
		}
		v.OS = os
		*changes = append(*changes, []any{"os", os})
	}
	offline, given := j.fields["offline"].(bool)
	if !given {
		return nil
	}
	if v.Admin == "up" {
		return prereq("wrong_state", "Instance '"+v.Name+"' is marked to be up, can't change to "+
			map[bool]string{true: "offline without being down first", false: "online (down) without being offline first"}[offline])
	}
	v.Admin = map[bool]string{true: "offline", false: "down"}[offline]
	*changes = append(*changes, []any{"admin_state", v.Admin})
	return nil
}

// setBackend sets a backend parameter, or with "default" gives it up.
func (c *Cluster) setBackend(v *instance, name string, value any) *opError {
	standard := map[string]any{"maxmem": 128.0, "minmem": 128.0, "vcpus": 1.0, "auto_balance": true, "always_failover": false, "spindle_use": 1.0}
	given := map[string]any{}
	if err := assign(&given, name, value, standard); err != nil {
		return err
	}
	fixed := map[string]*int{"maxmem": &v.Memory, "minmem": &v.MinMemory, "vcpus": &v.VCPUs}[name]
	own, set := given[name]
	if fixed == nil {
		return assign(&v.extra, name, value, standard)
	}
	if !set {
		own = standard[name]
	}
	number, _ := own.(float64)
	*fixed, v.custom[slices.Index([]string{"maxmem", "minmem", "vcpus"}, name)] = int(number), set
	return nil
}

// assign puts a value of the same type as the standard one, which text is converted to, into own parameters; "default" takes it out of them.
func assign(own *map[string]any, name string, value any, standard map[string]any) *opError {
	old, known := standard[name]
	if !known {
		return &opError{class: "TypeEnforcementError", message: "Unknown parameter '" + name + "'"}
	}
	if value == "default" {
		delete(*own, name)
		return nil
	}
	text, isText := value.(string)
	wrong := func(kind string) *opError {
		return &opError{class: "TypeEnforcementError", message: fmt.Sprintf("'%s' (value %v) is not a valid %s", name, value, kind)}
	}
	switch old.(type) {
	case bool:
		if isText && (text == "true" || text == "false") {
			value = text == "true"
		} else if _, is := value.(bool); !is {
			return wrong("boolean")
		}
	case float64:
		if n, err := strconv.ParseFloat(text, 64); isText && err == nil {
			value = n
		} else if _, is := value.(float64); !is {
			return wrong("integer")
		}
	default:
		if !isText {
			return wrong("string")
		}
	}
	if *own == nil {
		*own = map[string]any{}
	}
	(*own)[name] = value
	return nil
}

// withBody refuses what comes without the parameters that a handler needs.
func (c *Cluster) withBody(do func(*request) response) func(*request) response {
	return func(r *request) response {
		var given map[string]json.RawMessage
		switch {
		case len(r.body) == 0:
			return fail(http.StatusBadRequest, "Body contents: Type is 'NoneType', but 'dict' is expected")
		case json.Unmarshal(r.body, &given) != nil:
			return fail(http.StatusBadRequest, "Body contents: Type is not 'dict'")
		}
		for _, name := range []string{"hvparams", "beparams", "osparams"} {
			var values map[string]any
			if text, there := given[name]; there && json.Unmarshal(text, &values) != nil {
				return fail(http.StatusInternalServerError, "string indices must be integers, not 'str'")
			}
		}
		return do(r)
	}
}
