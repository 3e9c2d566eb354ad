package consoleproxy

import (
	"context"
	"io"
	"net"
)

// spliceBuffer is how much goes from a screen to a viewer at once. What a viewer
// sends is small.
const (
	spliceBuffer = 128 << 10
	inputBuffer  = 4 << 10
)

// splice carries bytes between a viewer and a screen until one of them ends or ctx
// does, closes both, and returns when nothing runs any more. byScreen tells that
// it was the screen that ended first.
func splice(ctx context.Context, viewer, screen io.ReadWriteCloser) (byScreen bool) {
	both := func() {
		_ = screen.Close() // it is over either way
		_ = viewer.Close()
	}
	stop := context.AfterFunc(ctx, both)
	defer stop()
	ended := make(chan bool, 2)
	go func() {
		fromScreen := pour(viewer, screen, spliceBuffer)
		ended <- fromScreen // first, so that it is seen who ended
		both()
	}()
	fromViewer := pour(screen, viewer, inputBuffer)
	ended <- !fromViewer
	both()
	byScreen = <-ended
	<-ended
	return byScreen && ctx.Err() == nil
}

// pour copies until one side ends, and tells whether that was the source. Between
// two TCP connections the kernel does it.
func pour(to io.Writer, from io.Reader, size int) (bySource bool) {
	_, fromTCP := from.(*net.TCPConn)
	_, toTCP := to.(*net.TCPConn)
	source := &seen{Reader: from}
	if fromTCP && toTCP {
		_, err := io.Copy(to, from)
		return err == nil
	}
	_, _ = io.CopyBuffer(struct{ io.Writer }{to}, source, make([]byte, size)) // which side ended is what counts
	return source.ended
}

// seen notes that a reader ended.
type seen struct {
	io.Reader
	ended bool
}

func (s *seen) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	s.ended = s.ended || err != nil
	return n, err
}
