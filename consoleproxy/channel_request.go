package consoleproxy

import (
	"cmp"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"gwm/core"
)

// The limits of what the control channel takes.
const (
	maxRequest   = 4 << 10          // bytes of a line
	requestWait  = 10 * time.Second // for the line to arrive
	windowUsual  = 30 * time.Second
	windowMost   = 2 * time.Minute
	leastLetters = maxVNCPassword // of a password, unless old programs are served
)

// portRequest is one line of the control channel, with the keys of TwistedVNCAuthProxy
// 1.2 and "auth", which is ours. Keys that are not known are passed over.
type portRequest struct {
	Host     string       `json:"daddr"`
	Port     looseInt     `json:"dport"`
	Password string       `json:"password"`
	Wanted   looseInt     `json:"sport"`
	Socket   looseBool    `json:"ws"`
	TLS      looseBool    `json:"tls"`
	Client   viewerClient `json:"client"`
	Timeout  looseInt     `json:"timeout"` // seconds
	Auth     string       `json:"auth"`
}

// viewerClient is what a request says about the way to the screen, and from the
// viewer.
type viewerClient struct {
	Password string `json:"password"` // of the screen; empty: that of the viewer
	Address  string `json:"ip"`       // to listen on
}

// parseRequest reads a line.
func parseRequest(line []byte) (portRequest, error) {
	var r portRequest
	if len(line) > maxRequest || json.Unmarshal(line, &r) != nil {
		return portRequest{}, badRequest("it is no line of JSON with the keys that are known")
	}
	switch {
	case r.Host == "" || len(r.Host) > 253:
		return portRequest{}, badRequest("daddr is missing")
	case r.Port < 1 || r.Port > 65535:
		return portRequest{}, badRequest("dport is no port")
	case r.Wanted < 0 || r.Wanted > 65535:
		return portRequest{}, badRequest("sport is no port")
	case r.Password == "":
		return portRequest{}, badRequest("password is missing")
	case r.Timeout < 0:
		return portRequest{}, badRequest("timeout is no time")
	}
	return r, nil
}

// window is how long a viewer is awaited.
func (r portRequest) window() time.Duration {
	if r.Timeout == 0 {
		return windowUsual
	}
	return min(time.Duration(min(int64(r.Timeout), 3600))*time.Second, windowMost)
}

// screenPassword is what gwm offers the screen, if that asks.
func (r portRequest) screenPassword() string {
	return cmp.Or(r.Client.Password, r.Password)
}

func badRequest(why string) *core.Error {
	return core.Errorf(core.CodeInvalid, "the request is no good: %s", why)
}

// looseInt is a number as programs in other languages write it: 5900, 5900.0,
// "5900"; null is 0.
type looseInt int64

// UnmarshalJSON reads the number.
func (n *looseInt) UnmarshalJSON(b []byte) error {
	text := strings.Trim(string(b), `"`)
	if text == "null" || text == "" {
		*n = 0
		return nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > math.MaxInt32 {
		return badRequest("a number is expected")
	}
	*n = looseInt(f)
	return nil
}

// looseBool is a yes or no as programs in other languages write it.
type looseBool bool

// UnmarshalJSON reads the yes or no.
func (v *looseBool) UnmarshalJSON(b []byte) error {
	switch strings.ToLower(strings.Trim(string(b), `"`)) {
	case "true", "1":
		*v = true
	case "false", "0", "null", "":
		*v = false
	default:
		return badRequest("a yes or no is expected")
	}
	return nil
}
