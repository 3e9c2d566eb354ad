package rapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"gwm/core"
)

// passing marks the cause of an error that a second attempt may not meet.
type passing struct{ err error }

func (p *passing) Error() string { return p.err.Error() }
func (p *passing) Unwrap() error { return p.err }

// cannot is the beginning of every message: what failed, and on which cluster.
func (c *Client) cannot(k call) string {
	return fmt.Sprintf("cannot %s on cluster %s", core.Printable(k.what), c.name)
}

// problem makes the error of a call.
func (c *Client) problem(code core.Code, k call, why, hint string, cause error) *core.Error {
	return &core.Error{Code: code, Message: c.cannot(k) + ": " + why, Hint: hint, Err: cause}
}

// unknown is the error of a change that may or may not have arrived.
func (c *Client) unknown(k call, why string, cause error) *core.Error {
	return &core.Error{
		Code:    core.CodeUnknown,
		Message: fmt.Sprintf("the request to %s on cluster %s was sent, but it is not known whether it arrived: %s", core.Printable(k.what), c.name, why),
		Hint:    "look at the cluster's jobs before you try again: gwm job list",
		Err:     cause,
	}
}

// failed makes the error of a call that got no usable answer. sent tells
// whether the request may have left; ctx is the call's, for its cause.
func (c *Client) failed(ctx context.Context, k call, err error, sent bool) error {
	var done *core.Error
	if errors.As(err, &done) {
		return err
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	why, hint, code := c.reason(err)
	if k.change && sent {
		return c.unknown(k, why, err)
	}
	if worthRepeating(err) {
		err = &passing{err}
	}
	return c.problem(code, k, why, hint, err)
}

func worthRepeating(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, errCut) || errors.Is(err, syscall.ECONNRESET)
}

// reason says in words why there is no usable answer.
func (c *Client) reason(err error) (why, hint string, code core.Code) {
	if why, hint := c.tlsReason(err); why != "" {
		return why, hint, core.CodeUnreachable
	}
	var (
		late    timeoutError
		dns     *net.DNSError
		netErr  net.Error
		address = c.base
		running = "check that ganeti-rapi runs on the master node and that no firewall is in between"
	)
	code = core.CodeUnreachable
	switch {
	case errors.Is(err, context.Canceled):
		return "it was interrupted", "", code
	case errors.As(err, &late):
		return late.Error(), "the cluster is overloaded, or its master daemon does not answer; it is asked again by itself", code
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "no answer in time from " + address, running, code
	case errors.Is(err, errTooLarge):
		return "the answer is larger than gwm accepts", "check that the address is Ganeti's RAPI: " + address, core.CodeCluster
	case errors.As(err, &dns) && dns.IsNotFound:
		return "the name " + core.Printable(dns.Name) + " does not resolve", "check the address: gwm cluster edit " + c.name + " --url https://HOST:5080", code
	case errors.As(err, &dns):
		return "the name server did not say where " + core.Printable(dns.Name) + " is", "check this machine's name resolution", code
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens at " + address, running, code
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "there is no route to " + address, "check the network between here and the master node", code
	case errors.Is(err, errCut), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed in the middle of the answer", running, code
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the connection to " + address + " was closed without an answer", running, code
	case errors.As(err, &netErr) && netErr.Timeout():
		return "no connection to " + address + " in time", running, code
	}
	return "the connection to " + address + " failed: " + core.Printable(shorten(rootOf(err).Error())), running, code
}

// rootOf returns the innermost error: the outer ones repeat the address.
func rootOf(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

// notGaneti makes the error of an answer with status 200 that is not what
// Ganeti sends. For a change the work may have begun.
func (c *Client) notGaneti(k call, data []byte, err error) error {
	why, hint := "the answer is not what Ganeti sends", "check that the address is Ganeti's RAPI: "+c.base
	var (
		syntax *json.SyntaxError
		typ    *json.UnmarshalTypeError
		field  *fieldError
		broken *notJSON
	)
	switch {
	case looksLikePage(data):
		why, hint = "the answer is a web page, not JSON", "is there a proxy in front, or is the port wrong? The address is "+c.base
	case len(data) == 0:
		why = "the answer is empty"
	case errors.As(err, &typ) && typ.Field != "":
		why = fmt.Sprintf("the answer has an unexpected %s in the field %s", typ.Value, core.Printable(typ.Field))
		hint = "this version of Ganeti may be too old or too new; supported are 2.16 to 3.1"
	case errors.As(err, &field):
		why = "the answer has " + core.Printable(field.Error())
		hint = "this version of Ganeti may be too old or too new; supported are 2.16 to 3.1"
	case errors.As(err, &syntax), errors.As(err, &broken):
		why = "the answer is not JSON"
	}
	if k.change {
		return c.unknown(k, why, err)
	}
	return c.problem(core.CodeCluster, k, why, hint, err)
}

func looksLikePage(data []byte) bool {
	for _, b := range data {
		switch b {
		case ' ', '\t', '\r', '\n', 0xef, 0xbb, 0xbf:
		default:
			return b == '<'
		}
	}
	return false
}

// shorten keeps foreign texts to a length that fits a message.
func shorten(s string) string {
	const most = 300
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most]) + "..."
}
