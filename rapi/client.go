// Package rapi is the client of Ganeti's remote API, version 2 (Ganeti 2.16 to
// 3.1). A [Client] implements core.Platform for one cluster.
//
// It guarantees: the server's certificate is verified before the password is
// sent (unless the cluster is marked insecure), the password is in a header and
// nowhere else, redirects are never followed, every call has a deadline and a
// limit on the size of its answer, reads are repeated when the connection
// fails, changes are sent at most once, and every error is a *core.Error that
// names the cluster.
//
// Lists of VMs, nodes and jobs are decoded while they arrive; a list is never
// held in memory as a whole. What the server sends is foreign: it is checked to
// be JSON of the expected shape, and texts are handed on as they are.
//
// Protocol source: Ganeti's doc/rapi.rst; answers of Ganeti 3.0.2 are kept in
// testdata/3.0. What 2.16 and 3.1 answer otherwise was read from their source:
// testdata/README.md says what, docs/ganeti.md what it means for a cluster.
package rapi

import (
	"cmp"
	"crypto/tls"
	"hash/maphash"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"gwm/core"
)

// Config is what New needs. Zero limits and times take the defaults.
type Config struct {
	Cluster  core.Cluster
	Password core.Secret

	MaxSmall   int64 // bytes of an answer that is read as a whole: 8 MiB
	MaxElement int   // bytes of one element of a list: 1 MiB
	MaxBulk    int64 // bytes of a whole list: 2 GiB

	Connect time.Duration // until the TLS handshake is done: 10 s
	Read    time.Duration // for a call with a small answer: 40 s, as Ganeti itself gives up after 30 s
	First   time.Duration // until the first byte of a list, which Ganeti makes as a whole first: 90 s
	Stall   time.Duration // between two pieces of a list: 40 s
	Wait    time.Duration // until WaitJob returns without news: 55 s
	Pause   time.Duration // before a read is repeated, then four times as long: 300 ms
	Poll    time.Duration // first pause between polls of a job that is not waited for: 500 ms
	Waits   int           // calls that a cluster holds until a job changes: 4, as Ganeti serves 20 in all
}

// Client is the API of one Ganeti cluster. It is safe for concurrent use.
type Client struct {
	cfg   Config
	name  string // of the cluster, as gwm calls it, printable
	base  string // "https://host:port"
	trust *trust
	http  *http.Client

	noWait atomic.Bool                       // the cluster refused jobs/ID/wait
	waits  chan struct{}                     // holds a value for each call of jobs/ID/wait
	groups atomic.Pointer[map[string]string] // names of node groups by UUID
	seed   maphash.Seed                      // of the sums of rows
	stamps atomic.Pointer[stampRows]         // of the last answer; nil while a call uses them
	nodes  atomic.Pointer[[]nodeSum]         // of the last answer
}

var (
	_ core.Platform = (*Client)(nil)
	_ core.Opener   = Open
)

// Open is New with the default limits, as a core.Opener.
func Open(c core.Cluster, password core.Secret) (core.Platform, error) {
	client, err := New(Config{Cluster: c, Password: password})
	if err != nil {
		return nil, err
	}
	return client, nil
}

// New makes the client of a cluster. It does not connect. The error is a
// *core.Error with CodeInvalid where the cluster's address or CA is unusable.
func New(cfg Config) (*Client, error) {
	if err := cfg.Cluster.Validate(); err != nil {
		return nil, err
	}
	u, err := url.Parse(cfg.Cluster.URL)
	if err != nil {
		return nil, core.Errorf(core.CodeInvalid, "the address of %s is not a URL", cfg.Cluster.Name)
	}
	t, err := newTrust(cfg.Cluster, u.Hostname())
	if err != nil {
		return nil, err
	}
	cfg.MaxSmall = cmp.Or(cfg.MaxSmall, 8<<20)
	cfg.MaxElement = cmp.Or(cfg.MaxElement, 1<<20)
	cfg.MaxBulk = cmp.Or(cfg.MaxBulk, 2<<30)
	cfg.Connect = cmp.Or(cfg.Connect, 10*time.Second)
	cfg.Read = cmp.Or(cfg.Read, 40*time.Second)
	cfg.First = cmp.Or(cfg.First, 90*time.Second)
	cfg.Stall = cmp.Or(cfg.Stall, 40*time.Second)
	cfg.Wait = cmp.Or(cfg.Wait, 55*time.Second)
	cfg.Pause = cmp.Or(cfg.Pause, 300*time.Millisecond)
	cfg.Poll = cmp.Or(cfg.Poll, 500*time.Millisecond)
	cfg.Waits = cmp.Or(cfg.Waits, 4)
	return &Client{
		cfg:   cfg,
		name:  core.Printable(cfg.Cluster.Name),
		base:  strings.TrimRight(u.Scheme+"://"+u.Host, "/"),
		trust: t,
		seed:  maphash.MakeSeed(),
		waits: make(chan struct{}, cfg.Waits),
		http:  &http.Client{Transport: newTransport(cfg, t.config()), CheckRedirect: stay},
	}, nil
}

// newTransport keeps a few connections for servers that allow it (Ganeti
// closes after each answer, a proxy in front may not). Proxies from the
// environment are not used: the password goes to the cluster only.
func newTransport(cfg Config, t *tls.Config) *http.Transport {
	dialer := &net.Dialer{Timeout: cfg.Connect, KeepAlive: 30 * time.Second}
	return &http.Transport{
		DialContext:            dialer.DialContext,
		TLSClientConfig:        t,
		TLSHandshakeTimeout:    cfg.Connect,
		MaxIdleConnsPerHost:    4,
		MaxConnsPerHost:        16,
		IdleConnTimeout:        time.Minute,
		MaxResponseHeaderBytes: 64 << 10,
		ReadBufferSize:         64 << 10,
		DisableCompression:     true,
	}
}

// stay refuses redirects, which could carry the password elsewhere.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Close gives up idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }
