package e2e

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"gwm/rapi/rapitest"
)

// paced is a site whose clusters' jobs take time, where ann and bob may work with both
// clusters.
func paced(t *testing.T, speed float64, settings ...string) *world {
	t.Helper()
	w := newServerless(t, settings...)
	for _, c := range []string{"berlin", "paris"} {
		config := small(c)
		config.Speed = speed
		check(t, w.clusters[c].Close())
		check(t, w.addCluster(c, config))
		w.gwm(t, "cluster", "add", c, "--url", w.clusters[c].URL(), "--user", "gwm", "--password-file", "password", "--ca", c+".pem")
	}
	for _, who := range []string{"ann", "bob"} {
		w.gwm(t, "user", "add", who, "--key", who+".pub")
		w.gwm(t, "grant", "set", who, "admin", "berlin")
		w.gwm(t, "grant", "set", who, "admin", "paris")
	}
	w.up(t)
	return w
}

// decode reads what a command printed with --output json.
func decode[T any](t *testing.T, out string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatalf("%v in:\n%s", err, out)
	}
	return v
}

// requests counts what a cluster was asked so far.
func requests(c *rapitest.Cluster) int {
	n := 0
	for _, k := range c.Stats().Requests {
		n += k
	}
	return n
}

// clusterJob is a job as the cluster itself tells it.
type clusterJob struct {
	ID     int    `json:"id"`
	Status string `json:"status"`
	Ops    []struct {
		Reason [][]any `json:"reason"`
	} `json:"ops"`
	OpLog [][][]any `json:"oplog"`
}

// reason is what gwm marked its job with.
func (j clusterJob) reason() string {
	for _, op := range j.Ops {
		for _, r := range op.Reason {
			if text, ok := r[1].(string); ok && strings.HasPrefix(text, "gwm:") {
				return text
			}
		}
	}
	return ""
}

// texts are the lines of the job's log.
func (j clusterJob) texts() []string {
	lines := []string{}
	for _, op := range j.OpLog {
		for _, l := range op {
			lines = append(lines, fmt.Sprint(l[3]))
		}
	}
	return lines
}

// rapi asks a simulated cluster itself, past gwm.
func (w *world) rapi(t *testing.T, cluster, path string, v any) {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(w.clusters[cluster].CA())
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	defer transport.CloseIdleConnections()
	ctx, cancel := limited()
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.clusters[cluster].URL()+path, nil)
	check(t, err)
	r.SetBasicAuth("gwm", password)
	answer, err := transport.RoundTrip(r)
	check(t, err)
	body, err := io.ReadAll(answer.Body)
	check(t, err)
	check(t, answer.Body.Close())
	if err := json.Unmarshal(body, v); err != nil {
		t.Fatalf("%s: %v in:\n%s", path, err, body)
	}
}

// ownJobs are the jobs of a cluster's queue that gwm submitted, by their reason.
func (w *world) ownJobs(t *testing.T, cluster string) map[string][]clusterJob {
	t.Helper()
	var all []clusterJob
	w.rapi(t, cluster, "/2/jobs?bulk=1", &all)
	own := map[string][]clusterJob{}
	for _, j := range all {
		if r := j.reason(); r != "" {
			own[r] = append(own[r], j)
		}
	}
	return own
}

// jobOf is a job of gwm as `job show` tells it.
type jobOf struct {
	ID       int64    `json:"id"`
	Name     string   `json:"name"`
	Cluster  string   `json:"cluster"`
	State    string   `json:"state"`
	By       string   `json:"by"`
	Targets  []string `json:"targets"`
	Upstream string   `json:"upstream"`
	Ours     bool     `json:"ours"`
}

// jobs are the remote jobs that gwm knows, by their number.
func (w *world) jobs(t *testing.T) map[string]jobOf {
	t.Helper()
	out := map[string]jobOf{}
	for _, j := range decode[[]jobOf](t, w.must(t, "admin", "job", "list", "--upkeep", "--limit", "0", "--output", "json")) {
		if j.Ours {
			out[j.Name] = j
		}
	}
	return out
}

// jobLog is the log of a job without what gwm itself wrote into it.
func (w *world) jobLog(t *testing.T, job string) []string {
	t.Helper()
	type line struct {
		Step int
		Text string
	}
	texts := []string{}
	for _, l := range decode[[]line](t, w.must(t, "admin", "job", "log", job, "--output", "json")) {
		if l.Step >= 0 {
			texts = append(texts, l.Text)
		}
	}
	return texts
}

// tidy holds that nothing but gwm's files is in the data directory.
func (w *world) tidy(t *testing.T) {
	t.Helper()
	known := []string{"control.sock", "gwm.db", "gwm.log", "gwm.yaml", "host_keys", "master.key", "web.crt", "web.key"}
	entries, err := os.ReadDir(filepath.Join(w.dir, "data"))
	check(t, err)
	for _, e := range entries {
		if !slices.Contains(known, e.Name()) {
			t.Errorf("left in the data directory: %s", e.Name())
		}
	}
}

// attempt runs a command over SSH on a server that may die meanwhile. began is
// called when the server has the command. The exit code is -1 where none came.
func (w *world) attempt(ctx context.Context, who, addr string, began func(), words ...string) (code int, out string) {
	var stdout, stderr strings.Builder
	client, err := w.actors[who].dial(ctx, addr)
	if err != nil {
		return -1, ""
	}
	defer client.Close()
	session, err := client.NewSession()
	if err != nil {
		return -1, ""
	}
	defer session.Close()
	session.Stdout, session.Stderr = &stdout, &stderr
	if err := session.Start(quote(words)); err != nil {
		return -1, ""
	}
	began()
	err = session.Wait()
	var exit *gossh.ExitError
	switch {
	case err == nil:
		return 0, stdout.String()
	case errors.As(err, &exit):
		return exit.ExitStatus(), stderr.String()
	}
	return -1, ""
}

// descriptors counts what the server has open.
func (s *server) descriptors() (int, error) {
	entries, err := os.ReadDir("/proc/" + strconv.Itoa(s.cmd.Process.Pid) + "/fd")
	return len(entries), err
}
