package rapitest

import (
	"context"
	"time"
)

// Activity is a little life of a cluster's own: now and then somebody reboots a VM, and a long job runs.
type Activity struct {
	cancel context.CancelFunc
	done   chan struct{}
}

// StartActivity begins to submit a job every so often. The caller closes it; Close ends its goroutine and waits for it.
func (c *Cluster) StartActivity(every time.Duration) *Activity {
	ctx, cancel := context.WithCancel(context.Background())
	a := &Activity{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(a.done)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for turn := 0; ; turn++ {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				c.live(turn)
			}
		}
	}()
	return a
}

// Close ends the activity; jobs that it has submitted go on.
func (a *Activity) Close() error {
	a.cancel()
	<-a.done
	return nil
}

// live submits the turn's job: a migration where one is possible, a reboot else, of a running VM.
func (c *Cluster) live(turn int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(time.Now())
	n := len(c.sorted)
	for i := range n {
		v := c.sorted[(turn*37+i)%n]
		if v.status() != "running" || c.locks["instance/"+v.Name] != nil {
			continue
		}
		op := reboot()
		if to := c.partner(v); turn%2 == 0 && to != nil && c.freeMemory(to) >= v.Memory {
			op = migrate()
		}
		fields := op.fields
		fields["instance_name"] = v.Name
		c.submit(&request{query: map[string][]string{"reason": {"maintenance"}}}, op, fields, v.Name, "instance/"+v.Name)
		return
	}
}
