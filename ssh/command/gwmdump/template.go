package gwmdump

import (
	"encoding/json"
	"strconv"
	"strings"
)

// Template is a saved form for new VMs.
type Template struct {
	Cluster      string // slug
	Name         string
	Description  string
	OS           string
	Hypervisor   string // empty: the cluster's default, as in all until 0.10
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
	Params       map[string]string // those that say anything, also what the hypervisor does not have
	Primary      string            // nodes, where they were chosen
	Secondary    string
	Allocator    string // empty: the cluster's default, or none
}

// NIC is how a network interface of a template is connected.
type NIC struct {
	Mode string `json:"mode"`
	Link string `json:"link"`
}

// size is a number of MiB, as a number or as a text.
type size int

func (s *size) UnmarshalJSON(raw []byte) error {
	n, err := strconv.Atoi(strings.Trim(string(raw), `"`))
	*s = size(n)
	return err
}

func (t *tables) template(name, _ string, f *fields) func() {
	cluster, temporary := f.ref("cluster"), f.flag("temporary")
	tpl := Template{
		Name: f.text("template_name"), Description: f.text("description"), OS: f.text("os"), Hypervisor: f.text("hypervisor"),
		DiskTemplate: f.text("disk_template"), VCPUs: f.number("vcpus"), Memory: f.number("memory"), MinMemory: max(f.number("minmem"), 0),
		Start: f.flag("start"), NoInstall: f.flag("no_install"), NameCheck: f.flag("name_check"), IPCheck: f.flag("ip_check"),
		Primary: f.text("pnode"), Secondary: f.text("snode"), Params: map[string]string{},
	}
	if f.flag("iallocator") {
		tpl.Allocator = f.text("iallocator_hostname")
	}
	tpl.devices(f)
	for _, param := range []string{"kernel_path", "root_path", "boot_order", "cdrom_image_path", "cdrom2_image_path", "disk_type", "nic_type"} {
		if value := f.text(param); value != "" {
			tpl.Params[param] = value
		}
	}
	if f.flag("serial_console") {
		tpl.Params["serial_console"] = "True"
	}
	return func() {
		t.lists = append(t.lists, func() {
			// what has no name was kept for the retry of one creation
			if c := t.clusters[cluster]; temporary || tpl.Name == "" {
				return
			} else if c == nil {
				t.dangling(name, "its cluster", cluster, labelCluster)
			} else {
				tpl.Cluster = c.Slug
				t.dump.Templates = append(t.dump.Templates, tpl)
			}
		})
	}
}

// devices reads disks and NICs: lists, of which there was one each until 0.7.
func (t *Template) devices(f *fields) {
	var disks []struct {
		Size size `json:"size"`
	}
	f.list("disks", &disks)
	for _, d := range disks {
		t.Disks = append(t.Disks, int(d.Size))
	}
	f.list("nics", &t.NICs)
	if n := f.number("disk_size"); n > 0 && len(t.Disks) == 0 {
		t.Disks = []int{n}
	}
	if nic := (NIC{f.text("nic_mode"), f.text("nic_link")}); nic != (NIC{}) && len(t.NICs) == 0 {
		t.NICs = []NIC{nic}
	}
}

// list reads a list: of JSON, of JSON inside a text, or of Python inside a text,
// which is what dumpdata makes of pickled columns.
func (f *fields) list(name string, into any) {
	if f.null(name) {
		return
	}
	raw := f.of[name]
	var text string
	if json.Unmarshal(raw, &text) == nil {
		if text = strings.TrimSpace(text); text == "" || text == "None" {
			return
		}
		raw = json.RawMessage(text)
		if !json.Valid(raw) {
			raw, _ = pythonJSON(text)
		}
	}
	if json.Unmarshal(raw, into) != nil {
		f.wrong(name, "a list")
	}
}
