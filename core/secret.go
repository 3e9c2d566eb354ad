package core

import "log/slog"

// Secret is a text that must not be shown: a password, a token. It prints,
// formats, logs and marshals as dots; Reveal is the only way to the text. The
// store keeps it under a sealed key (see SealedPrefix), never inside another
// value.
//
// The text lies behind a pointer because fmt asks no methods of what an unexported
// field holds: there it prints an address. Two Secrets of one text are not equal.
type Secret struct{ text *string }

// NewSecret wraps text.
func NewSecret(text string) Secret { return Secret{&text} }

// Reveal returns the text. Callers are the store and the clients of clusters.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero tells whether the secret is empty.
func (s Secret) IsZero() bool { return s.Reveal() == "" }

const dots = "•••"

func (s Secret) String() string               { return dots }
func (s Secret) GoString() string             { return dots }
func (s Secret) LogValue() slog.Value         { return slog.StringValue(dots) }
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + dots + `"`), nil }
func (s Secret) MarshalText() ([]byte, error) { return []byte(dots), nil }

// UnmarshalJSON refuses: a secret never travels inside another value.
func (s *Secret) UnmarshalJSON([]byte) error {
	return Errorf(CodeInternal, "a secret cannot be read from JSON")
}
