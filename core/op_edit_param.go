package core

import (
	"slices"
	"strconv"
	"strings"
)

// Where a parameter belongs stands before its name: be/vcpus, hv/acpi, os/dhcp.
const (
	BackendParam    = "be/"
	HypervisorParam = "hv/"
	OSParam         = "os/"
	VMParam         = "vm/"
)

// What a VM has that no cluster gives as a default.
const (
	ParamOS      = VMParam + "os"      // the OS that the next installation takes
	ParamOffline = VMParam + "offline" // "true": it cannot be started; only of a VM that is down
)

// The backend parameters that can be set, in Ganeti's words; sizes are MiB.
const (
	ParamMemory      = BackendParam + "maxmem"
	ParamMinMemory   = BackendParam + "minmem"
	ParamVCPUs       = BackendParam + "vcpus"
	ParamSpindles    = BackendParam + "spindle_use"
	ParamAutoBalance = BackendParam + "auto_balance"
	ParamFailover    = BackendParam + "always_failover"
)

// ParamEdit sets one parameter of a VM, or has it inherited from the cluster again.
type ParamEdit struct {
	Name    string `json:"name"`              // "be/maxmem"
	Value   string `json:"value,omitempty"`   // as Param.Value writes it
	Inherit bool   `json:"inherit,omitempty"` // the VM's own value goes; Value is empty
	Was     *Param `json:"was,omitempty"`     // what the person saw; nil: they saw none
}

// flag is the edit as an option of the command line.
func (e ParamEdit) flag() []string {
	value := e.Value
	if e.Inherit {
		value = DefaultWord
	}
	switch e.Name {
	case ParamMemory:
		return []string{"--memory", value}
	case ParamMinMemory:
		return []string{"--min-memory", value}
	case ParamVCPUs:
		return []string{"--vcpus", value}
	case ParamOS:
		return []string{"--os", value}
	case ParamOffline:
		return []string{map[bool]string{true: "--offline", false: "--online"}[value == "true"]}
	}
	option := "--be"
	switch {
	case strings.HasPrefix(e.Name, HypervisorParam):
		option = "--hv"
	case strings.HasPrefix(e.Name, OSParam):
		option = "--os-param"
	}
	return []string{option, e.short() + "=" + value}
}

// SetParam is the edit that people write as name and value: DefaultWord has it
// inherited.
func SetParam(name, value string) ParamEdit {
	if value == DefaultWord {
		return ParamEdit{Name: name, Inherit: true}
	}
	return ParamEdit{Name: name, Value: value}
}

// ParseParam reads NAME=VALUE. The error is CodeInvalid.
func ParseParam(word string) (name, value string, err error) {
	name, value, ok := strings.Cut(word, "=")
	if !ok || name == "" {
		return "", "", Errorf(CodeInvalid, "%q is not a parameter with a value", Printable(cut(word))).WithHint("write NAME=VALUE")
	}
	return name, value, nil
}

// ParseSetting reads NAME=VALUE as SetParam takes it. The error is CodeInvalid.
func ParseSetting(word string) (ParamEdit, error) {
	name, value, err := ParseParam(word)
	if err != nil {
		return ParamEdit{}, err
	}
	return SetParam(name, value), nil
}

// checkTwice refuses to set a parameter more than once, which has no order.
func checkTwice(edits []ParamEdit) error {
	seen := map[string]bool{}
	for _, e := range edits {
		if seen[e.Name] {
			return Errorf(CodeInvalid, "%s is set twice", Printable(cut(e.Name))).WithHint("say once what it is to be")
		}
		seen[e.Name] = true
	}
	return nil
}

func (e ParamEdit) short() string { return e.Name[strings.IndexByte(e.Name, '/')+1:] }

// text is what the parameter becomes, as the diff has it.
func (e ParamEdit) text() string {
	if e.Inherit {
		return DefaultWord
	}
	return e.Value
}

