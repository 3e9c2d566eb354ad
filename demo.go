package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"gwm/core"
	"gwm/rapi/rapitest"
	"gwm/ssh"
	"gwm/store"
	"gwm/tui"
)

// demo is one run of gwm demo.
type demo struct {
	*program
	size       int
	faults     bool
	noActivity bool
	addr       string // --serve

	dir   string
	stops []func() error // in the order of starting
}

func (p *program) demoCommand() *cobra.Command {
	d := &demo{program: p}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "The screen on built-in simulated clusters; nothing to install or configure",
		Long: "The screen on built-in simulated clusters. They answer the way a real Ganeti does, over HTTPS on this machine.\n" +
			"Everything lives in a temporary directory that is removed at the end.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return d.run(cmd.Context()) },
	}
	cmd.Flags().IntVar(&d.size, "size", 0, "add a third cluster with so many VMs (up to 100000)")
	cmd.Flags().BoolVar(&d.faults, "faults", false, "let things go wrong now and then")
	cmd.Flags().BoolVar(&d.noActivity, "no-activity", false, "let nothing happen by itself")
	cmd.Flags().StringVar(&d.addr, "serve", "", "serve the demo over SSH on this address, for example 127.0.0.1:2222")
	return cmd
}

func (d *demo) run(ctx context.Context) (err error) {
	switch {
	case d.size < 0 || d.size > 100_000:
		return core.Errorf(core.CodeInvalid, "--size %d is not possible", d.size).WithHint("give a number from 0 to 100000")
	case d.addr != "" && checkAddress(d.addr) != "":
		return core.Errorf(core.CodeInvalid, "--serve %s: %s", core.Printable(d.addr), checkAddress(d.addr)).
			WithHint("for example: gwm demo --serve 127.0.0.1:2222")
	case d.addr == "" && (!isTerminal(d.stdin) || !isTerminal(d.stdout)):
		return core.Errorf(core.CodeInvalid, "the demo needs a terminal").WithHint("or serve it over SSH: gwm demo --serve 127.0.0.1:2222")
	}
	if term, ok := d.drawable(); d.addr == "" && !ok {
		return core.Errorf(core.CodeInvalid, "this terminal (TERM=%s) cannot show the screen", term).
			WithHint("or serve it over SSH: gwm demo --serve 127.0.0.1:2222")
	}
	if d.dir, err = os.MkdirTemp("", "gwm-demo-"); err != nil { // mode 0700
		return fmt.Errorf("make the demo's directory: %w", err)
	}
	defer func() {
		for len(d.stops) > 0 {
			last := len(d.stops) - 1
			err = errors.Join(err, d.stops[last]())
			d.stops = d.stops[:last]
		}
		err = errors.Join(err, os.RemoveAll(d.dir))
	}()
	if err := d.show(ctx); err != nil && ctx.Err() == nil {
		d.progress("")
		return err
	}
	return nil
}

// show builds the demo and shows it until the person or ctx ends it.
func (d *demo) show(ctx context.Context) error {
	d.progress("starting the simulated clusters...")
	c := d.settings()
	if err := store.CreateKeyFile(c.store().KeyFile); err != nil {
		return err
	}
	log, logFile, err := d.quietLog(c)
	if err != nil {
		return err
	}
	d.stops = append(d.stops, logFile.Close)
	if d.addr != "" {
		log = newLog(c.Log, d.stderr, d.env)
	}
	cfg := c.site()
	cfg.Registration = true
	links := newPage()
	board, screens, err := d.consoles(c, links)
	if err != nil {
		return err
	}
	s, err := openSite(ctx, c.store(), cfg, board, log)
	if err != nil {
		return err
	}
	closeSite := s.close
	d.stops = append(d.stops, func() error { return closeSite() }, links.Close)
	links.alone(ctx, c, s.core, screens, log)
	session, err := s.core.Local(ctx, account(), "tui")
	if err != nil {
		return err
	}
	defer session.Close()
	if err := d.clusters(ctx, session); err != nil {
		return err
	}
	people, err := d.people(ctx, session)
	if err != nil {
		return err
	}
	if err := d.applicant(ctx, s.core); err != nil {
		return err
	}
	if err := d.trust(ctx, session); err != nil {
		return err
	}
	if d.addr == "" {
		d.progress("")
		return d.localScreen(ctx, session, tui.Options{Demo: true})
	}
	serve, err := c.server()
	if err != nil {
		return err
	}
	serve.Core, serve.Log, serve.Demo = s.core, log, true
	server, err := ssh.New(serve)
	if err != nil {
		return err
	}
	ln, err := listenTCP(ctx, "--serve", d.addr)
	if err != nil {
		return err
	}
	d.introduce(ln.Addr(), people)
	closeSite = func() error { return nil } // serveOn closes it
	return d.serveOn(ctx, s, doors{ssh: server, listeners: listeners{ssh: ln}}, log, c.Limits.Stop)
}

