package core

import (
	"context"
	"crypto/sha256"
	"sync"
	"sync/atomic"
	"time"
)

// Session is an authenticated person at work. It is all that a front end holds.
// It is safe for concurrent use; every method checks that it is still open.
type Session struct {
	core *Core
	info SessionInfo
	who  string // as allow knows the person: the user's name, or one that isLocal
	cred Credential

	parent   *Session // whose preview this is; nil: nobody's
	readOnly atomic.Bool
	actAs    atomic.Pointer[Ref] // what was chosen; nil: nothing
	changed  chan struct{}

	mu      sync.Mutex
	user    User // as last seen, for when the account is gone
	timer   *time.Timer
	done    chan struct{}
	shown   time.Time                // when a code of the second factor was shown last
	offered [sha256.Size]byte        // hash of the secret that BeginTOTP offered last; zero: none
	err     error                    // why it ended
	asked   map[AuditQuery]time.Time // when a question to the audit log was recorded

	recent recent // what Recent found last
}

// SessionInfo describes a live session.
type SessionInfo struct {
	ID    string    `json:"id"`
	User  string    `json:"user"`
	Addr  string    `json:"addr"`
	Key   string    `json:"key"`
	Via   string    `json:"via"` // "tui", "command", "local", "preview"
	Since time.Time `json:"since"`
}

// ID is a random word that marks the session in jobs and in the audit log.
func (s *Session) ID() string { return s.info.ID }

// User returns the person as they are now (rights may change during a session).
func (s *Session) User() User {
	if isLocal(s.who) {
		return localUser(s.who, s.info.Since)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if u, ok := s.core.people.Load().users[s.who]; ok {
		s.user = u
	}
	return s.user
}

// ReadOnly tells whether this session refuses every change.
func (s *Session) ReadOnly() bool { return s.readOnly.Load() }

// SetReadOnly makes the session refuse every change. It cannot be undone within
// the session.
func (s *Session) SetReadOnly() {
	s.readOnly.Store(true)
	s.core.vacate()
	s.tell()
}

// Done is closed when the session was ended: by Close, because the user was
// disabled or deleted, their key removed or expired, or the server stops.
func (s *Session) Done() <-chan struct{} { return s.done }

// Err says, for the person, why the session ended; nil while it is open.
func (s *Session) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Close ends the session. It may be called twice.
func (s *Session) Close() { s.core.end(ending{s, Errorf(CodeState, "the session was closed")}) }

// Changed holds a value after something that View shows may have changed.
// The channel has size 1, belongs to this session and has one reader.
func (s *Session) Changed() <-chan struct{} { return s.changed }

// tell puts a value into Changed where there is none.
func (s *Session) tell() { signal(s.changed) }

// Sessions returns the live sessions, oldest first: all for an administrator,
// else one's own.
func (s *Session) Sessions() []SessionInfo {
	if s.Err() != nil {
		return nil
	}
	all := s.isAdmin()
	var infos []SessionInfo
	for _, other := range s.core.sessions.list() {
		if all || other.actor() == s.who {
			infos = append(infos, other.info)
		}
	}
	return infos
}

// isAdmin tells whether the person is a site administrator now.
func (s *Session) isAdmin() bool { return s.core.people.Load().isAdmin(s.who) }

// reader checks that the session is open and returns the rights of now.
func (s *Session) reader(ctx context.Context) (*people, error) {
	if err := s.Err(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.core.people.Load(), nil
}
