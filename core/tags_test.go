package core

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// legalTag is what Ganeti accepts (its VALID_TAG_RE and MAX_TAG_LEN).
var legalTag = regexp.MustCompile(`^[A-Za-z0-9_.+*/:@-]{1,128}$`)

func mustHours(t *testing.T, text string) Hours {
	t.Helper()
	h, err := ParseHours(text)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestTagsThatAreWritten(t *testing.T) {
	t.Parallel()
	until := time.Date(2027, 1, 31, 8, 30, 15, 999, time.UTC)
	long := strings.Repeat("very-", 12) + "long"
	week := "mon 08:00-09:00, tue 08:00-09:00, wed 08:00-09:00, thu 08:00-09:00, fri 08:00-09:00 America/Argentina/Buenos_Aires"
	for name, c := range map[string]struct {
		owner  Ref
		grants []Grant
		want   []string
	}{
		"nothing": {},
		"a user":  {owner: UserRef("ann"), want: []string{"gwm:owner:user:ann"}},
		"a group": {owner: GroupRef("ops"), want: []string{"gwm:owner:group:ops"}},
		"grants, sorted": {
			grants: []Grant{
				{Who: UserRef("bob"), Verbs: []Verb{VerbAdmin}},
				{Who: GroupRef("ops"), Verbs: []Verb{VerbPower, VerbConsole}},
			},
			want: []string{"gwm:grant:group:ops:power+console", "gwm:grant:user:bob:admin"},
		},
		"until, in whole seconds": {
			grants: []Grant{{Who: UserRef("bob"), Verbs: []Verb{VerbSee}, Until: until}},
			want:   []string{"gwm:grant:user:bob:see:until:2027-01-31T08:30:15Z"},
		},
		"hours": {
			grants: []Grant{{Who: UserRef("bob"), Verbs: []Verb{VerbSee}, Hours: mustHours(t, "mon-fri 08:00-18:00, sat 10:00-14:00 Etc/GMT+1")}},
			want:   []string{"gwm:grant:user:bob:see:hours:mon-fri@08:00-18:00*sat@10:00-14:00@Etc/GMT+1"},
		},
		"too long": {
			owner:  UserRef("ann"),
			grants: []Grant{{Who: GroupRef(long), Verbs: VerbsOn(KindVM), Until: until, Hours: mustHours(t, week)}},
			want: []string{
				"gwm:1/3:e352e931:grant:group:very-very-very-very-very-very-very-very-very-very-very-very-long:see+power+console+modify+remove+ta",
				"gwm:2/3:e352e931:gs+admin:until:2027-01-31T08:30:15Z:hours:mon@08:00-09:00*tue@08:00-09:00*wed@08:00-09:00*thu@08:00-09:00*fri@0",
				"gwm:3/3:e352e931:8:00-09:00@America/Argentina/Buenos_Aires",
				"gwm:owner:user:ann",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := writeTags(c.owner, c.grants)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			for _, tag := range got {
				if !legalTag.MatchString(tag) || !isTagOfOurs(tag) {
					t.Errorf("Ganeti or gwm does not know %q", tag)
				}
			}
			slices.Reverse(got)
			var owner Ref
			var grants []Grant
			for _, claim := range readClaims(append(got, "env:prod")) {
				if claim.Why != "" {
					t.Errorf("%q is not read again: %s", claim.Tag, claim.Why)
				}
				if claim.Owner {
					owner = claim.Who
				} else {
					grants = append(grants, claim.grant(Ref{}))
				}
			}
			for i := range c.grants {
				c.grants[i].Until = c.grants[i].Until.Truncate(time.Second)
			}
			byWho := func(a, b Grant) int { return strings.Compare(a.Who.String(), b.Who.String()) }
			slices.SortFunc(c.grants, byWho)
			slices.SortFunc(grants, byWho)
			if owner != c.owner || !cmp.Equal(grants, c.grants) {
				t.Errorf("read again: %v, %s", owner, cmp.Diff(c.grants, grants))
			}
		})
	}
}

func TestTagsThatSomebodyElseWrote(t *testing.T) {
	t.Parallel()
	const unread = "gwm does not write such a tag"
	parts := splitTag(tagOfGrant(Grant{Who: GroupRef(strings.Repeat("x", 64)), Verbs: VerbsOn(KindVM), Until: time.Unix(2e9, 0)}))
	for name, c := range map[string]struct {
		tags []string
		want []string // what is claimed, and why it is not believed
	}{
		"other tags":                {[]string{"env:prod", "gwm", "gwm:", "gwm:note", "GWM:owner:user:ann"}, nil},
		"of Ganeti Web Manager":     {[]string{"gwm:owner:17"}, nil},
		"two owners":                {[]string{"gwm:owner:user:ann", "gwm:owner:group:ops"}, []string{"group:ops is the owner: the tags contradict each other", "user:ann is the owner: the tags contradict each other"}},
		"two grants to one":         {[]string{"gwm:grant:user:ann:see", "gwm:grant:user:ann:admin"}, []string{"user:ann holds admin: the tags contradict each other", "user:ann holds see: the tags contradict each other"}},
		"owner and grant to one":    {[]string{"gwm:owner:user:ann", "gwm:grant:user:ann:admin"}, []string{"user:ann is the owner: ", "user:ann holds admin: "}},
		"the same twice":            {[]string{"gwm:owner:user:ann", "gwm:owner:user:ann"}, []string{"user:ann is the owner: "}},
		"an unknown verb":           {[]string{"gwm:grant:user:ann:root"}, []string{"gwm:grant:user:ann:root: " + unread}},
		"a verb of clusters":        {[]string{"gwm:grant:user:ann:create_vm"}, []string{"gwm:grant:user:ann:create_vm: " + unread}},
		"no verb":                   {[]string{"gwm:grant:user:ann:"}, []string{"gwm:grant:user:ann:: " + unread}},
		"a verb twice":              {[]string{"gwm:grant:user:ann:see+see+"}, []string{"gwm:grant:user:ann:see+see+: " + unread}},
		"to a cluster":              {[]string{"gwm:grant:cluster:berlin:admin"}, []string{"gwm:grant:cluster:berlin:admin: " + unread}},
		"more behind an owner":      {[]string{"gwm:owner:user:ann:x"}, []string{"gwm:owner:user:ann:x: " + unread}},
		"no such time":              {[]string{"gwm:grant:user:ann:see:until:2027-13-31T00:00:00Z"}, []string{"gwm:grant:user:ann:see:until:2027-13-31T00:00:00Z: " + unread}},
		"no such hours":             {[]string{"gwm:grant:user:ann:see:hours:never"}, []string{"gwm:grant:user:ann:see:hours:never: " + unread}},
		"the first part is missing": {parts[1:], []string{parts[1] + ": " + unread}},
		"another part":              {[]string{parts[0], strings.Replace(parts[1], "Z", "Y", 1)}, []string{parts[0] + ": " + unread, strings.Replace(parts[1], "Z", "Y", 1) + ": " + unread}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, claim := range readClaims(c.tags) {
				got = append(got, claim.String()+": "+claim.Why)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// FuzzReadClaims holds that nothing that a tag can say is believed unless gwm
// would write just that, and that what is read is safe to show.
func FuzzReadClaims(f *testing.F) {
	for _, s := range []string{
		"gwm:owner:user:ann", "gwm:grant:group:ops:power+console", "gwm:owner:17", "gwm:1/2:00000000:x gwm:2/2:00000000:y",
		"gwm:grant:user:bob:see:until:2027-01-31T00:00:00Z:hours:mon-fri@08:00-18:00@Europe/Berlin", "gwm:9/9:aaaaaaaa:",
		"gwm:grant:user:\x1b[2J:see", "gwm:grant:user:a:see:until:0000-00-00T00:00:00Z", "gwm:grant::: gwm:owner:user:",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tags := strings.Fields(s)
		for _, c := range readClaims(tags) {
			if Printable(c.String()) != c.String() {
				t.Errorf("%q is shown as %q", c.Tag, c.String())
			}
			if c.Why != "" {
				continue
			}
			var again []string
			if c.Owner {
				again = writeTags(c.Who, nil)
			} else {
				again = writeTags(Ref{}, []Grant{c.grant(Ref{})})
			}
			for _, tag := range again {
				if !slices.Contains(tags, tag) || !legalTag.MatchString(tag) {
					t.Errorf("%q is believed to say %v, which gwm would write %q", s, c, again)
				}
			}
		}
	})
}
