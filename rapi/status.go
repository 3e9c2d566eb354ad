package rapi

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"strings"

	"gwm/core"
)

// maxErrorBody bounds what is read of an error's body.
const maxErrorBody = 64 << 10

// ganetiError is the body of an error answer.
type ganetiError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Explain string `json:"explain"`
}

// statusCause is the cause of the error of an answer whose status is not 200.
type statusCause struct {
	method, path string
	status       int
	read         error // what was wrong with the body
}

func (e *statusCause) Error() string {
	text := fmt.Sprintf("%s %s: status %d", e.method, e.path, e.status)
	if e.read != nil {
		text += ": " + e.read.Error()
	}
	return text
}

func (e *statusCause) Unwrap() error { return e.read }

// refused makes the error of an answer whose status is not 200.
func (c *Client) refused(k call, resp *http.Response) error {
	data, readErr := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	var g ganetiError
	fromGaneti := json.Unmarshal(data, &g) == nil && g.Code != 0
	cause := &statusCause{method: resp.Request.Method, path: resp.Request.URL.Path, status: resp.StatusCode, read: readErr}
	said := c.said(g)
	if !fromGaneti {
		said = fmt.Sprintf("HTTP status %d %s from something that is not Ganeti", resp.StatusCode, http.StatusText(resp.StatusCode))
	}
	if k.change && resp.StatusCode >= 500 && (!fromGaneti || resp.StatusCode == http.StatusGatewayTimeout) {
		return c.unknown(k, said, cause)
	}
	return c.statusError(k, resp, said, fromGaneti, cause)
}

func (c *Client) statusError(k call, resp *http.Response, said string, fromGaneti bool, cause error) error {
	user := core.Printable(c.cfg.Cluster.User)
	switch s := resp.StatusCode; {
	case s >= 300 && s < 400:
		return c.problem(core.CodeCluster, k, fmt.Sprintf("the server redirects to %s, which is not followed", c.redact(resp.Header.Get("Location"))),
			"give the address of Ganeti's RAPI itself: gwm cluster edit "+c.name+" --url https://HOST:5080", cause)
	case s == http.StatusUnauthorized:
		return c.problem(core.CodeRefused, k, "the cluster does not accept gwm's user or password", c.loginHint(), cause)
	case s == http.StatusForbidden && k.change:
		return c.problem(core.CodeRefused, k, "the RAPI user "+user+" may not do that",
			"give the user write access in /var/lib/ganeti/rapi/users on the master node ("+user+" PASSWORD write)", cause)
	case s == http.StatusForbidden:
		return c.problem(core.CodeRefused, k, "the RAPI user "+user+" may not see that",
			"give the user read or write access in /var/lib/ganeti/rapi/users on the master node ("+user+" PASSWORD write)", cause)
	case s == http.StatusMethodNotAllowed, s == http.StatusNotImplemented:
		return c.problem(core.CodeUnsupported, k, "the cluster's version of Ganeti does not offer that", "gwm supports Ganeti 2.16 to 3.1", cause)
	case s == http.StatusBadGateway, s == http.StatusServiceUnavailable, s == http.StatusGatewayTimeout:
		if strings.Contains(said, "Failed to parse request") {
			return c.problem(core.CodeUnsupported, k, "the cluster does not understand the request: "+said, "gwm supports Ganeti 2.16 to 3.1", cause)
		}
		return c.problem(core.CodeUnreachable, k, outage(s)+": "+said,
			"check ganeti-luxid and ganeti-wconfd on the master node; the cluster is asked again by itself", &passing{cause})
	case !fromGaneti:
		return c.problem(core.CodeCluster, k, said, "is there a proxy in front, or is the port wrong? The address is "+c.base, cause)
	}
	return c.ganetiError(k, resp.StatusCode, said, cause)
}

// ganetiError makes the error of what Ganeti itself refused.
func (c *Client) ganetiError(k call, status int, said string, cause error) error {
	switch {
	case status == http.StatusNotFound && k.object != "":
		return &core.Error{Code: core.CodeNotFound, Message: fmt.Sprintf("there is no %s on cluster %s", core.Printable(k.object), c.name), Err: cause}
	case status == http.StatusNotFound:
		return c.problem(core.CodeUnsupported, k, "the cluster's version of Ganeti does not offer that", "gwm supports Ganeti 2.16 to 3.1", cause)
	case status == http.StatusConflict:
		return c.problem(core.CodeConflict, k, "the cluster says: "+said, "look at the object again, then retry", cause)
	case status == http.StatusBadRequest:
		return c.problem(core.CodeInvalid, k, "the cluster does not accept the request: "+said, "", cause)
	case strings.Contains(said, "Queue drained"):
		return c.problem(core.CodeState, k, "the cluster's job queue is drained: it takes no new jobs", "an administrator opens it on the master node: gnt-cluster queue undrain", cause)
	}
	return c.problem(core.CodeCluster, k, "the cluster answered with an error: "+said, "the master node's log says more: /var/log/ganeti/rapi-daemon.log", cause)
}

func outage(status int) string {
	if status == http.StatusGatewayTimeout {
		return "the cluster's master daemon did not answer in time"
	}
	return "the cluster cannot answer at the moment"
}

func (c *Client) loginHint() string {
	edit := "gwm cluster edit " + c.name
	if c.cfg.Cluster.User == "" {
		return "give a RAPI user: " + edit + " --user NAME --password-file FILE"
	}
	if login := c.cfg.Cluster.User + c.cfg.Password.Reveal(); login != ascii(login) {
		// Ganeti decodes the header as ASCII and answers 401 to anything else.
		return fmt.Sprintf("Ganeti accepts only ASCII in users and passwords, and this one has other characters: give the RAPI user another password, then %s --user NAME --password-file FILE", edit)
	}
	return fmt.Sprintf("check user %s and its password: %s --user NAME --password-file FILE", core.Printable(c.cfg.Cluster.User), edit)
}

// said is what Ganeti says in the body of an error, in one printable line. It
// escapes its message as for HTML. The explanation only repeats the status.
func (c *Client) said(g ganetiError) string {
	text := strings.TrimSpace(html.UnescapeString(g.Message))
	if text == "" {
		text = strings.TrimSpace(html.UnescapeString(g.Explain))
	}
	return c.redact(text)
}

// redact makes a foreign text fit for a message. A server that repeats the
// request in its error would otherwise show the password.
func (c *Client) redact(text string) string {
	if p := c.cfg.Password.Reveal(); len(p) >= 4 {
		login := base64.StdEncoding.EncodeToString([]byte(c.cfg.Cluster.User + ":" + p))
		text = strings.NewReplacer(p, "•••", login, "•••").Replace(text)
	}
	return core.Printable(shorten(text))
}
