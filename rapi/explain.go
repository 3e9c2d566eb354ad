package rapi

import (
	"encoding/json"
	"regexp"
	"strings"

	"gwm/core"
)

// fault is how an opcode failed, as Ganeti tells it.
type fault struct {
	class string // Ganeti's exception, "OpPrereqError"; empty where it gives a text only
	code  string // of an OpPrereqError, "wrong_state"
	text  string
}

// opFault reads the result of an opcode that failed: [class, [message, code]],
// [class, [message]], [class, message] or message. A HooksAbort has a list of
// [node, script, output] in the place of the message.
func opFault(result json.RawMessage) fault {
	var text string
	if json.Unmarshal(result, &text) == nil && text != "" {
		return fault{text: text}
	}
	var outer []json.RawMessage
	if json.Unmarshal(result, &outer) != nil || len(outer) == 0 {
		return fault{text: "the cluster gave no reason"}
	}
	f := fault{class: valueText(outer[0])}
	var inner []json.RawMessage
	switch {
	case len(outer) == 1:
		f.text = f.class
	case json.Unmarshal(outer[1], &inner) != nil:
		f.text = orText(valueText(outer[1]), f.class)
	default:
		f.text = orText(hookText(at(inner, 0)), orText(valueText(at(inner, 0)), f.class))
		if len(inner) == 2 && inner[1][0] == '"' {
			f.code = valueText(inner[1])
		}
	}
	return f
}

func orText(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// hookText is what the scripts said that refused an opcode, "" for any other text.
func hookText(raw json.RawMessage) string {
	var hooks [][]string
	if len(raw) == 0 || json.Unmarshal(raw, &hooks) != nil {
		return ""
	}
	var out []string
	for _, h := range hooks {
		if len(h) == 3 {
			out = append(out, "hook "+h[1]+" on node "+h[0]+": "+strings.TrimSpace(h[2]))
		}
	}
	return strings.Join(out, ", ")
}

// said is the fault in Ganeti's own words.
func (f fault) said() string {
	words := strings.TrimSpace(f.class + " " + f.code)
	if words == "" || f.text == f.class {
		return f.text
	}
	return words + ": " + f.text
}

// explain says why the opcode failed, as the end of the sentence "stop web1: …",
// and what to do next, "" where nothing better than its log is known. Ganeti's
// words stay where they are not known to be said better. Both are printable.
func (f fault) explain() (why, hint string) {
	for _, s := range sayings {
		m := s.re.FindStringSubmatchIndex(f.text)
		if m == nil {
			continue
		}
		why = f.text
		switch {
		case s.tell != nil:
			why = s.tell(s.re.FindStringSubmatch(f.text))
		case s.why != "":
			why = string(s.re.ExpandString(nil, s.why, f.text, m))
		}
		hint = string(s.re.ExpandString(nil, s.hint, f.text, m))
		return core.Printable(why), core.Printable(orText(hint, f.advice()))
	}
	return core.Printable(f.text), f.advice()
}

// advice is what to do about a fault of which only the kind is known.
func (f fault) advice() string { return orText(codeAdvice(f.code), classAdvice(f.class)) }

// codeAdvice is what to do about a code of Ganeti's lib/errors.py.
func codeAdvice(code string) string {
	switch code {
	case "wrong_input":
		return "the cluster does not take what was asked for: change it and try again"
	case "wrong_state":
		return "look at the state of what it works on, and try again when that allows it"
	case "unknown_entity":
		return "it was renamed or removed meanwhile, or never was there: look at the list again"
	case "already_exists", "resource_not_unique":
		return "choose a name or an address that is free"
	case "insufficient_resources":
		return "make room on the nodes, or choose a smaller size or another node"
	case "temp_insufficient_resources":
		return "the nodes are busy with other jobs: try again when those have ended"
	case "resolver_error":
		return "enter the name where the cluster's nodes look it up"
	case "environment_error":
		return "something on a node is not as Ganeti needs it: have its administrator look at the log"
	case "internal_error":
		return "a fault inside Ganeti: have its administrator look at the log of the master daemon"
	}
	return ""
}

// classAdvice is what to do about an error that has no code.
func classAdvice(class string) string {
	switch class {
	case "TypeEnforcementError":
		return "correct the name or the kind of the value, and try again"
	case "HooksAbort":
		return "a script of the cluster's administrator refuses it: do what it says, or ask there"
	case "JobLost":
		return "look at the object, and repeat it if it was not done"
	case "JobQueueDrainError":
		return "gnt-cluster queue undrain on the master node opens the queue"
	case "JobQueueFull":
		return "try again when other jobs have ended"
	case "TagError":
		return "tags have at most 128 characters of A-Z a-z 0-9 and .+*/:@_-"
	case "ProgrammerError", "AssertionError":
		return "a fault inside Ganeti: have its administrator look at the log of the master daemon"
	}
	return ""
}

// saying is a message of Ganeti, and how it is said to people.
type saying struct {
	re   *regexp.Regexp
	why  string                // with $1 for what re found; empty: as it is
	tell func([]string) string // in the place of why, from what re found
	hint string                // like why; empty: that of the fault's kind
}
