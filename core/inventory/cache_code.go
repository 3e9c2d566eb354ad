package inventory

import (
	"encoding/binary"
	"errors"
	"time"

	"gwm/core"
)

// codeVersion begins every chunk. A chunk of another version is passed over: the
// next answer of the cluster replaces it.
const codeVersion = 1

// errCode tells that cached bytes are damaged or of another version.
var errCode = errors.New("the cached bytes make no sense")

// coder writes values into buf or, when reading, takes them from it. The same
// code does both, so that they cannot differ; what is written is only read, since
// others read it too. Strings that repeat are written once and then by number.
type coder struct {
	buf     []byte
	reading bool
	err     error
	numbers map[string]uint64 // writing: of the strings so far
	strings []string          // reading: by number
	shared  map[string]string // reading: one copy of each string for all chunks
}

func newEncoder() *coder { return &coder{buf: []byte{codeVersion}, numbers: map[string]uint64{}} }

func newDecoder(raw []byte, shared map[string]string) *coder {
	c := &coder{buf: raw, reading: true, shared: shared}
	if len(raw) == 0 || raw[0] != codeVersion {
		c.fail()
		return c
	}
	c.buf = raw[1:]
	return c
}

func (c *coder) fail() { c.err, c.buf = errCode, nil }

func (c *coder) uint(v *uint64) {
	if !c.reading {
		c.buf = binary.AppendUvarint(c.buf, *v)
		return
	}
	n, size := binary.Uvarint(c.buf)
	if size <= 0 {
		c.fail()
		return
	}
	*v, c.buf = n, c.buf[size:]
}

func (c *coder) int64(v *int64) {
	u := uint64(*v<<1) ^ uint64(*v>>63) // zigzag, as binary.AppendVarint does
	c.uint(&u)
	if c.reading {
		*v = int64(u>>1) ^ -int64(u&1)
	}
}

func (c *coder) int(v *int) {
	n := int64(*v)
	c.int64(&n)
	if c.reading {
		*v = int(n)
	}
}

func (c *coder) bool(v *bool) {
	n := 0
	if *v {
		n = 1
	}
	c.int(&n)
	if c.reading {
		*v = n == 1
	}
}

// time keeps nanoseconds and reads as UTC.
func (c *coder) time(v *time.Time) {
	var n int64
	if !c.reading && !v.IsZero() {
		n = v.UnixNano()
	}
	c.int64(&n)
	if c.reading {
		*v = time.Time{}
		if n != 0 {
			*v = time.Unix(0, n).UTC()
		}
	}
}

// text writes a string that seldom repeats.
func (c *coder) text(v *string) {
	n := uint64(len(*v))
	c.uint(&n)
	if !c.reading {
		c.buf = append(c.buf, *v...)
		return
	}
	if n > uint64(len(c.buf)) {
		c.fail()
		return
	}
	*v, c.buf = string(c.buf[:n]), c.buf[n:]
}

// word writes a string that often repeats: a number, or 0 and the string.
func (c *coder) word(v *string) {
	if !c.reading {
		n := c.numbers[*v]
		c.uint(&n)
		if n == 0 {
			c.numbers[*v] = uint64(len(c.numbers)) + 1
			c.text(v)
		}
		return
	}
	var n uint64
	c.uint(&n)
	switch {
	case c.err != nil:
	case n == 0:
		c.text(v)
		if one, ok := c.shared[*v]; ok {
			*v = one
		} else {
			c.shared[*v] = *v
		}
		c.strings = append(c.strings, *v)
	case n > uint64(len(c.strings)):
		c.fail()
	default:
		*v = c.strings[n-1]
	}
}

// codeList writes the length of a list and each of its elements. A nil list reads
// as nil and an empty one as empty.
func codeList[T any](c *coder, v *[]T, each func(*T)) {
	n := 0
	if *v != nil {
		n = len(*v) + 1
	}
	c.int(&n)
	if c.reading {
		*v = nil
		if n-1 > len(c.buf) {
			c.fail()
		}
		if n <= 0 || c.err != nil {
			return
		}
		*v = make([]T, n-1)
	}
	for i := range *v {
		each(&(*v)[i])
	}
}

func (c *coder) words(v *[]string) { codeList(c, v, c.word) }

// vm codes every field of a VM but its cluster and what is derived. A test finds
// a field that is missing here.
func (c *coder) vm(v *core.VM) {
	c.text(&v.Name)
	c.text(&v.UUID)
	c.word(&v.Status)
	state := string(v.State)
	c.word(&state)
	v.State = core.VMState(state)
	c.word(&v.AdminState)
	c.word(&v.Node)
	c.words(&v.Secondaries)
	c.word(&v.OS)
	c.word(&v.Hypervisor)
	c.word(&v.DiskTemplate)
	for _, n := range []*int{&v.VCPUs, &v.MemoryMiB, &v.MinMemoryMiB, &v.RunMemoryMiB, &v.DiskMiB, &v.ConsolePort} {
		c.int(n)
	}
	codeList(c, &v.Disks, func(d *core.Disk) {
		c.word(&d.Name)
		c.text(&d.UUID)
		c.int(&d.SizeMiB)
		c.int(&d.Spindles)
	})
	codeList(c, &v.NICs, func(n *core.NIC) {
		for _, s := range []*string{&n.Name, &n.Mode, &n.Link, &n.Network, &n.VLAN} {
			c.word(s)
		}
		for _, s := range []*string{&n.UUID, &n.MAC, &n.IP} {
			c.text(s)
		}
	})
	c.words(&v.Tags)
	c.time(&v.Created)
	c.time(&v.Modified)
	c.int64(&v.Serial)
	c.bool(&v.Gone)
}

// encodeVMs writes the VMs of a chunk.
func encodeVMs(vms []*core.VM) []byte {
	c := newEncoder()
	for _, v := range vms {
		one := *v
		c.vm(&one)
	}
	return c.buf
}

// decodeVMs reads the VMs of a chunk. shared holds one copy of each repeated
// string; the caller passes the same map for all chunks.
func decodeVMs(cluster string, raw []byte, shared map[string]string) ([]*core.VM, error) {
	c := newDecoder(raw, shared)
	var vms []*core.VM
	for c.err == nil && len(c.buf) > 0 {
		v := &core.VM{Cluster: cluster}
		c.vm(v)
		vms = append(vms, v)
	}
	if c.err != nil {
		return nil, c.err
	}
	for _, v := range vms {
		index(v)
	}
	return vms, nil
}
