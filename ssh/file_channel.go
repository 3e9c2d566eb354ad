package ssh

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
	"gwm/ssh/command"
)

// fileRequest opens a file channel: the path as the person typed it, and whether
// the server writes it.
type fileRequest struct {
	Path  string
	Write bool
}

// fileResult says that everything was sent, or why not. A channel that ends
// without one was cut: its content is not complete. For a file that the server
// writes both sides send one.
type fileResult struct{ Problem string }

// remoteFiles are the files of the person at the control socket. It implements
// command.Files.
type remoteFiles struct {
	conn  gossh.Conn
	spawn func(func())
}

// Open implements command.Files.
func (r remoteFiles) Open(path string) (io.ReadCloser, error) { return r.open(path, false) }

// Create implements command.Files.
func (r remoteFiles) Create(path string) (command.File, error) {
	f, err := r.open(path, true)
	if err != nil {
		return nil, err
	}
	return writtenFile{f}, nil
}

func (r remoteFiles) open(path string, write bool) (*remoteFile, error) {
	ch, requests, err := r.conn.OpenChannel(fileChannel, gossh.Marshal(fileRequest{path, write}))
	if err != nil {
		return nil, openError(err)
	}
	f := &remoteFile{Channel: ch, result: make(chan error, 1)}
	r.spawn(func() { f.result <- awaitResult(requests) })
	return f, nil
}

// awaitResult returns how the other side's part ended.
func awaitResult(requests <-chan *gossh.Request) error {
	err := errors.New("the connection was cut")
	for req := range requests {
		var result fileResult
		ok := req.Type == resultRequest && gossh.Unmarshal(req.Payload, &result) == nil
		if req.WantReply {
			_ = req.Reply(ok, nil)
		}
		if !ok {
			continue
		}
		go gossh.DiscardRequests(requests) // ends with the channel
		if err = nil; result.Problem != "" {
			err = errors.New(core.Printable(result.Problem))
		}
		return err
	}
	return err
}

// remoteFile is a file that the server reads.
type remoteFile struct {
	gossh.Channel
	result chan error
}

// Read implements io.Reader. The end is an error where the file was cut.
func (f *remoteFile) Read(p []byte) (int, error) {
	n, err := f.Channel.Read(p)
	if n > 0 || !errors.Is(err, io.EOF) {
		return n, err
	}
	problem := <-f.result
	f.result <- problem
	if problem != nil {
		return 0, problem
	}
	return 0, io.EOF
}

// writtenFile is a file that the server writes.
type writtenFile struct{ *remoteFile }

// Keep implements command.File: it tells the client that the file is complete
// and returns whether it could keep it. Closing without it cuts the channel, and
// the client discards what it got.
func (f writtenFile) Keep() error {
	defer func() { _ = f.Close() }()
	if err := sendResult(f.Channel, nil); err != nil {
		return err
	}
	return <-f.result
}

func sendResult(ch gossh.Channel, problem error) error {
	var r fileResult
	if problem != nil {
		r.Problem = problem.Error()
	}
	if err := ch.CloseWrite(); err != nil {
		return fmt.Errorf("finish the file: %w", err)
	}
	if _, err := ch.SendRequest(resultRequest, false, gossh.Marshal(r)); err != nil {
		return fmt.Errorf("finish the file: %w", err)
	}
	return nil
}

// serveFile is the client's side of one file channel. Only paths that are
// permitted are opened: a server is not trusted with everything that the
// person could read.
func serveFile(offer gossh.NewChannel, permitted func(path string) bool) {
	var want fileRequest
	if gossh.Unmarshal(offer.ExtraData(), &want) != nil || !permitted(want.Path) {
		_ = offer.Reject(gossh.Prohibited, "the command line does not name that file")
		return
	}
	if want.Write {
		serveWrite(offer, want.Path)
		return
	}
	f, err := os.Open(want.Path)
	if err != nil {
		_ = offer.Reject(gossh.ConnectionFailed, core.PlainCause(err).Error())
		return
	}
	defer func() { _ = f.Close() }()
	ch, requests, err := offer.Accept()
	if err != nil {
		return
	}
	go gossh.DiscardRequests(requests) // ends with the channel
	defer func() { _ = ch.Close() }()
	_, err = io.Copy(ch, f)
	_ = sendResult(ch, err)
}

// serveWrite keeps what the server sends, when it is complete.
func serveWrite(offer gossh.NewChannel, path string) {
	f, err := command.LocalFiles{}.Create(path)
	if err != nil {
		_ = offer.Reject(gossh.ConnectionFailed, core.PlainCause(err).Error())
		return
	}
	defer func() { _ = f.Close() }()
	ch, requests, err := offer.Accept()
	if err != nil {
		return
	}
	defer func() { _ = ch.Close() }()
	var complete error
	var waiting sync.WaitGroup
	waiting.Go(func() { complete = awaitResult(requests) })
	_, err = io.Copy(f, ch)
	waiting.Wait()
	if err = errors.Join(err, complete); err == nil {
		err = f.Keep()
	}
	_ = sendResult(ch, err)
}

// readAtMost reads to the end, up to limit bytes.
func readAtMost(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("more than %d bytes", limit)
	}
	return data, err
}
