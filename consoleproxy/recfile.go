package consoleproxy

import (
	"bufio"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"gwm/core"
)

// A recording is a file of sealed chunks: recMagic, then for each chunk its length
// in 4 bytes, whose highest bit marks the last one, and that many bytes of
// AES-256-GCM. The nonce is the number of the chunk, which is good because no key
// is used for two files; the number, the mark and the recording's ID are
// authenticated with it. So nobody who has no key reads, changes, reorders,
// exchanges or shortens a recording unnoticed.
const (
	recMagic = "gwm recording 1\n"
	recChunk = 64 << 10 // bytes of a chunk before it is sealed
	recLast  = 1 << 31
)

// recSeal seals and opens the chunks of one recording.
type recSeal struct {
	aead   cipher.AEAD
	id     string
	number uint64
}

func newRecSeal(id string, key core.Secret) (*recSeal, error) {
	raw, err := hex.DecodeString(key.Reveal())
	if err != nil {
		return nil, errors.New("the key of a recording is not 32 bytes in hex") // the cause might show some of it
	}
	if len(raw) != 32 {
		return nil, errors.New("the key of a recording is not 32 bytes in hex")
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return nil, fmt.Errorf("make the cipher of a recording: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("make the cipher of a recording: %w", err)
	}
	return &recSeal{aead: aead, id: id}, nil
}

// next is the nonce of the next chunk, and what is authenticated with it.
func (s *recSeal) next(last bool) (nonce, with []byte) {
	nonce = binary.BigEndian.AppendUint64(make([]byte, 4, 12), s.number)
	with = append([]byte(recMagic+s.id+"\n"), nonce...)
	if last {
		with = append(with, 1)
	}
	s.number++
	return nonce, with
}

// recWriter writes a recording.
type recWriter struct {
	out  io.Writer
	seal *recSeal
	size int64 // bytes written
}

func newRecWriter(out io.Writer, seal *recSeal) (*recWriter, error) {
	w := &recWriter{out: out, seal: seal}
	return w, w.put([]byte(recMagic))
}

func (w *recWriter) put(p []byte) error {
	n, err := w.out.Write(p)
	w.size += int64(n)
	return err
}

// write seals p, in as many chunks as it takes.
func (w *recWriter) write(p []byte) error {
	for len(p) > 0 {
		n := min(len(p), recChunk)
		if err := w.chunk(p[:n], false); err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}

// end writes the last chunk, which holds nothing.
func (w *recWriter) end() error { return w.chunk(nil, true) }

func (w *recWriter) chunk(p []byte, last bool) error {
	nonce, with := w.seal.next(last)
	head := uint32(len(p) + w.seal.aead.Overhead())
	if last {
		head |= recLast
	}
	frame := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(p)+w.seal.aead.Overhead()), head)
	return w.put(w.seal.aead.Seal(frame, nonce, p, with))
}

// recReader reads a recording and verifies it.
type recReader struct {
	in   *bufio.Reader
	file io.Closer
	seal *recSeal
	left []byte // opened and not read yet
	err  error
}

// newRecReader reads the beginning of a recording. It closes file where it fails.
func newRecReader(file io.ReadCloser, seal *recSeal) (*recReader, error) {
	r := &recReader{in: bufio.NewReader(file), file: file, seal: seal}
	magic := make([]byte, len(recMagic))
	if _, err := io.ReadFull(r.in, magic); err != nil || string(magic) != recMagic {
		_ = file.Close() // what is wrong with it counts
		return nil, r.damaged("it does not begin like one")
	}
	return r, nil
}

// Read reads on. What it returned was verified; the error of a recording whose end
// is missing comes after all that is there.
func (r *recReader) Read(p []byte) (int, error) {
	for len(r.left) == 0 && r.err == nil {
		r.left, r.err = r.chunk()
	}
	if len(r.left) == 0 {
		return 0, r.err
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

// chunk opens the next chunk; io.EOF after the last one.
func (r *recReader) chunk() ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r.in, head[:]); err != nil {
		return nil, r.cut(err)
	}
	size := binary.BigEndian.Uint32(head[:])
	last := size&recLast != 0
	size &^= recLast
	if overhead := r.seal.aead.Overhead(); int(size) < overhead || int(size) > recChunk+overhead {
		return nil, r.damaged("a part of it has an impossible size")
	}
	sealed := make([]byte, size)
	if _, err := io.ReadFull(r.in, sealed); err != nil {
		return nil, r.cut(err)
	}
	nonce, with := r.seal.next(last)
	plain, err := r.seal.aead.Open(sealed[:0], nonce, sealed, with)
	if err != nil {
		return nil, r.damaged("a part of it was changed, or is at the wrong place")
	}
	if !last {
		return plain, nil
	}
	if _, err := r.in.ReadByte(); !errors.Is(err, io.EOF) {
		return plain, r.damaged("something follows its end")
	}
	return plain, io.EOF
}

// Close closes the file.
func (r *recReader) Close() error { return r.file.Close() }

func (r *recReader) damaged(how string) error {
	return core.Errorf(core.CodeState, "the recording %s is damaged: %s", r.seal.id, how).
		WithHint("a backup of the file may be whole")
}

// cut is the error of a file that is not long enough.
func (r *recReader) cut(err error) error {
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("read the recording %s: %w", r.seal.id, err)
	}
	return core.Errorf(core.CodeState, "the recording %s has no end: gwm was stopped while it recorded this, or somebody cut it off", r.seal.id)
}
