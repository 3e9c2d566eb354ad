package consoleproxy

import "strings"

// question is what an address asks for: the keys of the site, of a cluster, or of
// a VM. The secret is empty where it comes in a header.
type question struct {
	cluster, vm, secret string
}

// maxPath is the longest path that is looked at.
const maxPath = 1024

// parsePath reads the addresses of the key feed, which are those of Ganeti Web
// Manager, with or without a slash at the end:
//
//	/keys/SECRET/
//	/cluster/CLUSTER/keys/SECRET/
//	/cluster/CLUSTER/VM/keys/SECRET/
//
// and the same without the secret. bearer tells which of the two is expected,
// because the secret may come in a header. The path is as it was sent: no name and
// no secret holds what would have to be escaped.
func parsePath(path string, bearer bool) (q question, ok bool) {
	if len(path) > maxPath || !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "%?#\\") {
		return question{}, false
	}
	parts := strings.Split(strings.TrimSuffix(path[1:], "/"), "/")
	for _, p := range parts {
		if p == "" || p == "." || p == ".." {
			return question{}, false
		}
	}
	if !bearer {
		if len(parts) < 2 {
			return question{}, false
		}
		last := len(parts) - 1
		q.secret, parts = parts[last], parts[:last]
	}
	last := len(parts) - 1
	if parts[last] != "keys" {
		return question{}, false
	}
	switch parts = parts[:last]; {
	case len(parts) == 0:
		return q, true
	case parts[0] != "cluster":
		return question{}, false
	case len(parts) == 2:
		q.cluster = parts[1]
		return q, true
	case len(parts) == 3:
		q.cluster, q.vm = parts[1], parts[2]
		return q, true
	}
	return question{}, false
}
