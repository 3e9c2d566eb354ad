package rapitest

import (
	"crypto/subtle"
	"net/http"
)

// access is what a route asks of its caller.
type access int

const (
	readAccess  access = iota // open to all unless Config.RequireAuth
	userAccess                // any user: consoles
	writeAccess               // a user with write
)

// authorize returns the refusal, or nil.
func (c *Cluster) authorize(r *http.Request, need access) *response {
	if need == readAccess && !c.config.RequireAuth {
		return nil
	}
	name, password, _ := r.BasicAuth()
	for _, u := range c.config.Users {
		if u.Name != name || subtle.ConstantTimeCompare([]byte(u.Password), []byte(password)) != 1 {
			continue
		}
		if need == writeAccess && !u.Write {
			bad := fail(http.StatusForbidden, "")
			return &bad
		}
		return nil
	}
	bad := fail(http.StatusUnauthorized, "")
	return &bad
}
