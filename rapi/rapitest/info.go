package rapitest

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"
)

// templates are answers of a real 3.0.2 with everything that is the cluster's own removed.
//
//go:embed template
var templates embed.FS

// version is a software version in parts.
type version struct{ major, minor, patch int }

func parseVersion(text string) version {
	var n [3]int
	for i, part := range strings.SplitN(text, ".", 3) {
		var err error
		if n[i], err = strconv.Atoi(part); err != nil {
			panic("rapitest: version " + text)
		}
	}
	return version{n[0], n[1], n[2]}
}

// number is the protocol version: 3000000 for every 3.0, 2160000 for every 2.16.
func (v version) number() int { return v.major*1000000 + v.minor*10000 }

func template(name string, into any) {
	text, err := templates.ReadFile("template/" + name)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		panic(fmt.Sprintf("rapitest: template %s: %v", name, err))
	}
}

// loadTemplates prepares what the cluster answers about itself. 2.16 lacks the settings that came with 3.0.
func (c *Cluster) loadTemplates() {
	template("hvparams.json", &c.defaults)
	template("info.json", &c.info)
	if c.version.major < 3 {
		for _, name := range []string{"cdrom_disk_type", "disk_discard", "kvm_pci_reservations", "scsi_controller_type"} {
			delete(c.defaults, name)
		}
		for _, name := range []string{"ssh_key_type", "ssh_key_bits", "enabled_data_collectors", "data_collector_interval", "vg_name", "drbd_helper"} {
			delete(c.info, name)
		}
	}
	number := c.version.number()
	born := stamp(c.born.Add(-400 * 24 * time.Hour))
	maps.Copy(c.info, map[string]any{
		"software_version": c.config.Version, "protocol_version": number, "config_version": number,
		"vcs_version": "(ganeti) version " + c.config.Version, "name": c.config.Name,
		"ctime": born, "mtime": born, "uuid": c.uuid("cluster"), "max_tracked_jobs": 25,
	})
}

func (c *Cluster) getInfo(*request) response {
	info := maps.Clone(c.info)
	info["tags"] = list(c.tags)
	info["master"] = ""
	for _, n := range c.nodes {
		if n.Role == "M" {
			info["master"] = n.Name
		}
	}
	return ok(info)
}

func (c *Cluster) getOS(*request) response { return ok(list(c.config.OSes)) }

// constant answers the same thing always.
func constant(v any) func(*request) response {
	answer := ok(v)
	return func(*request) response { return answer }
}
