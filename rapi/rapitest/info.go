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

// before tells whether v is older than major.minor.
func (v version) before(major, minor int) bool {
	return v.major < major || v.major == major && v.minor < minor
}

// loadTemplates prepares what the cluster answers about itself. 2.16 and 3.0 have the same settings; 3.1 changed two of kvm's defaults.
func (c *Cluster) loadTemplates() {
	template("hvparams.json", &c.defaults)
	template("info.json", &c.info)
	if !c.version.before(3, 1) {
		c.defaults["disk_discard"], c.defaults["vhost_net"] = "ignore", true
	}
	if len(c.config.Templates) > 0 {
		c.enlarge()
	}
	number := c.version.number()
	born := stamp(c.born.Add(-400 * 24 * time.Hour))
	maps.Copy(c.info, map[string]any{
		"software_version": c.config.Version, "protocol_version": number, "config_version": number,
		"vcs_version": "(ganeti) version " + c.config.Version, "name": c.config.Name,
		"ctime": born, "mtime": born, "uuid": c.uuid("cluster"), "max_tracked_jobs": 25,
	})
}

// enlarge enables the configured disk templates and lets the policy allow sizes as of large machines.
func (c *Cluster) enlarge() {
	var policy map[string]any
	if err := json.Unmarshal(encode(c.info["ipolicy"]), &policy); err != nil {
		panic(err)
	}
	policy["disk-templates"] = c.config.Templates
	most := policy["minmax"].([]any)[0].(map[string]any)["max"].(map[string]any)
	most["memory-size"], most["cpu-count"], most["disk-size"] = 65536, 32, 8<<20
	c.info["ipolicy"], c.info["enabled_disk_templates"] = policy, c.config.Templates
	c.info["volume_group_name"], c.info["vg_name"] = "xenvg", "xenvg"
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
