package core

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// EditVM changes parameters of a VM. It is refused where one of them is no longer
// what the person saw; then nothing is changed. With Override, a reason in words,
// an administrator of the cluster lets it grow beyond its owner's quota.
type EditVM struct {
	VM       Ref         `json:"vm"`
	Params   []ParamEdit `json:"params,omitempty"`
	Override string      `json:"override,omitempty"`
}

// Where a parameter belongs stands before its name: be/vcpus, hv/acpi, os/dhcp.
const (
	BackendParam    = "be/"
	HypervisorParam = "hv/"
	OSParam         = "os/"
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

// Spec describes the edit. What reaches files and commands of the nodes is for
// who administers the cluster.
func (o EditVM) Spec() Spec {
	s := Spec{
		ID: "vm.edit", Title: "edit " + o.VM.Name, Verb: VerbModify, Target: o.VM, Remote: true,
		Command: []string{"vm", "edit", o.VM.String()},
	}
	var d changes
	var later []string
	install := ""
	for _, e := range o.Params {
		s.Command = append(s.Command, e.flag()...)
		d.text(e.Name, paramText(e.Was), e.text())
		switch {
		case strings.HasPrefix(e.Name, OSParam):
			install = "; the next installation reads the parameters of its operating system"
		case !e.atOnce():
			later = append(later, e.short())
		}
		if e.reachesNode() {
			s.Verb, s.Target, s.About = VerbAdmin, ClusterRef(o.VM.Cluster), o.VM
		}
	}
	s.Diff = d
	s.Effect = theOne(o.VM) + " gets new settings"
	if len(later) > 0 {
		s.Effect += "; if it runs, " + joinWords(later) + " will hold after a full restart"
	}
	s.Effect += install
	if o.Override != "" {
		s.Effect += "; the quota of its owner may be exceeded"
		s.Command = append(s.Command, "--override", o.Override)
	}
	return s
}

// flag is the edit as an option of the command line.
func (e ParamEdit) flag() []string {
	value := e.Value
	if e.Inherit {
		value = inheritWord
	}
	switch e.Name {
	case ParamMemory:
		return []string{"--memory", value}
	case ParamMinMemory:
		return []string{"--min-memory", value}
	case ParamVCPUs:
		return []string{"--vcpus", value}
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

// inheritWord stands for the cluster's value, here as in Ganeti.
const inheritWord = "default"

func (e ParamEdit) short() string { return e.Name[strings.IndexByte(e.Name, '/')+1:] }

// text is what the parameter becomes, as the diff has it.
func (e ParamEdit) text() string {
	if e.Inherit {
		return inheritWord
	}
	return e.Value
}

// paramText is what a parameter was, as the diff has it.
func paramText(p *Param) string {
	switch {
	case p == nil:
		return ""
	case !p.Custom && p.Value == "":
		return inheritWord
	case !p.Custom:
		return inheritWord + " (" + p.Value + ")"
	}
	return p.Value
}

// atOnce tells whether a VM that runs needs no restart: only the cluster reads it.
func (e ParamEdit) atOnce() bool {
	return slices.Contains([]string{ParamSpindles, ParamAutoBalance, ParamFailover}, e.Name)
}

// reachesNode tells whether a hypervisor parameter may name files, devices,
// addresses or commands of the node itself. Those that are known not to are
// listed; what is new is held for dangerous.
func (e ParamEdit) reachesNode() bool {
	name, ok := strings.CutPrefix(e.Name, HypervisorParam)
	return ok && !slices.Contains(strings.Fields(guestParams), name)
}

// guestParams are the hypervisor parameters that concern the guest alone.
const guestParams = "acpi boot_order cdrom_disk_type cpu_cores cpu_sockets cpu_threads cpu_type disk_aio disk_cache disk_discard disk_type " +
	"kernel_args keymap machine_version nic_type pae reboot_behavior root_path serial_console serial_speed soundhw " +
	"usb_mouse use_localtime use_acpi vga vhost_net virtio_net_queues viridian"

func (o EditVM) check() error {
	if err := checkText("the reason", o.Override); err != nil {
		return err
	}
	if len(o.Params) == 0 {
		return Errorf(CodeInvalid, "nothing of %s is to be changed", Printable(o.VM.Name)).WithHint("name what should be different")
	}
	sizes := map[string]int{}
	for i, e := range o.Params {
		if slices.ContainsFunc(o.Params[:i], func(have ParamEdit) bool { return have.Name == e.Name }) {
			return Errorf(CodeInvalid, "%s is set twice", Printable(e.Name))
		}
		if err := e.check(sizes); err != nil {
			return err
		}
	}
	if most, ok := sizes[ParamMemory]; ok && sizes[ParamMinMemory] > most {
		return Errorf(CodeInvalid, "the least memory, %s, is more than the most, %s", FormatSize(sizes[ParamMinMemory]), FormatSize(most))
	}
	return checkKind(o.VM, KindVM)
}

// maxParam is the longest value of a parameter, in bytes.
const maxParam = 4096

// check says what is wrong with one edit, and notes the value of a number.
func (e ParamEdit) check(numbers map[string]int) error {
	where, name, _ := strings.Cut(e.Name, "/")
	switch {
	case !slices.Contains([]string{"be", "hv", "os"}, where) || name == "" || len(name) > maxText || strings.ContainsAny(name, " =/") || Printable(name) != name:
		return Errorf(CodeInvalid, "%q is not the name of a parameter", Printable(e.Name)).
			WithHint("write be/NAME, hv/NAME or os/NAME")
	case e.Inherit && e.Value != "":
		return Errorf(CodeInvalid, "%s has a value and is to be inherited too", e.Name)
	case !e.Inherit && e.Value == inheritWord:
		return Errorf(CodeInvalid, "%s cannot have the value %q: a cluster takes it for its own value", e.Name, inheritWord)
	case len(e.Value) > maxParam || Printable(e.Value) != e.Value:
		return Errorf(CodeInvalid, "the value of %s is too long or has characters that cannot be shown", e.Name)
	case where != "be" || e.Inherit:
		return nil
	}
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

// See notes what the VM has now as what the person saw, where it is known.
func (o EditVM) See(now VMDetail) {
	for i, e := range o.Params {
		if !strings.HasPrefix(e.Name, OSParam) || len(now.OSParams) > 0 { // Ganeti 3.0 does not tell the own ones
			was := now.Param(e.Name)
			o.Params[i].Was = &was
		}
	}
}

func (o EditVM) names() []Ref { return []Ref{o.VM} }

// run asks the cluster what holds now before it changes anything: other programs
// change VMs too, and what gwm shows may be some seconds old.
func (o EditVM) run(ctx context.Context, w *worker) error {
	return w.submit(ctx, func(p Platform, reason string) (string, error) {
		_, raw, err := p.VM(ctx, o.VM.Name)
		if err != nil {
			return "", err
		}
		now, err := p.Detail(raw)
		if err != nil {
			return "", err
		}
		if err := o.stale(now); err != nil {
			return "", err
		}
		return p.Submit(ctx, o, reason)
	})
}

// stale is the refusal where something is no longer what the person saw.
func (o EditVM) stale(now VMDetail) error {
	var news []string
	for _, e := range o.Params {
		if is := now.Param(e.Name); e.Was != nil && *e.Was != is {
			news = append(news, fmt.Sprintf("%s was %s, is %s", e.Name, quoteEmpty(paramText(e.Was)), quoteEmpty(paramText(&is))))
		}
	}
	if len(news) == 0 {
		return nil
	}
	return Errorf(CodeConflict, "somebody else changed %s meanwhile: %s; nothing was changed", o.VM.Name, strings.Join(news, "; ")).
		WithHint("look at it again and repeat your change")
}

func quoteEmpty(s string) string {
	if s == "" {
		return `""`
	}
	return Printable(s)
}

// charges is what the VM takes with its new size, as far as it takes it now.
func (o EditVM) charges(p *people, snap *Snapshot) []Charge {
	st := snap.Clusters[o.VM.Cluster]
	if st == nil {
		return nil
	}
	vm, ok := st.VM(o.VM.Name)
	if !ok {
		return nil
	}
	next := *vm
	for _, e := range o.Params {
		value := e.Value
		if e.Inherit {
			value = findParam(st.Info.Backend, e.short()).Value
		}
		n, err := strconv.Atoi(value)
		switch {
		case err != nil:
		case e.Name == ParamMemory:
			next.MemoryMiB = n
		case e.Name == ParamVCPUs:
			next.VCPUs = n
		}
	}
	return []Charge{{Who: p.owners[o.VM].Owner, VM: o.VM, Amount: next.takes()}}
}

func (o EditVM) override() string { return o.Override }
