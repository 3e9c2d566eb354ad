package core

import (
	"context"
	"time"
)

// Preview opens a session that sees just what a user sees and may change
// nothing, for a site administrator who wants to know. It ends with s. The audit
// log names the administrator.
func (s *Session) Preview(ctx context.Context, user string) (*Session, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	_, known := p.users[user]
	switch {
	case s.parent != nil:
		return nil, Errorf(CodeState, "this is a preview already").WithHint("leave it first")
	case !known || !s.holds(p, VerbSee, UserRef(user)):
		return nil, Unknown(KindUser, user)
	case !p.isAdmin(s.who):
		return nil, Errorf(CodeDenied, "only a site administrator may see what somebody else sees")
	}
	preview := s.core.newSession(s.cred, user)
	preview.parent, preview.info.Via = s, "preview"
	preview.readOnly.Store(true)
	r := s.record(EventRead, "preview")
	r.Target = UserRef(user)
	if err := s.core.recordAlone(ctx, r); err != nil {
		return nil, err
	}
	return s.core.admit(preview)
}

// Previewer names the administrator whose preview this session is; ok is false
// for a session of one's own.
func (s *Session) Previewer() (admin string, ok bool) {
	if s.parent == nil {
		return "", false
	}
	return s.parent.who, true
}

// actor is who answers for what happens in the session.
func (s *Session) actor() string {
	if s.parent != nil {
		return s.parent.who
	}
	return s.who
}

// invalidPreview says why a preview may not go on.
func (s *Session) invalidPreview(p *people, now time.Time) *Error {
	if _, ok := p.users[s.who]; !ok {
		return Errorf(CodeState, "the account %s was removed", s.who)
	}
	if !p.isAdmin(s.parent.who) {
		return Errorf(CodeDenied, "you are no site administrator any more")
	}
	if reason := s.parent.invalid(p, now); reason != nil {
		return reason
	}
	return AsError(s.parent.Err())
}

// previews lists the previews of sessions that end.
func (l *sessions) previews(which []ending) []ending {
	var more []ending
	for _, child := range l.list() {
		for _, e := range which {
			if child.parent == e.s {
				more = append(more, ending{child, e.reason})
			}
		}
	}
	return more
}
