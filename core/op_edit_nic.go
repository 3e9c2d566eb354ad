package core

import (
	"strconv"
	"strings"
)

// Words that give a value of a NIC or a disk up: NoneWord where there is nothing
// then, DefaultWord where the cluster's own value holds again.
const (
	NoneWord    = "none"
	DefaultWord = "default"
)

// NICEdit changes or removes a NIC of a VM.
type NICEdit struct {
	Index  int    `json:"index"` // which, from 0, as the VM has them now
	Remove bool   `json:"remove,omitempty"`
	Set    NewNIC `json:"set,omitzero"`  // what is empty stays; NoneWord and DefaultWord give up
	Was    *NIC   `json:"was,omitempty"` // what the person saw; nil: they saw none
}

// ParseNICEdit reads "0:ip=none,name=eth0". The error is CodeInvalid.
func ParseNICEdit(text string) (NICEdit, error) {
	index, words, err := cutIndex("NIC", text)
	if err != nil {
		return NICEdit{}, err
	}
	e := NICEdit{Index: index}
	if err := readFields("network interface", words, e.Set.fields()); err != nil {
		return NICEdit{}, err
	}
	return e, e.check()
}

// cutIndex reads the number before the colon.
func cutIndex(what, text string) (index int, words string, err error) {
	number, words, ok := strings.Cut(text, ":")
	if index, err = strconv.Atoi(number); err != nil || !ok || index < 0 {
		return 0, "", Errorf(CodeInvalid, "%q does not begin with the number of a %s and a colon", Printable(cut(text)), what).
			WithHint("write it like 0:name=first; they are counted from 0")
	}
	return index, words, nil
}

func (e NICEdit) check() error {
	switch {
	case e.Index < 0 || e.Index >= maxDevices:
		return Errorf(CodeInvalid, "there cannot be a NIC %d", e.Index).WithHint("they are counted from 0")
	case e.Remove && e.Set != NewNIC{}:
		return Errorf(CodeInvalid, "NIC %d is to be changed and removed", e.Index)
	case e.Remove:
		return nil
	case e.Set == NewNIC{}:
		return Errorf(CodeInvalid, "nothing of NIC %d is to be changed", e.Index).WithHint("write it like 0:ip=none,name=first")
	case e.Set.MAC == "auto":
		return Errorf(CodeInvalid, "a NIC that is there cannot have the MAC address auto").WithHint("write generate for a new one")
	}
	next := e.Set // where what is given up cannot stand in the way of what is set
	for _, f := range next.fields() {
		if *f.value == GiveUp(f.name) {
			*f.value = ""
		}
	}
	if next.IP == IPPool && e.Set.Network == "" {
		next.IP = "" // of the network that it is in
	}
	return next.check()
}

// GiveUp is the word that gives up the value that a NIC has in a field, empty where
// it must have one.
func GiveUp(field string) string {
	switch field {
	case "network", "name", "ip":
		return NoneWord
	case "mode", "link", "vlan":
		return DefaultWord
	}
	return ""
}

// maxDevices bounds the numbers of NICs and disks; Ganeti has fewer of both.
const maxDevices = 64

// flag is the edit as an option of the command line.
func (e NICEdit) flag() []string {
	if e.Remove {
		return []string{"--remove-nic", strconv.Itoa(e.Index)}
	}
	return []string{"--nic", strconv.Itoa(e.Index) + ":" + e.Set.String()}
}

func (e NICEdit) name() string { return "nic/" + strconv.Itoa(e.Index) }

// diff adds what the NIC was and becomes.
func (e NICEdit) diff(d *changes) {
	var was NIC
	if e.Was != nil {
		was = *e.Was
	}
	if e.Remove {
		d.text(e.name(), was.words(), "removed")
		return
	}
	have := was.fields()
	for i, f := range e.Set.fields() {
		if *f.value != "" {
			d.text(e.name()+"/"+f.name, *have[i].value, *f.value)
		}
	}
}

// stale adds what of the NIC is no longer what the person saw.
func (e NICEdit) stale(now []NIC, news *changes) {
	switch {
	case e.Was == nil:
	case e.Index >= len(now):
		news.text(e.name(), e.Was.words(), "not there any more")
	case e.Was.UUID != now[e.Index].UUID:
		news.text(e.name(), e.Was.words(), "another one ("+now[e.Index].words()+")")
	default:
		is := now[e.Index].fields()
		for i, f := range e.Was.fields() {
			news.text(e.name()+"/"+f.name, *f.value, *is[i].value)
		}
	}
}

// atOnce tells whether a VM that runs has nothing to take over.
func (e NICEdit) atOnce() bool { return !e.Remove && e.Set == NewNIC{Name: e.Set.Name} }

// plugs tells whether the words decide on the network that a NIC is in, or on the
// addresses that nodes route to it.
func (n NewNIC) plugs() bool { return n != NewNIC{MAC: n.MAC, Name: n.Name} }

// fields are those of NewNIC, in its order.
func (n NIC) fields() []textField {
	return []textField{
		{"network", &n.Network}, {"ip", &n.IP}, {"mac", &n.MAC}, {"mode", &n.Mode}, {"link", &n.Link}, {"vlan", &n.VLAN}, {"name", &n.Name},
	}
}

// words is the NIC in one line: "network=lan,ip=192.0.2.1,mac=…".
func (n NIC) words() string {
	return Printable(strings.Join(appendFields(nil, n.fields()), ","))
}