// progress is one line on the terminal until the screen is there; empty takes it
// away.
func (d *demo) progress(text string) {
	if d.addr == "" {
		fmt.Fprint(d.stdout, "\r\x1b[K"+text)
	}
}

// settings are the demo's configuration: the defaults, in the temporary directory.
func (d *demo) settings() config {
	c := defaultConfig(d.env)
	c.DataDir = d.dir
	c.Limits.Exempt = []string{"127.0.0.0/8", "::1"}
	return c
}

// clusters starts the simulated clusters and adds them.
func (d *demo) clusters(ctx context.Context, session *core.Session) error {
	names := []string{"berlin", "paris"}
	simulated := rapitest.Demo()
	if d.size > 0 {
		names = append(names, "big")
		simulated = append(simulated, rapitest.New(rapitest.Sized(d.size)))
	}
	for i, cluster := range simulated {
		server, err := rapitest.Serve(cluster)
		if err != nil {
			return err
		}
		d.stops = append(d.stops, server.Close)
		if !d.noActivity {
			d.stops = append(d.stops, cluster.StartActivity(time.Duration(25+11*i)*time.Second).Close)
		}
		if _, err := session.Do(ctx, core.AddCluster{
			Cluster: core.Cluster{
				Name: names[i], Description: "simulated", Platform: "ganeti",
				URL: server.URL(), User: rapitest.DemoUser, CA: string(server.CA()),
			},
			Password: core.NewSecret(rapitest.DemoPassword),
		}); err != nil {
			return err
		}
	}
	if d.faults {
		d.stops = append(d.stops, startFaults(simulated[:2]))
	}
	return nil
}

// introduce says how to log in to a demo that is served.
func (d *demo) introduce(addr net.Addr, people []person) {
	host, port, _ := net.SplitHostPort(addr.String()) // the address of a listener has both
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	fmt.Fprintln(d.stdout, "The demo is served until you press ctrl-c. Log in as:")
	for _, who := range people {
		fmt.Fprintf(d.stdout, "  ssh -i %s -p %s %s@%s    # %s\n", filepath.Join(d.dir, who.name), port, who.name, host, who.comment)
	}
}

// startFaults lets the clusters fail in turns, and returns what ends that.
func startFaults(clusters []*rapitest.Cluster) (stop func() error) {
	turns := []func(c *rapitest.Cluster){
		func(c *rapitest.Cluster) { c.Faults().Set(rapitest.Fault{Kind: rapitest.JobFails, Times: 1}) },
		func(c *rapitest.Cluster) { c.Faults().Set(rapitest.Fault{Kind: rapitest.Slow, Delay: 4 * time.Second}) },
		func(c *rapitest.Cluster) { c.Faults().Clear() },
		func(c *rapitest.Cluster) { c.Faults().Set(rapitest.Fault{Kind: rapitest.Dead}) },
		func(c *rapitest.Cluster) { c.Faults().Clear() },
		func(c *rapitest.Cluster) {
			c.Faults().Set(rapitest.Fault{Kind: rapitest.Status, Status: 503, HTML: true})
		},
		func(c *rapitest.Cluster) { c.Faults().Clear() },
	}
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(20 * time.Second)
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-quit:
				return
			case <-tick.C:
				turns[n%len(turns)](clusters[n/len(turns)%len(clusters)])
			}
		}
	}()
	return func() error {
		close(quit)
		<-ended
		return nil
	}
}
