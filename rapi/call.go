package rapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"gwm/core"
)

// call is one request.
type call struct {
	what     string // for the error: "list the VMs", "start web1"
	object   string // what is missing when the answer is 404: "VM web1"
	method   string // empty: GET
	path     string // escaped, from /2/ on
	query    url.Values
	body     any  // sent as JSON; nil: none
	change   bool // changes something: sent once
	unmarked bool // goes without a reason: Ganeti takes none there
	direct   bool // is done with the answer: Ganeti makes no job of it
	wait     time.Duration
}

// answer is a response whose status is 200 and whose body is still to be read.
type answer struct {
	ctx   context.Context // its cause says why reading failed
	body  io.ReadCloser
	timer *time.Timer   // ends the request after limit
	limit *atomic.Int64 // nanoseconds
	end   context.CancelCauseFunc
}

// close ends the request.
func (a *answer) close() {
	a.timer.Stop()
	a.end(nil)
	_ = a.body.Close() // what was not read is thrown away
}

// timeoutError is the cause of a context that ended because the server was too slow.
type timeoutError time.Duration

func (e timeoutError) Error() string {
	return "no answer within " + time.Duration(e).Round(time.Millisecond).String()
}

var (
	errTooLarge = errors.New("answer too large")
	errCut      = errors.New("answer cut off")
)

// segment escapes one part of a path. The names that a path would swallow are
// refused: no object of Ganeti is called so.
func segment(kind, name string) (string, error) {
	if name == "" || name == "." || name == ".." {
		return "", core.Errorf(core.CodeNotFound, "there is no %s %q", kind, core.Printable(name))
	}
	return url.PathEscape(name), nil
}

// get reads a small answer into dst.
func (c *Client) get(ctx context.Context, k call, dst any) error {
	data, err := c.small(ctx, k)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, dst); err != nil {
		return c.notGaneti(k, data, err)
	}
	return nil
}

// small returns an answer of at most MaxSmall bytes, repeating reads.
func (c *Client) small(ctx context.Context, k call) ([]byte, error) {
	if k.wait == 0 {
		k.wait = c.cfg.Read
	}
	var data []byte
	err := c.repeat(ctx, k, func() error {
		a, err := c.send(ctx, k)
		if err != nil {
			return err
		}
		defer a.close()
		data, err = io.ReadAll(io.LimitReader(a.body, c.cfg.MaxSmall+1))
		if err == nil && int64(len(data)) > c.cfg.MaxSmall {
			err = errTooLarge
		}
		if err != nil {
			return c.failed(a.ctx, k, err, true)
		}
		return nil
	})
	return data, err
}

// repeat runs try, and for a read up to twice more while the failure looks
// passing and came fast: a server that needed long to say no is not asked again.
func (c *Client) repeat(ctx context.Context, k call, try func() error) error {
	began := time.Now()
	pause := c.cfg.Pause
	for n := 0; ; n++ {
		err := try()
		var p *passing
		if err == nil || k.change || n == 2 || !errors.As(err, &p) || time.Since(began) > c.cfg.Read/4 {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
		pause *= 4
	}
}

// send makes one attempt, whose body must be read within k.wait. Its error is a
// *core.Error.
func (c *Client) send(ctx context.Context, k call) (*answer, error) {
	a := &answer{limit: new(atomic.Int64)}
	a.ctx, a.end = context.WithCancelCause(ctx)
	a.limit.Store(int64(k.wait))
	a.timer = time.AfterFunc(k.wait, func() { a.end(timeoutError(a.limit.Load())) })
	give := func(err error) (*answer, error) {
		a.timer.Stop()
		a.end(nil)
		return nil, err
	}
	var sent atomic.Bool
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent.Store(true) }}
	req, err := c.request(httptrace.WithClientTrace(a.ctx, trace), k)
	if err != nil {
		return give(c.failed(a.ctx, k, err, false))
	}
	resp, err := c.http.Do(req) //nolint:bodyclose // answer.close does, when the caller is done
	if err != nil {
		return give(c.failed(a.ctx, k, err, sent.Load()))
	}
	a.body = resp.Body
	if resp.StatusCode != http.StatusOK {
		defer a.close()
		return nil, c.refused(k, resp)
	}
	return a, nil
}

// flow opens an answer of any length up to MaxBulk. Its deadline is for the
// first byte, then for each piece.
func (c *Client) flow(ctx context.Context, k call) (a *answer, err error) {
	k.wait = c.cfg.First
	err = c.repeat(ctx, k, func() error {
		a, err = c.send(ctx, k)
		return err
	})
	if err != nil {
		return nil, err
	}
	a.timer.Stop()
	a.limit.Store(int64(c.cfg.Stall))
	a.body = &stallReader{ReadCloser: a.body, timer: a.timer, most: c.cfg.Stall, left: c.cfg.MaxBulk}
	return a, nil
}

// stallReader lets timer run while a read waits, and fails after left bytes.
type stallReader struct {
	io.ReadCloser
	timer *time.Timer
	most  time.Duration
	left  int64
}

func (s *stallReader) Read(p []byte) (int, error) {
	if s.left <= 0 {
		return 0, errTooLarge
	}
	if int64(len(p)) > s.left {
		p = p[:s.left]
	}
	s.timer.Reset(s.most)
	n, err := s.ReadCloser.Read(p)
	s.timer.Stop()
	s.left -= int64(n)
	return n, err
}

func (c *Client) request(ctx context.Context, k call) (*http.Request, error) {
	method, target := k.method, c.base+k.path
	if method == "" {
		method = http.MethodGet
	}
	if len(k.query) > 0 {
		target += "?" + k.query.Encode()
	}
	var body io.Reader
	if k.body != nil {
		data, err := json.Marshal(k.body)
		if err != nil {
			return nil, fmt.Errorf("encode the request: %w", err)
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "gwm")
	if c.cfg.Cluster.User != "" {
		req.SetBasicAuth(c.cfg.Cluster.User, c.cfg.Password.Reveal())
	}
	return req, nil
}
