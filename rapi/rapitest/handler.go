package rapitest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxBody bounds request bodies.
const maxBody = 1 << 20

// request is what a handler sees of a request.
type request struct {
	name  string // the variable part of the path
	part  string // the second one, where there are two
	query url.Values
	body  []byte
	route string // "GET /2/instances/{name}"
}

// bulk reads the bulk switch, which is a number.
func (r *request) bulk() bool {
	n, err := strconv.Atoi(r.query.Get("bulk"))
	return err == nil && n != 0
}

// endpoint is one method of a path. Handlers run with c.mu held, except wait.
type endpoint struct {
	need access
	do   func(*request) response
	wait func(context.Context, *request) response
}

// route is a path with at most two variable parts, written {name} and {part}.
type route struct {
	path    string
	methods map[string]endpoint
}

func reads(do func(*request) response) map[string]endpoint {
	return map[string]endpoint{http.MethodGet: {do: do}}
}

func writes(method string, do func(*request) response) map[string]endpoint {
	return map[string]endpoint{method: {need: writeAccess, do: do}}
}

func (c *Cluster) taggable(kind, handler string) map[string]endpoint {
	return map[string]endpoint{
		http.MethodGet:    {do: c.getTags(kind)},
		http.MethodPut:    {need: writeAccess, do: c.putTags(kind, handler, "OP_TAGS_SET")},
		http.MethodDelete: {need: writeAccess, do: c.putTags(kind, handler, "OP_TAGS_DEL")},
	}
}

// table is every path of the simulation.
func (c *Cluster) table() []route {
	features := []string{"node-evac-res1", "instance-reinstall-reqv1", "instance-create-reqv1", "node-migrate-reqv1"}
	return append(c.partRoutes(), []route{
		{"/", reads(constant(nil))},
		{"/version", reads(constant(2))},
		{"/2", reads(constant(nil))},
		{"/2/features", reads(constant(features))},
		{"/2/info", reads(c.getInfo)},
		{"/2/os", reads(c.getOS)},
		{"/2/tags", c.taggable("cluster", "tags")},
		{"/2/nodes", reads(c.getNodes)},
		{"/2/nodes/{name}", reads(c.getNode)},
		{"/2/nodes/{name}/role", map[string]endpoint{
			http.MethodGet: {do: c.getRole},
			http.MethodPut: {need: writeAccess, do: c.putRole},
		}},
		{"/2/nodes/{name}/migrate", writes(http.MethodPost, c.postNodeMigrate)},
		{"/2/nodes/{name}/evacuate", writes(http.MethodPost, c.postEvacuate)},
		{"/2/nodes/{name}/powercycle", writes(http.MethodPost, c.postPowercycle)},
		{"/2/nodes/{name}/modify", writes(http.MethodPost, c.postNodeModify)},
		{"/2/nodes/{name}/storage", map[string]endpoint{http.MethodGet: {need: writeAccess, do: c.getStorage}}},
		{"/2/nodes/{name}/storage/modify", writes(http.MethodPut, c.putStorage("OP_NODE_MODIFY_STORAGE", "nodes_name_storage_modify", "modified"))},
		{"/2/nodes/{name}/storage/repair", writes(http.MethodPut, c.putStorage("OP_REPAIR_NODE_STORAGE", "nodes_name_storage_repair", "repaired"))},
		{"/2/nodes/{name}/tags", c.taggable("node", "nodes_name_tags")},
		{"/2/instances", map[string]endpoint{
			http.MethodGet:  {do: c.getInstances},
			http.MethodPost: {need: writeAccess, do: c.postInstance},
		}},
		{"/2/instances/{name}", map[string]endpoint{
			http.MethodGet:    {do: c.getInstance},
			http.MethodDelete: {need: writeAccess, do: c.submitted(remove())},
		}},
		{"/2/instances/{name}/tags", c.taggable("instance", "instances_name_tags")},
		{"/2/instances/{name}/console", map[string]endpoint{http.MethodGet: {need: userAccess, do: c.getConsole}}},
		{"/2/instances/{name}/startup", writes(http.MethodPut, c.submitted(startup()))},
		{"/2/instances/{name}/shutdown", writes(http.MethodPut, c.submitted(shutdown()))},
		{"/2/instances/{name}/reboot", writes(http.MethodPost, c.submitted(reboot()))},
		{"/2/instances/{name}/migrate", writes(http.MethodPut, c.submitted(migrate()))},
		{"/2/instances/{name}/failover", writes(http.MethodPut, c.submitted(failover()))},
		{"/2/instances/{name}/modify", writes(http.MethodPut, c.withBody(c.submitted(modify())))},
		{"/2/instances/{name}/reinstall", writes(http.MethodPost, c.reinstall)},
		{"/2/instances/{name}/export", writes(http.MethodPut, c.export)},
		{"/2/instances/{name}/rename", writes(http.MethodPut, c.submitted(rename()))},
		{"/2/instances/{name}/disk/{part}/grow", writes(http.MethodPost, c.growDisk)},
		{"/2/instances/{name}/activate-disks", writes(http.MethodPut, c.submitted(activateDisks()))},
		{"/2/instances/{name}/deactivate-disks", writes(http.MethodPut, c.submitted(deactivateDisks()))},
		{"/2/instances/{name}/recreate-disks", writes(http.MethodPost, c.submitted(recreateDisks()))},
		{"/2/instances/{name}/replace-disks", writes(http.MethodPost, c.submitted(replaceDisks()))},
		{"/2/filters", map[string]endpoint{
			http.MethodGet:  {do: c.getFilters},
			http.MethodPost: {need: writeAccess, do: c.postFilter},
		}},
		{"/2/filters/{name}", map[string]endpoint{
			http.MethodGet:    {do: c.getFilter},
			http.MethodPut:    {need: writeAccess, do: c.putFilter},
			http.MethodDelete: {need: writeAccess, do: c.deleteFilter},
		}},
		{"/2/jobs", reads(c.getJobs)},
		{"/2/jobs/{name}", map[string]endpoint{
			http.MethodGet:    {do: c.getJob},
			http.MethodDelete: {need: writeAccess, do: c.cancelJob},
		}},
		{"/2/jobs/{name}/wait", map[string]endpoint{http.MethodGet: {need: writeAccess, wait: c.waitJob}}},
		{"/2/query/{name}", map[string]endpoint{
			http.MethodGet: {need: userAccess, do: c.query},
			http.MethodPut: {need: userAccess, do: c.query},
		}},
		{"/2/query/{name}/fields", reads(c.queryFields)},
	}...)
}

