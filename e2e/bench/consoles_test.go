//go:build bench

package bench

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

// consoles is how many are open at once; keystrokes how many keys are pressed at
// each time a delay is measured.
const (
	consoles   = 200
	keystrokes = 1000
)

func TestBenchConsoles(t *testing.T) {
	d := newDesk(t)
	if err := d.measureLines(); err != nil {
		t.Fatal(err)
	}
	d.leave()
	if err := d.measureWatchers(); err != nil {
		t.Fatal(err)
	}
}

// measureLines opens many consoles, each on a VM of its own.
func (d *desk) measureLines() error {
	results.section("Serial consoles of %d VMs at once, over SSH without the screen", consoles)
	empty, err := d.resident("consoles none")
	if err != nil {
		return err
	}
	if err := d.sit(1); err != nil {
		return err
	}
	alone, err := d.echoes()
	if err != nil {
		return err
	}
	if err := d.sit(consoles); err != nil {
		return err
	}
	full, err := d.resident("consoles all")
	if err != nil {
		return err
	}
	results.note(mib(full-empty)/consoles, "MiB", "memory of one, with its SSH connection")
	if err := d.ask(nil, "profile", "consoles echo"); err != nil {
		return err
	}
	among, err := d.echoes()
	if err != nil {
		return err
	}
	var stormy []time.Duration
	err = d.during(func() (err error) {
		stormy, err = d.echoes()
		return err
	})
	if err != nil {
		return err
	}
	reportEchoes("alone", alone, nil)
	reportEchoes(fmt.Sprintf("among %d", consoles), among, alone)
	reportEchoes(fmt.Sprintf("among %d of which one floods", consoles), stormy, alone)
	return nil
}

// sit opens consoles until there are n.
func (d *desk) sit(n int) error {
	for len(d.terms) < n {
		term, err := d.open("vm", "console", guest(len(d.terms)))
		if err != nil {
			return err
		}
		if err := term.login(); err != nil {
			return err
		}
	}
	return nil
}

// during measures while the guest of the last console writes without an end.
func (d *desk) during(measure func() error) error {
	last := d.terms[len(d.terms)-1]
	d.terms = d.terms[:len(d.terms)-1]
	defer last.drop()
	last.text.Reset()
	if err := last.say("\x03flood 10000000\r", "00000999"); err != nil {
		return err
	}
	ended, over := make(chan struct{}), make(chan struct{})
	go func() { // what comes is thrown away
		defer close(over)
		for {
			select {
			case <-last.arrived:
				last.reset()
			case <-ended:
				return
			}
		}
	}()
	err := measure()
	close(ended)
	<-over
	return err
}

// echoes types into the consoles in turn.
func (d *desk) echoes() (took []time.Duration, err error) {
	for i := range keystrokes {
		term := d.terms[i%len(d.terms)]
		echo, err := term.echo([]string{"x", erase}[i/len(d.terms)%2])
		if err != nil {
			return nil, fmt.Errorf("console %d: %w", i%len(d.terms), err)
		}
		took = append(took, echo)
	}
	return took, nil
}

// erase takes a letter away, so that lines do not grow.
const erase = "\x7f"

// echo presses a key and waits for what the guest makes of it.
func (t *terminal) echo(key string) (time.Duration, error) {
	t.reset()
	began := time.Now()
	if _, err := t.keys.Write([]byte(key)); err != nil {
		return 0, err
	}
	select {
	case <-t.arrived:
		return time.Since(began), nil
	case <-time.After(10 * time.Second):
		return 0, fmt.Errorf("no echo")
	}
}

// reportEchoes reports delays, as ratios to those of one console alone.
func reportEchoes(what string, took, alone []time.Duration) {
	results.note(us(median(took)), "us", "echo of a key %s, median of %d (99%%: %s us)", what, len(took), number(us(quantile(took, 0.99))))
	if alone == nil {
		return
	}
	for _, q := range []struct {
		name string
		of   float64
	}{{"median", 0.5}, {"99%", 0.99}} {
		results.note(float64(quantile(took, q.of))/float64(quantile(alone, q.of)), "times", "  %s / alone", q.name)
	}
}

// measureWatchers has many people look at one console.
func (d *desk) measureWatchers() error {
	results.section("%d people at the serial console of one VM", consoles)
	name := guest(consoles)
	empty, err := d.resident("watchers none")
	if err != nil {
		return err
	}
	typist, err := d.open("vm", "console", name)
	if err != nil {
		return err
	}
	if err := typist.login(); err != nil {
		return err
	}
	alone, err := d.echoes()
	if err != nil {
		return err
	}
	if err := typist.say("\x03", "# "); err != nil {
		return err
	}
	for len(d.terms) < consoles {
		term, err := d.open("vm", "console", name, "--watch")
		if err != nil {
			return err
		}
		if err := term.await("# "); err != nil {
			return err
		}
	}
	full, err := d.resident("watchers all")
	if err != nil {
		return err
	}
	results.note(mib(full-empty)/consoles, "MiB", "memory of one, with its SSH connection")
	for _, term := range d.terms {
		term.settle()
	}
	if err := d.ask(nil, "profile", "watchers echo"); err != nil {
		return err
	}
	own, last, err := d.shared()
	if err != nil {
		return err
	}
	reportEchoes("alone", alone, nil)
	reportEchoes("for who types", own, alone)
	reportEchoes("for the last of them", last, alone)
	return nil
}

// shared types at the first terminal; own is when that has the echo, last when
// all have.
func (d *desk) shared() (own, last []time.Duration, err error) {
	typist := d.terms[0]
	for range keystrokes / 10 {
		for _, term := range d.terms {
			term.reset()
		}
		began := time.Now()
		if _, err := typist.keys.Write([]byte("x")); err != nil {
			return nil, nil, err
		}
		var waiting sync.WaitGroup
		var mine time.Duration
		missing := make(chan int, len(d.terms))
		for i, term := range d.terms {
			waiting.Go(func() {
				select {
				case <-term.arrived:
				case <-time.After(10 * time.Second):
					missing <- i
				}
				if i == 0 {
					mine = time.Since(began)
				}
			})
		}
		waiting.Wait()
		own, last = append(own, mine), append(last, time.Since(began))
		if n := len(missing); n > 0 {
			return nil, nil, fmt.Errorf("%d people miss the echo, among them %d", n, <-missing)
		}
	}
	return own, last, nil
}
