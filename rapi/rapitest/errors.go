package rapitest

import (
	"encoding/json"
	"html"
	"net/http"
	"strings"
)

// explanation is the long text that Python's http.server has for a status.
func explanation(status int) string {
	return map[int]string{
		http.StatusBadRequest:           "Bad request syntax or unsupported method",
		http.StatusUnauthorized:         "No permission -- see authorization schemes",
		http.StatusForbidden:            "Request forbidden -- authorization will not help",
		http.StatusNotFound:             "Nothing matches the given URI",
		http.StatusConflict:             "Request conflict",
		http.StatusUnsupportedMediaType: "Entity body in unsupported format",
		http.StatusInternalServerError:  "Server got itself in trouble",
		http.StatusNotImplemented:       "Server does not support this operation",
		http.StatusBadGateway:           "Invalid responses from another server/proxy",
		http.StatusServiceUnavailable:   "The server cannot process the request due to a high load",
		http.StatusGatewayTimeout:       "The gateway server did not receive a timely response",
	}[status]
}

// errorBody is what Ganeti sends with every status of 400 and above.
type errorBody struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Explain string `json:"explain"`
}

// response is an answer: the status and the body in parts, which are written as they are.
type response struct {
	status int
	parts  [][]byte
	html   bool
	submit bool       // a job was accepted
	failed *errorBody // what parts says, not escaped; nil for an answer that is no error
}

func ok(v any) response {
	return response{status: http.StatusOK, parts: [][]byte{encode(v)}}
}

// fail is an error answer; Ganeti escapes the message for HTML although it is JSON. An empty message is the status text.
func fail(status int, message string) response {
	if message == "" {
		message = http.StatusText(status)
	}
	plain := errorBody{Code: status, Message: message, Explain: explanation(status)}
	shown := plain
	shown.Message = escape(message)
	return response{status: status, parts: [][]byte{encode(shown)}, failed: &plain}
}

// old is the answer as Ganeti before 3.0 has it, which runs on Python 2: its escaping leaves quotes alone, and two of its explanations end with a full stop.
func (a response) old() response {
	if a.failed == nil {
		return a
	}
	shown := *a.failed
	shown.Message = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(shown.Message)
	switch shown.Code {
	case http.StatusConflict, http.StatusUnsupportedMediaType, http.StatusBadGateway:
		shown.Explain += "."
	}
	a.parts = [][]byte{encode(shown)}
	return a
}

// escape is Python's html.escape.
func escape(s string) string {
	return strings.NewReplacer("&#34;", "&quot;", "&#39;", "&#x27;").Replace(html.EscapeString(s))
}

// opError is how an opcode fails: OpPrereqError carries a code, other classes have none.
type opError struct {
	class, message, code string
}

func prereq(code, message string) *opError { return &opError{"OpPrereqError", message, code} }

func unknown(name string) *opError {
	return prereq("unknown_entity", "Instance '"+name+"' not known")
}

func (e *opError) result() json.RawMessage {
	args := []string{e.message}
	if e.code != "" {
		args = append(args, e.code)
	}
	return encode([]any{e.class, args})
}
