package core

import (
	"cmp"
	"strings"
)

// Word is the cluster's own word for the state of a VM, in lower case and without
// what only marks it as an error: "nodeoffline".
func (v *VM) Word() string {
	return strings.ToLower(cmp.Or(strings.TrimPrefix(v.Status, "ERROR_"), string(v.State)))
}

// Trouble is what is wrong with a VM, in a clause for people, and what helps;
// both are empty where nothing is wrong, the hint also where nobody knows.
func (v *VM) Trouble() (why, hint string) {
	switch v.Problem() {
	case "":
		return "", ""
	case "ERROR_down":
		return "is down but should run, on " + v.Node, "start it, or shut it down if it is to stay down"
	case "ERROR_up":
		return "runs but should be down, on " + v.Node, "shut it down, or start it if it is to run on"
	case "ERROR_nodedown":
		return "its node " + v.Node + " does not answer", v.wayOut("get the node back, or mark it offline and fail the VM over: it starts on ")
	case "ERROR_nodeoffline":
		return "its node " + v.Node + " is offline", v.wayOut("fail it over: it starts on ")
	case "ERROR_wrongnode":
		return "runs on another node than " + v.Node, "clean up its migration, so that the cluster has it where it runs"
	}
	return v.Word() + " on " + v.Node, ""
}

// wayOut ends a hint with where a VM may go whose node is lost.
func (v *VM) wayOut(hint string) string {
	switch {
	case len(v.Secondaries) > 0:
		return hint + v.Secondaries[0]
	case diskReach(v.DiskTemplate) == disksShared:
		return hint + "any other node of its group"
	}
	return "get the node back: the disks are on no other"
}

// Trouble is what is wrong with a node, in a clause for people, empty where
// nothing is.
func (n *Node) Trouble() string {
	switch n.Problem() {
	case problemOffline:
		return "node is offline"
	case problemSilent:
		return "node does not answer"
	}
	return ""
}

// Trouble is what is wrong with a cluster, in a clause for people, and what
// helps; both are empty where nothing is wrong.
func (h Health) Trouble() (why, hint string) {
	if h.Error == nil {
		return "", ""
	}
	return problemUnreachable + ": " + h.Cause(), h.Error.Hint
}

// Cause is the end of a cluster's error that says why, empty where there is none:
// the rest, what could not be asked of which cluster, is known where the cluster
// stands before it.
func (h Health) Cause() string {
	if h.Error == nil {
		return ""
	}
	if _, rest, ok := strings.Cut(h.Error.Message, " cluster "); ok {
		if _, why, ok := strings.Cut(rest, ": "); ok {
			return why
		}
	}
	return h.Error.Message
}
