//go:build bench

package bench

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"time"

	"gwm/core"
	"gwm/rapi/rapitest"
)

// bare fetches what a cold sync fetches, with a plain client, and decodes it
// with encoding/json into the struct that gwm shows. It checks nothing but that
// it is JSON, sorts nothing and keeps nothing: this is what a sync is measured
// against.
func (c *cluster) bare() (vms []*core.VM, took time.Duration, err error) {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(c.CA))
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, DisableCompression: true}
	defer tr.CloseIdleConnections()
	began := time.Now()
	var info map[string]any
	if err := c.fetch(tr, "/2/info", func(d *json.Decoder) error { return d.Decode(&info) }); err != nil {
		return nil, 0, err
	}
	vms = make([]*core.VM, 0, c.size)
	if err := c.fetch(tr, "/2/instances?bulk=1", each(func(w wireVM) { vms = append(vms, w.vm()) })); err != nil {
		return nil, 0, err
	}
	// Ganeti tells the hypervisor in the answer to a query only, here as there.
	hypervisors := make(map[string]string, c.size)
	if err := c.fetch(tr, "/2/query/instance?fields=name,status,admin_state,pnode,hypervisor,oper_ram,serial_no,mtime", rows(hypervisors)); err != nil {
		return nil, 0, err
	}
	for _, vm := range vms {
		vm.Hypervisor = hypervisors[vm.Name]
	}
	var nodes []wireNode
	if err := c.fetch(tr, "/2/nodes?bulk=1", each(func(w wireNode) { nodes = append(nodes, w) })); err != nil {
		return nil, 0, err
	}
	var jobs []map[string]any
	if err := c.fetch(tr, "/2/jobs?bulk=1", each(func(w map[string]any) { jobs = append(jobs, w) })); err != nil {
		return nil, 0, err
	}
	return vms, time.Since(began), nil
}

func (c *cluster) fetch(tr http.RoundTripper, path string, decode func(*json.Decoder) error) (err error) {
	r, err := http.NewRequest(http.MethodGet, c.URL+path, http.NoBody)
	if err != nil {
		return err
	}
	r.SetBasicAuth(rapitest.DemoUser, rapitest.DemoPassword)
	a, err := (&http.Client{Transport: tr}).Do(r)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Body.Close()) }()
	if a.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, a.Status)
	}
	if err := decode(json.NewDecoder(a.Body)); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	_, err = io.Copy(io.Discard, a.Body)
	return err
}

// each decodes the values of a list one by one, which is faster than the list
// as a whole.
func each[T any](take func(T)) func(*json.Decoder) error {
	return func(d *json.Decoder) error {
		if _, err := d.Token(); err != nil {
			return err
		}
		for d.More() {
			var v T
			if err := d.Decode(&v); err != nil {
				return err
			}
			take(v)
		}
		_, err := d.Token()
		return err
	}
}

// rows decodes the answer to a query, whose rows are lists of code and value.
func rows(hypervisors map[string]string) func(*json.Decoder) error {
	return func(d *json.Decoder) error {
		for range 2 { // {"data":
			if _, err := d.Token(); err != nil {
				return err
			}
		}
		return each(func(row [][2]any) {
			name, _ := row[0][1].(string)
			hypervisors[name], _ = row[4][1].(string)
		})(d)
	}
}

