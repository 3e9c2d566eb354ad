package rapitest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Codes of a query cell.
const (
	normal      = 0
	unknownName = 1
	noData      = 2
	unavailable = 3
	offline     = 4
)

// cell is one value of a query's answer with its code.
type cell struct {
	code  int
	value any
}

// column computes the cell of row i.
type column func(i int) cell

// rows is what a query runs over.
type rows struct {
	count  int
	column func(name string) column
}

// fieldDef describes a field to the asker, in Ganeti's words.
type fieldDef struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Kind  string `json:"kind"`
	Doc   string `json:"doc"`
}

// queried reports whether things of this kind can be queried.
func queried(resource string) bool {
	return slices.Contains([]string{"instance", "node", "group", "network", "job", "lock", "export"}, resource)
}

// definitions is the list of all fields of a resource.
func definitions(resource string) []fieldDef {
	var defs []fieldDef
	template("fields-"+resource+".json", &defs)
	return defs
}

// describe picks the named fields; unknown ones get Ganeti's description of an unknown field.
func describe(resource string, fields []string) []fieldDef {
	byName := map[string]fieldDef{}
	for _, d := range definitions(resource) {
		byName[d.Name] = d
	}
	defs := make([]fieldDef, len(fields))
	for i, name := range fields {
		d, known := byName[name]
		if !known {
			d = fieldDef{name, name, "unknown", "Unknown field '" + name + "'"}
		}
		defs[i] = d
	}
	return defs
}

func badResource(r *request, fields []string) response {
	asked := strings.ReplaceAll(string(encode([]any{r.name, list(fields), nil})), ",", ", ")
	return fail(http.StatusBadGateway, "Failed to parse request: Cannot convert value '"+asked+"', error: Can't parse value '"+
		r.name+"' as neitherQueryTypeLuxi nor QueryTypeOp")
}

func (c *Cluster) queryFields(r *request) response {
	if !queried(r.name) {
		return badResource(r, nil)
	}
	if fields := r.query.Get("fields"); fields != "" {
		return ok(map[string]any{"fields": describe(r.name, split(fields))})
	}
	return ok(map[string]any{"fields": definitions(r.name)})
}

// split cuts a list of fields at commas.
func split(text string) []string {
	parts := strings.Split(text, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

func (c *Cluster) query(r *request) response {
	var body struct {
		Fields  []string        `json:"fields"`
		QFilter json.RawMessage `json:"qfilter"`
		Filter  json.RawMessage `json:"filter"`
	}
	if len(r.body) > 0 {
		if err := json.Unmarshal(r.body, &body); err != nil {
			return fail(http.StatusInternalServerError, "")
		}
	}
	if text := r.query.Get("fields"); body.Fields == nil && text != "" {
		body.Fields = split(text)
	}
	if body.Fields == nil {
		return fail(http.StatusBadRequest, "Missing 'fields' query argument")
	}
	if !queried(r.name) {
		return badResource(r, body.Fields)
	}
	set := c.rows(r)
	keep := func(int) bool { return true }
	text := body.QFilter
	if len(text) == 0 {
		text = body.Filter
	}
	if len(text) > 0 && string(text) != "null" {
		f, err := parseFilter(text, set)
		if err != nil {
			return fail(http.StatusInternalServerError, err.Error())
		}
		keep = f
	}
	columns := make([]column, len(body.Fields))
	for i, name := range body.Fields {
		columns[i] = set.column(name)
	}
	b := append(make([]byte, 0, 64+set.count*24*len(columns)), `{"data": [`...)
	comma := ""
	for i := range set.count {
		if !keep(i) {
			continue
		}
		b = append(b, comma...)
		comma = ", "
		b = appendRow(b, columns, i)
	}
	b = append(append(b, `], "fields": `...), encode(describe(r.name, body.Fields))...)
	return response{status: http.StatusOK, parts: [][]byte{b, []byte("}")}}
}

func (c *Cluster) rows(r *request) rows {
	switch r.name {
	case "instance":
		shown := c.sorted
		if _, on := c.faults.take(EmptyList, r); on {
			shown = nil
		} else if _, on := c.faults.take(PartialList, r); on {
			shown = shown[:len(shown)/2]
		}
		return rows{len(shown), func(name string) column {
			get := c.instanceField(name)
			return func(i int) cell { return get(shown[i]) }
		}}
	case "job":
		return rows{len(c.order), func(name string) column {
			return func(i int) cell {
				v, known := c.order[i].values()[name]
				if !known {
					return cell{unknownName, nil}
				}
				return cell{normal, v}
			}
		}}
	}
	return objects(r.name, c.objects(r.name))
}

func appendRow(b []byte, columns []column, i int) []byte {
	b = append(b, '[')
	for k, get := range columns {
		if k > 0 {
			b = append(b, ", "...)
		}
		v := get(i)
		b = append(strconv.AppendInt(append(b, '['), int64(v.code), 10), ", "...)
		b = append(appendValue(b, v.value), ']')
	}
	return append(b, ']')
}

// appendValue encodes without reflection what most cells are.
func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case string:
		return appendString(b, v)
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case time.Time:
		return strconv.AppendFloat(b, stamp(v), 'f', -1, 64)
	case []string:
		b = append(b, '[')
		for i, s := range v {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = appendString(b, s)
		}
		return append(b, ']')
	}
	return append(b, encode(v)...)
}

func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if ch := s[i]; ch < ' ' || ch == '"' || ch == '\\' || ch >= utf8.RuneSelf {
			return append(b, encode(s)...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
