package rapi

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gwm/core"
)

// reasonPrefix begins the reasons that gwm gives.
const reasonPrefix = "gwm:"

// rawOp is what we use of an opcode.
type rawOp struct {
	ID        word              `json:"OP_ID"`
	Instance  word              `json:"instance_name"`
	Node      word              `json:"node_name"`
	Nodes     json.RawMessage   `json:"nodes"`
	Instances json.RawMessage   `json:"instances"`
	Kind      word              `json:"kind"` // of tags
	Name      word              `json:"name"` // of tags
	Reason    []json.RawMessage `json:"reason"`
}

// targets lists the VMs, nodes and clusters that an opcode names. Fields that
// are not as expected name nothing: other versions may use them otherwise.
func (o *rawOp) targets() []core.Ref {
	var refs []core.Ref
	add := func(kind core.Kind, name string) {
		if name != "" {
			refs = append(refs, core.Ref{Kind: kind, Name: name})
		}
	}
	add(core.KindVM, string(o.Instance))
	add(core.KindNode, string(o.Node))
	for _, name := range names(o.Nodes) {
		add(core.KindNode, name)
	}
	for _, name := range names(o.Instances) {
		add(core.KindVM, name)
	}
	switch id := string(o.ID); {
	case strings.HasPrefix(id, "OP_TAGS_") && o.Kind == "instance":
		add(core.KindVM, string(o.Name))
	case strings.HasPrefix(id, "OP_TAGS_") && o.Kind == "node":
		add(core.KindNode, string(o.Name))
	case strings.HasPrefix(id, "OP_TAGS_") && o.Kind == "cluster", strings.HasPrefix(id, "OP_CLUSTER_"):
		refs = append(refs, core.Ref{Kind: core.KindCluster})
	}
	return refs
}

// names reads a list of names, or of opcodes that each name an instance.
func names(raw json.RawMessage) []string {
	var list []json.RawMessage
	if len(raw) == 0 || json.Unmarshal(raw, &list) != nil {
		return nil
	}
	var out []string
	for _, item := range list {
		var name string
		var op struct {
			Instance string `json:"instance_name"`
		}
		switch {
		case json.Unmarshal(item, &name) == nil:
			out = append(out, name)
		case json.Unmarshal(item, &op) == nil:
			out = append(out, op.Instance)
		}
	}
	return out
}

// reasonOf returns what the submitter of a job gave as reason: gwm's own if
// there is one, else the first of a person. The trail of an opcode is a list of
// [source, text, nanoseconds]; what comes through RAPI has the source
// "gnt:user". Jobs that a job starts inherit its trail.
func reasonOf(ops []rawOp) string {
	other := ""
	for _, op := range ops {
		for _, raw := range op.Reason {
			var entry []word
			if json.Unmarshal(raw, &entry) != nil || len(entry) < 2 {
				continue
			}
			text := string(entry[1])
			if strings.HasPrefix(text, reasonPrefix) {
				return text
			}
			if entry[0] == "gnt:user" && other == "" {
				other = text
			}
		}
	}
	return other
}

// rawLogLine is [serial, [seconds, microseconds], type, message].
type rawLogLine struct {
	serial int64
	at     time.Time
	kind   string
	text   string
}

func (l *rawLogLine) UnmarshalJSON(b []byte) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(b, &parts); err != nil {
		return err
	}
	var serial number
	var when moment
	var kind word
	for i, dst := range []any{&serial, &when, &kind} {
		if i >= len(parts) {
			break
		}
		if err := json.Unmarshal(parts[i], dst); err != nil {
			return err
		}
	}
	*l = rawLogLine{serial: serial.n, at: when.Time, kind: string(kind), text: valueText(at(parts, 3))}
	return nil
}

func (l *rawLogLine) line(step int) core.LogLine {
	return core.LogLine{Serial: l.serial, At: l.at, Step: step, Kind: l.kind, Text: core.Printable(strings.TrimRight(l.text, "\r\n"))}
}

// children reads the jobs that an opcode started, and why others were not:
// {"jobs": [[true, 12], [false, "why not"]]}.
func children(result json.RawMessage) (started, refused []string) {
	var r struct {
		Jobs []json.RawMessage `json:"jobs"`
	}
	if len(result) == 0 || result[0] != '{' || json.Unmarshal(result, &r) != nil {
		return nil, nil
	}
	for i, raw := range r.Jobs {
		var pair []json.RawMessage
		var id jobID
		if json.Unmarshal(raw, &pair) != nil || len(pair) != 2 {
			continue // not what Ganeti documents
		}
		if string(pair[0]) == "true" && json.Unmarshal(pair[1], &id) == nil && id != "" {
			started = append(started, string(id))
			continue
		}
		refused = append(refused, fmt.Sprintf("job %d of %d was not started: %s", i+1, len(r.Jobs), core.Printable(valueText(pair[1]))))
	}
	return started, refused
}