// paramText is what a parameter was, as the diff has it.
func paramText(p *Param) string {
	switch {
	case p == nil:
		return ""
	case strings.HasPrefix(p.Name, VMParam):
		return p.Value
	case !p.Custom && p.Value == "":
		return DefaultWord
	case !p.Custom:
		return DefaultWord + " (" + p.Value + ")"
	}
	return p.Value
}

// atOnce tells whether a VM that runs needs no restart: only the cluster reads it.
func (e ParamEdit) atOnce() bool {
	return slices.Contains([]string{ParamSpindles, ParamAutoBalance, ParamFailover, ParamOffline}, e.Name)
}

// reachesNode tells whether the parameter is one that may reach the node itself.
func (e ParamEdit) reachesNode() bool {
	name, ok := strings.CutPrefix(e.Name, HypervisorParam)
	return ok && !OrdinaryParam(name, e.Value)
}

// maxParam is the longest value of a parameter, in bytes.
const maxParam = 4096

// check says what is wrong with one edit, and notes the value of a number.
func (e ParamEdit) check(numbers map[string]int) error {
	where, name, _ := strings.Cut(e.Name, "/")
	switch {
	case !slices.Contains([]string{"be", "hv", "os", "vm"}, where) || !paramName(name):
		return Errorf(CodeInvalid, "%q is not the name of a parameter", Printable(e.Name)).
			WithHint("write be/NAME, hv/NAME or os/NAME")
	case e.Inherit && e.Value != "":
		return Errorf(CodeInvalid, "%s has a value and is to be inherited too", e.Name)
	case !e.Inherit && e.Value == DefaultWord:
		return Errorf(CodeInvalid, "%s cannot have the value %q: a cluster takes it for its own value", e.Name, DefaultWord)
	case len(e.Value) > maxParam || Printable(e.Value) != e.Value:
		return Errorf(CodeInvalid, "the value of %s is too long or has characters that cannot be shown", e.Name)
	case where == "vm":
		return e.checkOwn()
	case where != "be" || e.Inherit:
		return nil
	}
	return e.checkBackend(name, numbers)
}

// paramName tells whether a parameter can have the name.
func paramName(name string) bool {
	return name != "" && len(name) <= maxText && !strings.ContainsAny(name, " =/") && Printable(name) == name
}

func (e ParamEdit) checkBackend(name string, numbers map[string]int) error {
	switch e.Name {
	case ParamMemory, ParamMinMemory, ParamVCPUs, ParamSpindles:
		n, err := strconv.Atoi(e.Value)
		if err != nil || n < 1 || n > maxSizeMiB {
			return Errorf(CodeInvalid, "%s cannot be %q", e.Name, Printable(e.Value)).WithHint("write a whole number above 0")
		}
		numbers[e.Name] = n
	case ParamAutoBalance, ParamFailover:
		if e.Value != "true" && e.Value != "false" {
			return Errorf(CodeInvalid, "%s cannot be %q", e.Name, Printable(e.Value)).WithHint("write true or false")
		}
	default:
		return Errorf(CodeInvalid, "there is no backend parameter %s", name).
			WithHint("there are maxmem, minmem, vcpus, spindle_use, auto_balance and always_failover")
	}
	return nil
}

// checkOwn says what is wrong with what cannot be inherited.
func (e ParamEdit) checkOwn() error {
	switch {
	case e.Inherit:
		return Errorf(CodeInvalid, "%s cannot be inherited from the cluster", e.Name)
	case e.Name == ParamOffline && (e.Value == "true" || e.Value == "false"):
		return nil
	case e.Name == ParamOffline:
		return Errorf(CodeInvalid, "%s cannot be %q", e.Name, Printable(e.Value)).WithHint("write true or false")
	case e.Name != ParamOS:
		return Errorf(CodeInvalid, "there is no setting %s of a VM", e.Name).WithHint("there are %s and %s", ParamOS, ParamOffline)
	}
	if err := checkName(e.Value); err != nil {
		return Errorf(CodeInvalid, "%q cannot be the name of an operating system: %v", Printable(e.Value), err).
			WithHint("write it as the cluster lists it, for example debootstrap+default")
	}
	return nil
}