// match finds the route and the variable part of a path.
func (c *Cluster) match(u *url.URL) (found *route, name, second string) {
	parts := strings.Split(u.EscapedPath(), "/")
	for i := range c.routes {
		want := strings.Split(c.routes[i].path, "/")
		if len(want) != len(parts) {
			continue
		}
		name, second, fits := "", "", true
		for k, w := range want {
			switch {
			case w == "{name}":
				part, err := url.PathUnescape(parts[k])
				name, fits = part, fits && err == nil && part != ""
			case w == "{part}":
				second = parts[k]
			case w != parts[k]:
				fits = false
			}
		}
		if fits {
			return &c.routes[i], name, second
		}
	}
	return nil, "", ""
}

// ServeHTTP answers like Ganeti's rapi daemon, after the faults that are set.
func (c *Cluster) ServeHTTP(w http.ResponseWriter, h *http.Request) {
	r := &request{query: h.URL.Query(), route: h.Method + " ?"}
	found, name, second := c.match(h.URL)
	if found != nil {
		r.name, r.part, r.route = name, second, h.Method+" "+found.path
	}
	c.counters.request(r.route)
	if c.disturb(w, h, r) {
		return
	}
	answer := c.answer(h, r, found)
	if c.version.before(3, 0) {
		answer = answer.old()
	}
	c.write(w, r, answer)
}

func (c *Cluster) answer(h *http.Request, r *request, found *route) response {
	if found == nil || strings.HasPrefix(r.name, "/") {
		return fail(http.StatusNotFound, "")
	}
	e, supported := found.methods[h.Method]
	if !supported {
		return fail(http.StatusNotImplemented, fmt.Sprintf("Method %s is unsupported for path %s", h.Method, h.URL.Path))
	}
	if bad := c.authorize(h, e.need); bad != nil {
		return *bad
	}
	body, err := io.ReadAll(io.LimitReader(h.Body, maxBody))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r.body = body
	if len(body) > 0 {
		if h.Header.Get("Content-Type") != "application/json" {
			return fail(http.StatusUnsupportedMediaType, "")
		}
		if !json.Valid(body) {
			return fail(http.StatusBadRequest, "Unable to parse JSON data")
		}
	}
	if e.wait != nil {
		return e.wait(h.Context(), r)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(time.Now())
	return e.do(r)
}
