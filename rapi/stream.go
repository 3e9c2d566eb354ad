package rapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
)

// batch is some values of a list, one after the other.
type batch struct {
	data []byte
	ends []int // where each value ends in data
}

const (
	batchBytes = 256 << 10
	batches    = 3
)

// stream calls yield with each value of the list that the answer is, or that is
// its member key. Reading (decryption, finding the values) goes on in another
// goroutine while yield works, by at most a few batches; it has ended when
// stream returns. The value is valid during the call only. An error of yield
// ends the list and is returned as it is, a *contentErr in words.
func (c *Client) stream(ctx context.Context, k call, key string, yield func(value []byte) error) error {
	a, err := c.flow(ctx, k)
	if err != nil {
		return err
	}
	full, free := make(chan *batch, batches), make(chan *batch, batches)
	for range batches {
		free <- &batch{}
	}
	var readErr error
	go func() {
		defer close(full)
		defer func() {
			if p := recover(); p != nil {
				readErr = fmt.Errorf("split the answer: panic: %v", p)
			}
		}()
		readErr = split(newElements(a.body, c.cfg.MaxElement), key, free, full)
	}()
	defer func() {
		a.close() // ends a read that goes on
		close(free)
		for range full {
		}
	}()
	if err := drain(full, free, yield); err != nil {
		return c.contentError(k, err)
	}
	return c.streamError(a.ctx, k, readErr)
}

func drain(full, free chan *batch, yield func([]byte) error) error {
	for b := range full {
		start := 0
		for _, end := range b.ends {
			if err := yield(b.data[start:end]); err != nil {
				return err
			}
			start = end
		}
		free <- b
	}
	return nil
}

// split fills batches until the answer ends; it stops when free is closed.
func split(e *elements, key string, free, full chan *batch) error {
	if err := start(e, key); err != nil {
		return err
	}
	for {
		b, ok := <-free
		if !ok {
			return nil
		}
		b.data, b.ends = b.data[:0], b.ends[:0]
		var err error
		for len(b.data) < batchBytes && err == nil {
			var v []byte
			if v, err = e.next(); err == nil {
				b.data = append(b.data, v...)
				b.ends = append(b.ends, len(b.data))
			}
		}
		full <- b // never waits: there are as many places as batches
		if errors.Is(err, io.EOF) {
			if key != "" {
				if err := e.leave(); err != nil {
					return err
				}
			}
			return e.end()
		}
		if err != nil {
			return err
		}
	}
}

// start goes to the first value. The error holds the beginning of an answer
// that is no list at all.
func start(e *elements, key string) error {
	if _, err := e.peek(); err != nil {
		return err
	}
	head := bytes.Clone(e.buf[e.i:min(e.n, e.i+256)])
	var err error
	if key == "" {
		err = e.expect('[')
	} else {
		err = e.enter(key)
	}
	if errors.Is(err, errBroken) {
		return &headError{head: head, err: err}
	}
	return err
}

// headError is an answer that is not a list, with its beginning.
type headError struct {
	head []byte
	err  error
}

func (e *headError) Error() string { return e.err.Error() }
func (e *headError) Unwrap() error { return e.err }

// streamError makes the error of reading a list.
func (c *Client) streamError(ctx context.Context, k call, err error) error {
	var head *headError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &head):
		return c.notGaneti(k, head.head, err)
	case errors.Is(err, errBroken):
		return c.notGaneti(k, []byte("?"), err)
	}
	return c.failed(ctx, k, err, true)
}

// contentError makes the error of a value that could not be decoded; an error of
// the caller's own yield passes as it is.
func (c *Client) contentError(k call, err error) error {
	var bad *contentErr
	if !errors.As(err, &bad) {
		return err
	}
	return c.notGaneti(k, []byte("?"), bad.err)
}

// contentErr marks the error of decoding a value.
type contentErr struct{ err error }

func (e *contentErr) Error() string { return e.err.Error() }
func (e *contentErr) Unwrap() error { return e.err }
