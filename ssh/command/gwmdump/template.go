package gwmdump

import (
	"encoding/json"
	"strings"
)

// Template is a saved form for new VMs.
type Template struct {
	Cluster      string // slug
	Name         string
	Description  string
	OS           string
	Hypervisor   string // empty: the cluster's default
	DiskTemplate string
	VCPUs        int
	Memory       int   // MiB
	MinMemory    int   // MiB; 0: not said
	Disks        []int // MiB
	NICs         []NIC
	Start        bool
	NoInstall    bool
	NameCheck    bool
	IPCheck      bool
	Params       map[string]string // of the hypervisor, those that say anything
}

// NIC is how a network interface of a template is connected.
type NIC struct {
	Mode string `json:"mode"`
	Link string `json:"link"`
}

func (t *tables) template(name, _ string, f *fields) func() {
	cluster, temporary := f.ref("cluster"), f.flag("temporary")
	tpl := Template{
		Name: f.text("template_name"), Description: f.text("description"), OS: f.text("os"), Hypervisor: f.text("hypervisor"),
		DiskTemplate: f.text("disk_template"), VCPUs: f.number("vcpus"), Memory: f.number("memory"), MinMemory: max(f.number("minmem"), 0),
		Start: f.flag("start"), NoInstall: f.flag("no_install"), NameCheck: f.flag("name_check"), IPCheck: f.flag("ip_check"),
	}
	var sizes []struct {
		Size int `json:"size"`
	}
	f.list("disks", &sizes)
	for _, d := range sizes {
		tpl.Disks = append(tpl.Disks, d.Size)
	}
	f.list("nics", &tpl.NICs)
	for _, param := range []string{"kernel_path", "root_path", "boot_order", "cdrom_image_path", "cdrom2_image_path", "disk_type", "nic_type"} {
		tpl.param(param, f.text(param))
	}
	if f.flag("serial_console") {
		tpl.param("serial_console", "True")
	}
	return func() {
		t.lists = append(t.lists, func() {
			if c := t.clusters[cluster]; temporary {
				return
			} else if c == nil {
				t.problem(name, "its cluster is not there: "+cluster)
			} else {
				tpl.Cluster = c.Slug
				t.dump.Templates = append(t.dump.Templates, tpl)
			}
		})
	}
}

// param keeps a parameter that its hypervisor has.
func (t *Template) param(name, value string) {
	of := map[string]string{
		"xen-pvm": " kernel_path root_path ",
		"xen-hvm": " boot_order cdrom_image_path disk_type nic_type ",
		"kvm":     " kernel_path root_path serial_console boot_order cdrom_image_path cdrom2_image_path disk_type nic_type ",
	}[t.Hypervisor]
	if value == "" || !strings.Contains(of, " "+name+" ") {
		return
	}
	if t.Params == nil {
		t.Params = map[string]string{}
	}
	t.Params[name] = value
}

// list reads a list, which some versions of Django write as JSON inside a text.
func (f *fields) list(name string, into any) {
	if f.null(name) {
		return
	}
	raw := f.of[name]
	var text string
	if json.Unmarshal(raw, &text) == nil {
		if text == "" {
			return
		}
		raw = json.RawMessage(text)
	}
	if json.Unmarshal(raw, into) != nil {
		f.wrong(name, "a list")
	}
}
