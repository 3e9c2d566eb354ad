package core_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

// found writes hits in one line each.
func found(hits []core.Hit, more int) string {
	var b strings.Builder
	for _, h := range hits {
		b.WriteString(h.On.String())
		for _, by := range h.By {
			b.WriteString(" " + by.Field + "=" + by.Value)
		}
		b.WriteString("\n")
	}
	if more > 0 {
		fmt.Fprintf(&b, "and %d\n", more)
	}
	return b.String()
}

func TestSearchSaysByWhatItFound(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		admin := w.Login("admin")
		w.Do(admin, core.SetOwner{VM: core.VMRef(coretest.Berlin, coretest.Web1), Owner: core.GroupRef("ops")})
		w.Do(admin, core.EditNote{On: core.VMRef(coretest.Berlin, coretest.DB1), Text: "Mind the gap\nask Zelda first"})
		web1, _ := admin.View().VM(core.VMRef(coretest.Berlin, coretest.Web1))
		nic := web1.NICs[0]
		for _, c := range []struct {
			user, text string
			limit      int
			want       string
		}{
			{"admin", "web1", 10, "berlin/web1.example.org name=web1.example.org\n"},
			{"admin", "", 10, ""},
			{"admin", "nowhere", 10, ""},
			{"admin", "WEB1 " + nic.MAC, 10, "berlin/web1.example.org name=web1.example.org mac=" + nic.MAC + "\n"},
			{"admin", nic.IP, 10, "berlin/web1.example.org ip=" + nic.IP + "\n"},
			{"admin", "zelda db1", 10, "berlin/db1.example.org note=ask zelda first name=db1.example.org\n"},
			{"ann", "zelda", 10, ""},
			{"admin", "ops", 10, "berlin/web1.example.org owner=ops\n"},
			{"admin", web1.UUID, 10, "berlin/web1.example.org uuid=" + web1.UUID + "\n"},
			{"admin", "second site", 10, "paris description=second site description=second site\n"},
			{"admin", "web", 1, "berlin/web1.example.org name=web1.example.org\nand 1\n"},
			{"ann", "example", 10, "berlin/web1.example.org name=web1.example.org\n"}, // and no trace of the others
			{"ann", "node2", 10, "berlin/web1.example.org secondary=node2.berlin.example.org\n"},
			{"ann", "paris", 10, ""},
		} {
			s := w.Login(c.user)
			if diff := cmp.Diff(c.want, found(s.View().Search(c.text, c.limit))); diff != "" {
				t.Errorf("%s looks for %q: (-want +got)\n%s", c.user, c.text, diff)
			}
			s.Close()
		}
		first, _, _ := strings.Cut(found(admin.View().Search("node1", 100)), "\n")
		if !strings.Contains(first, "/node/node1.") {
			t.Errorf("node1 itself does not come first: %s", first)
		}
	})
}
