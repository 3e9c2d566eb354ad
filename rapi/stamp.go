package rapi

import (
	"context"
	"hash/maphash"
	"net/url"

	"gwm/core"
)

// stampFields are asked for in this order; an answer has them in the same.
const stampFields = "name,status,admin_state,pnode,hypervisor,oper_ram,serial_no,mtime"

// Stamps calls yield with the fields of every VM that change often, by Ganeti's
// query resource. The error is CodeUnsupported where the cluster has none, or
// does not let this user use it (it needs a login even where other reads do not).
func (c *Client) Stamps(ctx context.Context, yield func(core.VMStamp) error) error {
	k := call{what: "ask for the state of the VMs", path: "/2/query/instance", query: url.Values{"fields": {stampFields}}}
	known := c.stamps.Swap(nil)
	if known == nil {
		known = &stampRows{seed: c.seed}
	}
	seen, n := interner{}, 0
	err := c.stream(ctx, k, "data", func(raw []byte) error {
		s, err := known.decode(n, raw, seen)
		if err != nil {
			return &contentErr{err}
		}
		n++
		return yield(s)
	})
	if err == nil {
		known.cut(n)
	}
	c.stamps.Store(known)
	return c.unsupported(err)
}

// stampRows remembers what the rows of the last answer were decoded to: most
// rows arrive with the same bytes, at the same place, each time.
type stampRows struct {
	seed maphash.Seed
	rows []stampRow
}

type stampRow struct {
	sum   uint64 // of the bytes
	stamp core.VMStamp
}

// decode is decodeStamp for the row with that index.
func (k *stampRows) decode(index int, raw []byte, seen interner) (core.VMStamp, error) {
	sum := maphash.Bytes(k.seed, raw)
	if index < len(k.rows) && k.rows[index].sum == sum {
		return k.rows[index].stamp, nil
	}
	s, err := decodeStamp(raw, seen)
	if err != nil {
		return s, err
	}
	row := stampRow{sum: sum, stamp: s}
	if index < len(k.rows) {
		k.rows[index] = row
	} else {
		k.rows = append(k.rows, row)
	}
	return s, nil
}

// cut forgets the rows that an answer of n did not have.
func (k *stampRows) cut(n int) {
	clear(k.rows[n:])
	k.rows = k.rows[:n]
}

// decodeStamp reads one row of a query: a list of [code, value], where a code
// other than 0 says that there is no value (2 no data, 3 not available now, 4
// the node is offline; 1 is an unknown field).
func decodeStamp(raw []byte, seen interner) (core.VMStamp, error) {
	var (
		s     core.VMStamp
		ram   bool
		c     = &cursor{b: raw}
		field = 0
	)
	if c.open('[') {
		for first := true; c.more(']', first); first = false {
			if code, ok := openCell(c); !ok {
				field++
				continue
			} else if code == 0 {
				ram = stampField(c, field, &s, seen) || ram
			} else {
				c.skip()
			}
			if c.more(']', false) {
				c.fail("a query result has more than a code and a value")
			}
			field++
		}
	}
	if err := c.finish(); err != nil {
		return s, err
	}
	if s.Name == "" {
		return s, &fieldError{field: "name", found: "nothing"}
	}
	s.State = vmState(s.Status)
	s.RunMemoryMiB = runMemory(s.RunMemoryMiB, ram, s.State)
	return s, nil
}

// openCell enters a [code, value] and stops before the value.
func openCell(c *cursor) (code int64, ok bool) {
	if !c.open('[') || !c.more(']', true) {
		return 0, false
	}
	code, _ = c.integer()
	if !c.more(']', false) {
		c.fail("a query result has no value")
		return 0, false
	}
	return code, true
}

// stampField reads the value of the field with that index in stampFields, and
// tells whether it was the memory in use.
func stampField(c *cursor, field int, s *core.VMStamp, seen interner) (ram bool) {
	switch field {
	case 0:
		s.Name = c.text(nil)
	case 1:
		s.Status = c.text(seen)
	case 2:
		s.AdminState = c.text(seen)
	case 3:
		s.Node = c.text(seen)
	case 4:
		s.Hypervisor = c.text(seen)
	case 5:
		var n int64
		n, ram = c.integer()
		s.RunMemoryMiB = int(n)
	case 6:
		s.Serial, _ = c.integer()
	case 7:
		s.Modified = c.time()
	default:
		c.skip()
	}
	return ram
}
