package core

import "strconv"

// LeftOut is what a cluster lists and gwm cannot show, because of its name: see
// checkName. Values can be compared.
type LeftOut struct {
	VMs   Refused
	Nodes Refused
}

// Refused counts objects whose names gwm refuses.
type Refused struct {
	Count   int
	Example string // the first such name in quotes, printable and cut
}

// maxExample is how much of a name is told, in runes.
const maxExample = 60

// Refuses tells whether gwm cannot have an object of that name, and counts it.
func (r *Refused) Refuses(name string) bool {
	if checkName(name) == nil {
		return false
	}
	if r.Count++; r.Count > 1 {
		return true
	}
	text := []rune(Printable(name))
	if len(text) > maxExample {
		text = append(text[:maxExample:maxExample], '…')
	}
	r.Example = strconv.Quote(string(text))
	return true
}

// String says it to people, in a clause; empty where nothing was left out.
func (l LeftOut) String() string {
	vms, nodes := l.VMs.words("VM"), l.Nodes.words("node")
	switch {
	case vms == "" && nodes == "":
		return ""
	case vms != "" && nodes != "":
		vms += ", "
	}
	return vms + nodes + "; gwm knows names of letters, digits and . _ - + @"
}

func (r Refused) words(what string) string {
	switch r.Count {
	case 0:
		return ""
	case 1:
		return "1 " + what + " left out because of its name, " + r.Example
	}
	return strconv.Itoa(r.Count) + " " + what + "s left out because of their names, like " + r.Example
}
