//go:build bench

package bench

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"gwm/consoleproxy/consoletest"
	"gwm/core"
	"gwm/rapi/rapitest"
)

// cluster is a simulated Ganeti in a process of its own.
type cluster struct {
	*child
	clusterAt
	size int
}

// clusterAt is where a simulated Ganeti is, and the one fake node behind the
// consoles of all its VMs.
type clusterAt struct{ URL, CA, Node string }

func startCluster(size int) (*cluster, error) {
	c, err := startChild("cluster", strconv.Itoa(size))
	if err != nil {
		return nil, err
	}
	s := &cluster{child: c, size: size}
	if err := s.ask(&s.clusterAt, "hello"); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// sent counts the bytes of answers and the requests so far.
func (c *cluster) sent() (size int64, requests int, err error) {
	var s rapitest.Stats
	err = c.ask(&s, "stats")
	for _, n := range s.Requests {
		requests += n
	}
	return s.Bytes, requests, err
}

// change gives every VM whose number is a multiple of step another tag.
func (c *cluster) change(step int, tag string) error {
	return c.ask(nil, "change", strconv.Itoa(step), tag)
}

// settings are those that a core needs to reach it.
func (c *cluster) settings() core.AddCluster {
	return core.AddCluster{
		Cluster:  core.Cluster{Name: "big", Platform: "ganeti", URL: c.URL, User: rapitest.DemoUser, CA: c.CA},
		Password: core.NewSecret(rapitest.DemoPassword),
	}
}

// playCluster is the role "cluster": SIZE.
func playCluster(args []string) error {
	size, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	c := rapitest.New(rapitest.Sized(size))
	server, err := rapitest.Serve(c)
	if err != nil {
		return err
	}
	node, err := consoletest.Start()
	if err != nil {
		return errors.Join(err, server.Close())
	}
	err = answer(map[string]func([]string) (any, error){
		"hello":  func([]string) (any, error) { return clusterAt{server.URL(), string(server.CA()), node.Addr()}, nil },
		"stats":  func([]string) (any, error) { return c.Stats(), nil },
		"change": func(args []string) (any, error) { return nil, changeTags(c, args[0], args[1]) },
	})
	return errors.Join(err, node.Close(), server.Close())
}

func changeTags(c *rapitest.Cluster, step, tag string) error {
	every, err := strconv.Atoi(step)
	if err != nil {
		return err
	}
	for i, name := range c.Names() {
		if i%every != 0 {
			continue
		}
		r, err := http.NewRequest(http.MethodPut, "https://ganeti/2/instances/"+name+"/tags?tag="+tag, http.NoBody)
		if err != nil {
			return err
		}
		r.SetBasicAuth(rapitest.DemoUser, rapitest.DemoPassword)
		a, err := rapitest.Transport{Cluster: c}.RoundTrip(r)
		if err != nil {
			return err
		}
		var body bytes.Buffer
		_, err = body.ReadFrom(a.Body)
		if err = errors.Join(err, a.Body.Close()); err != nil {
			return err
		}
		if a.StatusCode != http.StatusOK {
			return fmt.Errorf("tag %s: %s: %s", name, a.Status, body.String())
		}
	}
	return nil
}
