package tui

import (
	"context"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

func keyForms() []formKind { return []formKind{{Word: "key add", Make: makeKeyAdd}} }

// keysField takes public keys, one a line as in an authorized_keys file.
func keysField(when func(form.Values) bool) form.Field {
	return form.Field{
		Name: "keys", Label: "Keys", Kind: form.Lines, Placeholder: "ssh-ed25519 AAAA... ann@laptop", When: when,
		Help: "Public keys, one a line: paste ~/.ssh/id_ed25519.pub or a whole authorized_keys file.",
	}
}

// checkKeys says what is wrong with the keys that were pasted.
func checkKeys(v form.Values, needed bool) error {
	if !needed {
		return nil
	}
	if strings.TrimSpace(v["keys"]) == "" {
		return core.Errorf(core.CodeInvalid, "paste at least one public key")
	}
	keys, err := core.ParseKeys("the text", v["keys"])
	if err == nil && len(keys) == 0 {
		err = core.Errorf(core.CodeInvalid, "there is no key in it")
	}
	return err
}

func makeKeyAdd(ctx context.Context, s *core.Session, user string) (entryForm, error) {
	have, err := s.Keys(ctx, user)
	if err != nil {
		return entryForm{}, err
	}
	f := entryForm{Form: form.Form{
		Title: "Add keys to " + user, Save: "Add",
		Intro: "Who holds one of these keys may log in as " + user + ". There " + areKeys(len(have)) + " already.",
		Fields: []form.Field{
			keysField(nil),
			{Name: "expires", Label: "Expires", Kind: form.Until, Empty: "never", Placeholder: "+30d or 2026-12-24", Help: "From then on they log in no more."},
		},
		Check: func(v form.Values) map[string]error { return map[string]error{"keys": checkKeys(v, true)} },
	}}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		keys, err := core.ParseKeys("the text", v["keys"])
		if err != nil {
			return nil, err
		}
		var ops []core.Op
		for _, k := range keys {
			k.Expires = v.Until("expires")
			ops = append(ops, core.AddKey{User: user, Key: k})
		}
		return ops, nil
	}
	return f, nil
}

func areKeys(n int) string {
	if n == 1 {
		return "is 1 key"
	}
	return "are " + counted(n, "key")
}
