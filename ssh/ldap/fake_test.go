package ldap

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"sync"
	"testing"
)

// The tags of RFC 4511 that the tests need.
const (
	tagInt, tagString, tagEnum, tagSequence, tagSet = 0x02, 0x04, 0x0a, 0x30, 0x31

	opBindRequest, opBindResponse, opUnbind               = 0x60, 0x61, 0x42
	opSearchRequest, opSearchEntry, opSearchDone, opRefer = 0x63, 0x64, 0x65, 0x73
)

// tlv writes one BER element.
func tlv(tag byte, parts ...[]byte) []byte {
	var body []byte
	for _, p := range parts {
		body = append(body, p...)
	}
	n := len(body)
	return append([]byte{tag, 0x84, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, body...)
}

func text(s string) []byte { return tlv(tagString, []byte(s)) }

// result is a BindResponse or a SearchResultDone.
func result(op, code byte) []byte {
	return tlv(op, tlv(tagEnum, []byte{code}), text(""), text("the server's words \x1b[2J"))
}

// entry is a SearchResultEntry; pairs are an attribute and its value.
func entry(dn string, pairs ...string) []byte {
	var attributes []byte
	for i := 0; i < len(pairs); i += 2 {
		attributes = append(attributes, tlv(tagSequence, text(pairs[i]), tlv(tagSet, text(pairs[i+1])))...)
	}
	return tlv(opSearchEntry, text(dn), tlv(tagSequence, attributes))
}

// answer is what the fake server does about a request: the protocolOps that it
// sends, then raw bytes as they are; hang keeps the connection and says no more.
type answer struct {
	ops  [][]byte
	raw  []byte
	cut  bool
	hang bool
}

func ops(o ...[]byte) answer { return answer{ops: o} }

// request is what a client asked.
type request struct {
	op           byte
	dn, password string // of a bind
	n            int    // how many searches came before on the connection
}

// fake is a small LDAP server that answers as a test says.
type fake struct {
	url string

	mu    sync.Mutex
	binds []string // "DN PASSWORD"
}

func serve(t *testing.T, respond func(request) answer) *fake {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{url: "ldap://" + l.Addr().String()}
	var work sync.WaitGroup
	work.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			work.Go(func() { f.talk(conn, respond) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		work.Wait()
	})
	return f
}

func (f *fake) talk(conn net.Conn, respond func(request) answer) {
	defer func() { _ = conn.Close() }()
	in, searches := bufio.NewReader(conn), 0
	for {
		tag, body, err := element(in)
		if err != nil || tag != tagSequence {
			return
		}
		rest := bufio.NewReader(bytes.NewReader(body))
		_, id, _ := element(rest)
		op, content, err := element(rest)
		if err != nil || op == opUnbind {
			return
		}
		req := request{op: op, n: searches}
		switch op {
		case opBindRequest:
			fields := bufio.NewReader(bytes.NewReader(content))
			_, _, _ = element(fields)
			_, dn, _ := element(fields)
			_, password, _ := element(fields)
			req.dn, req.password = string(dn), string(password)
			f.mu.Lock()
			f.binds = append(f.binds, req.dn+" "+req.password)
			f.mu.Unlock()
		case opSearchRequest:
			searches++
		}
		a := respond(req)
		for _, o := range a.ops {
			if _, err := conn.Write(tlv(tagSequence, tlv(tagInt, id), o)); err != nil {
				return
			}
		}
		if _, err := conn.Write(a.raw); err != nil || a.cut {
			return
		}
		if a.hang {
			_, _ = io.Copy(io.Discard, in)
			return
		}
	}
}

func (f *fake) bound() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.binds...)
}

// element reads one BER element.
func element(r *bufio.Reader) (tag byte, body []byte, err error) {
	if tag, err = r.ReadByte(); err != nil {
		return 0, nil, err
	}
	first, err := r.ReadByte()
	if err != nil {
		return 0, nil, err
	}
	n := int(first)
	if first&0x80 != 0 {
		n = 0
		for range first & 0x7f {
			b, err := r.ReadByte()
			if err != nil {
				return 0, nil, err
			}
			n = n<<8 | int(b)
		}
	}
	body = make([]byte, n)
	_, err = io.ReadFull(r, body)
	return tag, body, err
}
