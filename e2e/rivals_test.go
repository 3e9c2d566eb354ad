package e2e

import (
	"bytes"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// rivals: rivals WHO COMMAND... -- WHO COMMAND... The commands run at once, and
// exactly one of them has to be refused; the output is that of the refused one.
func rivals(ts *testscript.TestScript, _ bool, args []string) {
	w := of(ts)
	var lines [][]string
	for _, line := range strings.Split(strings.Join(args, "\x00"), "\x00--\x00") {
		lines = append(lines, strings.Split(line, "\x00"))
	}
	exits, errs := make([]int, len(lines)), make([]error, len(lines))
	outs := make([]bytes.Buffer, 2*len(lines))
	var all sync.WaitGroup
	for i, line := range lines {
		all.Go(func() {
			ctx, cancel := limited()
			defer cancel()
			exits[i], errs[i] = w.actors[line[0]].run(ctx, w.server.addr, quote(line[1:]), strings.NewReader(""), &outs[2*i], &outs[2*i+1])
		})
	}
	all.Wait()
	refused := 0
	for i := range lines {
		ts.Check(errs[i])
		if exits[i] == 0 {
			continue
		}
		refused++
		_, _ = ts.Stdout().Write(outs[2*i].Bytes())
		_, _ = ts.Stderr().Write(outs[2*i+1].Bytes())
		settle(ts, true, exits[i])
	}
	if refused != 1 {
		ts.Fatalf("%d of %d were refused, want 1", refused, len(lines))
	}
}
