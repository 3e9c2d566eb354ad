package rapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"gwm/core"
)

// Cell is one value of a query's answer.
type Cell struct {
	Code  int // 0 a value, 1 unknown field, 2 no data, 3 not available now, 4 the node is offline
	Value json.RawMessage
}

// UnmarshalJSON reads [code, value].
func (c *Cell) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&c.Code, &c.Value})
}

// Query asks for some fields of every object of a kind ("instance", "node",
// "group", "network", "job", "os", "lock", ...) that passes the filter, and
// calls yield with each row, in the order of fields. A nil filter passes all;
// else it is a list as in Ganeti's doc/design-query2.rst: ["=", "status",
// "running"]. The error is CodeUnsupported where the cluster refuses queries:
// they need a login even where other reads do not.
func (c *Client) Query(ctx context.Context, kind string, fields []string, filter []any, yield func(row []Cell) error) error {
	seg, err := segment("query", kind)
	if err != nil {
		return err
	}
	k := call{what: "query " + kind, path: "/2/query/" + seg}
	if filter == nil {
		k.query = url.Values{"fields": {strings.Join(fields, ",")}}
	} else {
		k.method, k.body = http.MethodPut, map[string]any{"fields": fields, "qfilter": filter}
	}
	err = c.stream(ctx, k, "data", func(raw []byte) error {
		var row []Cell
		if err := json.Unmarshal(raw, &row); err != nil {
			return &contentErr{err}
		}
		return yield(row)
	})
	return c.unsupported(err)
}

// unsupported turns the ways in which a cluster refuses a query into
// CodeUnsupported. A wrong password stays what it is.
func (c *Client) unsupported(err error) error {
	var status *statusCause
	if !errors.As(err, &status) {
		return err
	}
	switch core.CodeOf(err) { //nolint:exhaustive // the other codes stay as they are
	case core.CodeRefused:
		if status.status == http.StatusUnauthorized && c.cfg.Cluster.User != "" {
			return err
		}
		fallthrough
	case core.CodeNotFound, core.CodeInvalid:
		e := *core.AsError(err)
		e.Code = core.CodeUnsupported
		return &e
	}
	return err
}

// hasQuery tries whether queries work, with a filter that no VM passes: asking
// for the fields of a query needs no login, asking the query itself does.
func (c *Client) hasQuery(ctx context.Context) (bool, error) {
	err := c.Query(ctx, "instance", []string{"name"}, []any{"=", "admin_state", "none"}, func([]Cell) error { return nil })
	return err == nil, err
}
