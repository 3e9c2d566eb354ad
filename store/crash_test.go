package store

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gwm/core"
)

// crashDir tells the re-executed test binary to be the child that writes.
const crashDir = "GWM_TEST_CRASH_DIR"

const chains = 3 // writers in the child, each with a hash chain of its own

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		fmt.Fprintln(os.Stderr, crashChild(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func crashOptions(dir string) Options {
	return Options{Path: filepath.Join(dir, "gwm.db"), KeyFile: filepath.Join(dir, "master.key")}
}

func link(prev, text string) string {
	sum := sha256.Sum256([]byte(prev + "\n" + text))
	return hex.EncodeToString(sum[:])
}

// crashChild appends to its chains until it is killed, and says so on stdout
// after each record: "CHAIN SEQ HASH".
func crashChild(dir string) error {
	d, err := Open(crashOptions(dir))
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	errs := make([]error, chains)
	for c := range chains {
		wg.Go(func() {
			errs[c] = crashWriter(d, c)
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func crashWriter(d *DB, chain int) error {
	ctx := context.Background()
	head := fmt.Sprintf("head/%d", chain)
	it, _, err := d.Read(ctx, head)
	if err != nil {
		return err
	}
	var seq int
	var hash string
	if it.Rev != 0 {
		if _, err := fmt.Sscanf(string(it.Value), "%d %s", &seq, &hash); err != nil {
			return err
		}
	}
	for {
		seq++
		text := fmt.Sprintf("record %d %s", seq, strings.Repeat("x", rand.IntN(300)))
		next := link(hash, text)
		it.Rev, err = d.Commit(ctx, core.Batch{
			If: []core.Cond{{Key: head, Rev: it.Rev}},
			Put: []core.Item{
				{Key: head, Value: fmt.Appendf(nil, "%d %s", seq, next)},
				{Key: fmt.Sprintf("audit/%d/%09d", chain, seq), Value: []byte(hash + "\n" + text)},
			},
		})
		if err != nil {
			return err
		}
		hash = next
		if _, err := fmt.Printf("%d %d %s\n", chain, seq, hash); err != nil {
			return err
		}
	}
}

// TestCrash kills the child at random points, in four stores side by side, and
// looks each time for what it had acknowledged.
func TestCrash(t *testing.T) {
	t.Parallel()
	const stores, kills = 4, 75
	for s := range stores {
		t.Run(fmt.Sprint(s), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := CreateKeyFile(crashOptions(dir).KeyFile); err != nil {
				t.Fatal(err)
			}
			total := 0
			for range kills {
				acked := killed(t, dir, rand.IntN(12))
				total += len(acked)
				checkChains(t, dir, acked)
				if t.Failed() {
					return
				}
			}
			if total < kills {
				t.Errorf("%d acknowledged writes in %d runs prove nothing", total, kills)
			}
		})
	}
}

// killed starts the child, kills it at once after its k-th acknowledgement,
// while it writes on, and returns every acknowledgement that left it.
func killed(t *testing.T, dir string, k int) (acked []string) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), crashDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(out)
	for {
		if len(acked) == k {
			if err := cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
		line, err := r.ReadString('\n')
		if err != nil { // a line that was cut was not acknowledged
			if !errors.Is(err, io.EOF) {
				t.Error(err)
			}
			break
		}
		acked = append(acked, strings.TrimSpace(line))
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.Exited() {
		t.Errorf("the child ended by itself: %v", err)
	}
	return acked
}

// checkChains walks every chain from its beginning and looks up every
// acknowledged record.
func checkChains(t *testing.T, dir string, acked []string) {
	t.Helper()
	o := crashOptions(dir)
	o.noSync = true
	d, err := Open(o)
	if err != nil {
		t.Fatalf("open after the kill: %v", err)
	}
	defer closeChecked(t, d)
	found := map[string]bool{}
	for chain := range chains {
		seq, hash := 0, ""
		if err := d.List(t.Context(), fmt.Sprintf("audit/%d/", chain), "", func(it core.Item) bool {
			seq++
			prev, text, _ := strings.Cut(string(it.Value), "\n")
			if it.Key != fmt.Sprintf("audit/%d/%09d", chain, seq) || prev != hash {
				t.Errorf("the chain breaks at %s", it.Key)
				return false
			}
			hash = link(prev, text)
			found[fmt.Sprintf("%d %d %s", chain, seq, hash)] = true
			return true
		}); err != nil {
			t.Fatal(err)
		}
		head, _, err := d.Read(t.Context(), fmt.Sprintf("head/%d", chain))
		if want := fmt.Sprintf("%d %s", seq, hash); err != nil || seq > 0 && string(head.Value) != want {
			t.Errorf("chain %d has the head %q, want %q; %v", chain, head.Value, want, err)
		}
	}
	for _, a := range acked {
		if !found[a] {
			t.Errorf("an acknowledged record is lost: %s", a)
		}
	}
}
