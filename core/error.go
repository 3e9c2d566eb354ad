package core

import (
	"errors"
	"fmt"
	"io/fs"
)

// Code says what kind of failure an Error is. Front ends choose exit codes and
// colours by it; they never look at the text.
type Code string

// The codes. CodeNotFound is also the answer for what a person may not see.
const (
	CodeInvalid     Code = "invalid"       // the request makes no sense as written: exit 2
	CodeNotFound    Code = "not_found"     // no such object, or not for this person: exit 3
	CodeDenied      Code = "denied"        // the object is visible, the verb is missing: exit 3
	CodeConflict    Code = "conflict"      // it exists already, or somebody changed it meanwhile: exit 1
	CodeState       Code = "wrong_state"   // not possible in the object's state: exit 1
	CodeLocked      Code = "locked"        // a lock or read-only forbids it: exit 3
	CodeLimit       Code = "limit"         // a quota or another limit is reached: exit 1
	CodeStepUp      Code = "second_factor" // allowed once the person has shown a code of their second factor: exit 3
	CodeJobFailed   Code = "job_failed"    // the job ran and failed: exit 4
	CodeUnreachable Code = "unreachable"   // the cluster does not answer or cannot be trusted: exit 5
	CodeUntrusted   Code = "untrusted"     // a machine shows a key that nobody confirmed, or another one than before: exit 5
	CodeRefused     Code = "refused"       // the cluster refuses gwm's own user there: exit 1
	CodeUnsupported Code = "unsupported"   // this version of the cluster software cannot do it: exit 1
	CodeCluster     Code = "cluster_error" // the cluster answered with an error of its own: exit 1
	CodeUnknown     Code = "unknown"       // a request was sent and its fate is not known: exit 1
	CodeInternal    Code = "internal"      // a fault in gwm: exit 1
)

// Error is the one error that people see. Message says what failed, on what and
// why, in one line; Hint says what to do next and may be empty. Err is the cause
// for errors.Is and the log; it is never shown.
type Error struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	Err     error  `json:"-"`
}

// Errorf makes an Error with a formatted message. A %w operand becomes Err.
func Errorf(code Code, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: code, Message: err.Error(), Err: errors.Unwrap(err)}
}

// WithHint returns e with the hint set.
func (e *Error) WithHint(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

// Error returns the message and, where there is one, the hint.
func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + "; " + e.Hint
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of the first *Error in err's chain, CodeInternal for
// any other error and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// AsError returns the *Error in err's chain, or an internal one that hides the
// text of err from people and keeps it as the cause for the log.
func AsError(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: CodeInternal, Message: "something went wrong inside gwm", Hint: "ask the administrator to look at the log", Err: err}
}

// PlainCause is the system's reason why a file cannot be used, without the
// operation and the path: the path may be a temporary one, or is in the message
// already.
func PlainCause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
