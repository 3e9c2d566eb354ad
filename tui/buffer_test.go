package tui_test

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
)

// syncBuffer is what a program writes, readable while it writes.
type syncBuffer struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	news chan struct{}
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.news != nil {
		close(b.news)
		b.news = nil
	}
	return b.buf.Write(p)
}

// wait returns when text was written.
func (b *syncBuffer) wait(ctx context.Context, t *testing.T, text string) {
	t.Helper()
	for {
		b.mu.Lock()
		have := b.buf.String()
		if b.news == nil {
			b.news = make(chan struct{})
		}
		news := b.news
		b.mu.Unlock()
		if strings.Contains(have, text) {
			return
		}
		select {
		case <-news:
		case <-ctx.Done():
			t.Fatalf("%q was never written, but %q", text, have)
		}
	}
}
