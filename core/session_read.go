package core

import "context"

// Users returns the users that the person may see: all for an administrator,
// otherwise themselves and who shares a group with them.
func (s *Session) Users(ctx context.Context) ([]User, error) { panic("stub") }

// Groups returns the groups that the person may see: all for an administrator,
// otherwise those they are in or administer.
func (s *Session) Groups(ctx context.Context) ([]Group, error) { panic("stub") }

// Keys returns the keys of a user: one's own, or anybody's for an administrator.
func (s *Session) Keys(ctx context.Context, user string) ([]Key, error) { panic("stub") }

// Grants returns the grants that the person may see: all on objects that they
// administer, and their own and their groups'. Zero Refs do not restrict.
func (s *Session) Grants(ctx context.Context, who, on Ref) ([]Grant, error) { panic("stub") }

// Locks returns the locks on what the person may see.
func (s *Session) Locks(ctx context.Context) ([]Lock, error) { panic("stub") }

// Audit returns audit records that the person may read: everything for a site
// administrator, for others what concerns objects they administer, and
// themselves. Reading is recorded itself.
func (s *Session) Audit(ctx context.Context, q AuditQuery) ([]Record, error) { panic("stub") }

// VerifyAudit walks the whole chain. For site administrators. The error names
// the first record that does not fit.
func (s *Session) VerifyAudit(ctx context.Context) (records int64, err error) { panic("stub") }

// Prefs and SavePrefs keep a front end's settings for this user: a JSON object
// of at most 64 KiB.
func (s *Session) Prefs(ctx context.Context) ([]byte, error)         { panic("stub") }
func (s *Session) SavePrefs(ctx context.Context, prefs []byte) error { panic("stub") }
