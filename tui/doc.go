// Package tui is the screen of gwm: one Bubble Tea model on one [core.Session].
//
// [App] is the only model; pages and popups are plain structs with methods that
// it calls. A key goes key -> mode (popup, filter line, page) -> binding -> action
// id -> action: no page ever sees a key. Keys, row menu, palette, help, hints and
// docs/keys.md derive from one table of actions.
//
// Update and View never wait: whatever may block is a command with a context and
// a deadline, and what it answers is dropped when its page is gone. Rights are
// decided by the session alone; the screen only shows what the session says.
package tui
