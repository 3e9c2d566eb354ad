package rapitest

import (
	"encoding/json"
	"time"
)

// Past is a job that ended before the start of the simulation.
type Past struct {
	Op     string        // "INSTANCE_STARTUP"
	Target string        // instance or node, full name
	Ago    time.Duration // how long before the start it was received
	Took   time.Duration
	Status string // "success", "error", "canceled"; empty: "success"
	Log    []string
	// Class, Message and Code are the error: class "OpPrereqError" has a code, others have none.
	Class, Message, Code string
	By                   string // reason the caller gave
}

func (c *Cluster) addPast(p Past) {
	at := c.born.Add(-p.Ago)
	op := opcode{id: "OP_" + p.Op, handler: "instances_name"}
	key := "instance_name"
	if c.lookupNode(p.Target) != nil {
		op.handler, key = "nodes_name", "node_name"
	}
	j := c.enqueue(op, map[string]any{key: p.Target}, p.Target, at)
	j.fields["reason"] = reasons(j, p.By, at)
	j.start, j.end, j.status = at.Add(queueTime), at.Add(queueTime+p.Took), "success"
	for i, text := range p.Log {
		j.log = append(j.log, logLine{i + 1, j.start.Add(p.Took * time.Duration(i+1) / time.Duration(len(p.Log)+1)), text})
	}
	switch p.Status {
	case "error":
		j.status, j.result = "error", (&opError{p.Class, p.Message, p.Code}).result()
	case "canceled":
		j.status, j.result = "canceled", json.RawMessage(`"Job canceled by request"`)
	}
}
