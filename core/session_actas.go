package core

import "slices"

// ActAs is on whose behalf the person works: themselves, or one of their groups.
// It decides who owns what they make and whose quota that is charged to; their
// rights are the same whatever it is.
func (s *Session) ActAs() Ref {
	self := UserRef(s.who)
	as := s.actAs.Load()
	if as == nil || !slices.Contains(s.core.people.Load().subjects(s.who), *as) {
		return self // also when they were taken out of the group
	}
	return *as
}

// Personas lists on whose behalf the person may work: themselves, then their
// groups by name.
func (s *Session) Personas() []Ref { return s.core.people.Load().subjects(s.who) }

// SetActAs chooses one of Personas, for this session. The error is CodeNotFound
// for anybody else.
func (s *Session) SetActAs(who Ref) error {
	if !slices.Contains(s.Personas(), who) {
		if who.Kind == KindGroup {
			return Errorf(CodeNotFound, "you are in no group named %q", Printable(who.Name)).WithHint("yours are: %s", s.groupWords())
		}
		return Errorf(CodeInvalid, "%s is neither you nor a group of yours", Printable(who.String())).WithHint("yours are: %s", s.groupWords())
	}
	s.actAs.Store(&who)
	s.tell()
	return nil
}

func (s *Session) groupWords() string {
	var names []string
	for _, r := range s.Personas()[1:] {
		names = append(names, r.String())
	}
	if len(names) == 0 {
		return "none"
	}
	return joinWords(names)
}
