package consoleproxy

import (
	"errors"
	"time"

	"gwm/core"
)

// errUnrecorded ends a line that must be recorded and cannot be.
var errUnrecorded = errors.New("a console that must be recorded is not")

// record sees to it that the line is recorded as its cluster wants it. The error
// ends the line.
func (h *hub) record(s sitter) error {
	policy := s.Recording()
	h.mu.Lock()
	rec := h.rec
	h.mu.Unlock()
	switch {
	case policy == core.RecordingOff:
		h.stopRecording("")
		return nil
	case rec != nil:
		return nil
	}
	err := h.beginRecording(s)
	if over := s.Err(); over != nil {
		return over // somebody else does it
	}
	if err != nil {
		return h.unrecorded(policy, err)
	}
	return nil
}

func (h *hub) beginRecording(s sitter) error {
	reel, err := s.beginRecording(h.ctx)
	if err != nil {
		return err
	}
	h.mu.Lock()
	cols, rows := 80, 24
	if h.typist != nil {
		cols, rows = h.typist.cols, h.typist.rows
	}
	h.mu.Unlock()
	broken := make(chan error, 1)
	rec, err := h.board.startRecorder(reel, cols, rows, func(err error) { broken <- err })
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rec, h.broken, h.state.Recording = rec, broken, "on"
	if h.typist != nil {
		rec.typist(h.typist)
	}
	h.tell()
	return nil
}

// unrecorded takes note that a recording failed. The error ends the line.
func (h *hub) unrecorded(policy core.RecordingPolicy, err error) error {
	why := core.Printable(core.PlainCause(err).Error())
	h.board.log.Error("cannot record a console", "vm", h.vm.String(), "err", err)
	h.stopRecording(why)
	if policy != core.RecordingRequired {
		return nil
	}
	return &core.Error{
		Code: core.CodeInternal, Err: errUnrecorded,
		Message: "the console of " + h.vm.Name + " must be recorded, and that failed: " + why,
		Hint:    "ask the administrator to look at the directory of the recordings",
	}
}

// recordingBroke decides whether the line goes on without a recording.
func (h *hub) recordingBroke(why error) error {
	policy := core.RecordingRequired
	if s := h.sitter(); s != nil {
		policy = s.Recording()
	}
	return h.unrecorded(policy, why)
}

// stopRecording ends the recording, if there is one; state is what people see from
// then on.
func (h *hub) stopRecording(state string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.rec != nil {
		h.rec.stop()
		h.rec, h.broken = nil, nil
	}
	if h.state.Recording != state {
		h.state.Recording = state
		h.tell()
	}
}

// finishRecording ends the recording with the line; why there is none stays to be
// read.
func (h *hub) finishRecording() {
	h.mu.Lock()
	none := h.rec == nil
	h.mu.Unlock()
	if !none {
		h.stopRecording("")
	}
}

// reels are the events of the recording that run waits for: it broke, it is as
// large or as long as one may be.
func (h *hub) reels() (broken <-chan error, full <-chan struct{}, rest time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.rec == nil {
		return nil, nil, time.Duration(1<<63 - 1)
	}
	return h.broken, h.rec.full, h.board.cfg.RecordingTime - time.Since(h.rec.began)
}

// nextReel goes on in a new recording.
func (h *hub) nextReel() error {
	h.mu.Lock()
	old := h.rec
	h.rec, h.broken = nil, nil
	h.mu.Unlock()
	if old != nil {
		old.stop()
	}
	for s := h.sitter(); s != nil; s = h.sitter() {
		if err := h.record(s); err == nil || s.Err() == nil {
			return err
		}
	}
	return nil
}