// wireVM is what gwm keeps of a VM, as Ganeti sends it.
type wireVM struct {
	Name        string   `json:"name"`
	UUID        string   `json:"uuid"`
	Status      string   `json:"status"`
	AdminState  string   `json:"admin_state"`
	Node        string   `json:"pnode"`
	Secondaries []string `json:"snodes"`
	OS          string   `json:"os"`
	Template    string   `json:"disk_template"`
	Tags        []string `json:"tags"`
	Backend     struct {
		Max   int `json:"maxmem"`
		Min   int `json:"minmem"`
		VCPUs int `json:"vcpus"`
	} `json:"beparams"`
	Hypervisor struct {
		VNC   string `json:"vnc_bind_address"`
		Spice string `json:"spice_bind"`
	} `json:"hvparams"`
	Port      int      `json:"network_port"`
	RAM       *int     `json:"oper_ram"`
	Created   float64  `json:"ctime"`
	Modified  float64  `json:"mtime"`
	Serial    int64    `json:"serial_no"`
	IPs       []string `json:"nic.ips"`
	MACs      []string `json:"nic.macs"`
	Modes     []string `json:"nic.modes"`
	Links     []string `json:"nic.links"`
	NICUUIDs  []string `json:"nic.uuids"`
	NICNames  []string `json:"nic.names"`
	Networks  []string `json:"nic.networks.names"`
	NICParams []struct {
		VLAN string `json:"vlan"`
	} `json:"custom_nicparams"`
	Sizes     []int    `json:"disk.sizes"`
	Spindles  []int    `json:"disk.spindles"`
	DiskUUIDs []string `json:"disk.uuids"`
	DiskNames []string `json:"disk.names"`
}

// wireNode is what gwm keeps of a node, as Ganeti sends it.
type wireNode struct {
	Name      string   `json:"name"`
	UUID      string   `json:"uuid"`
	Role      string   `json:"role"`
	Group     string   `json:"group.uuid"`
	PrimaryIP string   `json:"pip"`
	Memory    *int     `json:"mtotal"`
	Free      *int     `json:"mfree"`
	Disk      *int     `json:"dtotal"`
	DiskFree  *int     `json:"dfree"`
	CPUs      *int     `json:"ctotal"`
	Primary   []string `json:"pinst_list"`
	Secondary []string `json:"sinst_list"`
	Tags      []string `json:"tags"`
	Serial    int64    `json:"serial_no"`
}

// vm puts together what came in separate lists. It is only as careful as the
// simulation needs; TestBenchSync finds where it differs from gwm.
func (w *wireVM) vm() *core.VM {
	state := map[string]core.VMState{
		"running": core.StateRunning, "ADMIN_down": core.StateDown, "ADMIN_offline": core.StateOffline,
		"ERROR_nodedown": core.StateUnknown, "ERROR_nodeoffline": core.StateUnknown,
	}[w.Status]
	if state == "" {
		state = core.StateError
	}
	vm := &core.VM{
		Cluster: "big", Name: w.Name, UUID: w.UUID, Status: w.Status, State: state, AdminState: w.AdminState, Node: w.Node,
		Secondaries: w.Secondaries, OS: w.OS, DiskTemplate: w.Template, VCPUs: w.Backend.VCPUs,
		MemoryMiB: w.Backend.Max, MinMemoryMiB: w.Backend.Min, Tags: w.Tags,
		Created: moment(w.Created), Modified: moment(w.Modified), Serial: w.Serial,
		NICs: make([]core.NIC, len(w.MACs)), Disks: make([]core.Disk, len(w.Sizes)),
	}
	slices.Sort(vm.Tags)
	if w.RAM != nil {
		vm.RunMemoryMiB = *w.RAM
	}
	if w.Hypervisor.VNC != "" || w.Hypervisor.Spice != "" {
		vm.ConsolePort = w.Port
	}
	for i := range vm.NICs {
		vm.NICs[i] = core.NIC{
			Name: w.NICNames[i], UUID: w.NICUUIDs[i], MAC: w.MACs[i], IP: w.IPs[i], Mode: w.Modes[i], Link: w.Links[i],
			Network: w.Networks[i], VLAN: w.NICParams[i].VLAN,
		}
	}
	for i, size := range w.Sizes {
		vm.Disks[i] = core.Disk{Name: w.DiskNames[i], UUID: w.DiskUUIDs[i], SizeMiB: size, Spindles: w.Spindles[i]}
		vm.DiskMiB += size
	}
	return vm
}

func moment(seconds float64) time.Time { return time.UnixMicro(int64(math.Round(seconds * 1e6))).UTC() }
