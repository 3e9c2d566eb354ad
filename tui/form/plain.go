package form

import (
	"context"
	"io"
)

// Run asks for the values of a form line by line. It writes no escape sequence.
// ok is false where the person left without saving, also at the end of the
// input. An error is one of reading or writing.
func Run(ctx context.Context, in io.Reader, out io.Writer, f Form) (v Values, ok bool, err error) {
	return nil, false, io.EOF
}
