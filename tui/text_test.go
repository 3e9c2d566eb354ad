package tui_test

import (
	"testing"
)

func TestTextPages(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		user  string
		keys  []string
		typed string
		then  []string
		want  []string
	}{
		"about":       {user: "admin", keys: []string{":"}, typed: "about", want: []string{"all › about", "gwm 1.0", "colours   16"}},
		"who am I":    {user: "ann", keys: []string{":"}, typed: "whoami", want: []string{"ann (Ann Operator)", "power, console on berlin/web1.example.org"}},
		"my groups":   {user: "bob", keys: []string{":"}, typed: "whoami", want: []string{"ops  operations", "see on berlin", "through group:ops"}},
		"raw VM":      {user: "ann", keys: []string{"2", "J"}, want: []string{"berlin › web1.example.org › raw", `"name": "web1.example.org"`}},
		"raw node":    {user: "bob", keys: []string{"3", "J"}, want: []string{`"role": "master"`}},
		"raw cluster": {user: "admin", keys: []string{"J"}, want: []string{`"name": "berlin"`, `"description": "production"`}},
		"raw job":     {user: "admin", keys: []string{"4", "J"}, want: []string{`"op": "`, `"title":`}},
		"search":      {user: "ann", keys: []string{"2", "J", "/"}, typed: "web1", then: []string{"n"}, want: []string{"/web1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sit(t, tt.user, func(d *desk) {
				d.Press(tt.keys...)
				if tt.typed != "" {
					d.Type(tt.typed)
					d.Press("enter")
				}
				d.Press(tt.then...)
				d.Shows(tt.want...)
			})
		})
	}
}

func TestRelatedLeadsOn(t *testing.T) {
	t.Parallel()
	sit(t, "bob", func(d *desk) {
		d.Command("vm web1.example.org")
		d.Press("o")
		d.Shows("Related", "node1.berlin.example.org")
		d.Press("enter")
		d.Shows("berlin › nodes › node1.berlin.example.org")
		d.Press("o")
		d.Hides("secondary node  node1")
		d.Press("esc", "3", "o", "enter")
		d.Shows("berlin › vms", "/node:node1.berlin.example.org", "web1 ")
		d.Hides("web2")
	})
}
