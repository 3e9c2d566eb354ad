package core

import (
	"slices"
	"strings"
	"time"
)

// Claim is one thing that the tags of a VM say about its people: who its owner
// is, or what somebody was granted on it. Tags are not rights: whoever may write
// them on the cluster could write anything, so that a claim counts for nothing
// until an administrator of the cluster imports it.
type Claim struct {
	Tag   string    `json:"tag"`            // as it is written on the VM; of a long one, all of its parts put together
	Who   Ref       `json:"who,omitzero"`   // zero: the tag cannot be read
	Owner bool      `json:"owner"`          // they are the owner; otherwise they hold Verbs
	Verbs []Verb    `json:"verbs"`          // of a grant
	Until time.Time `json:"until,omitzero"` // of a grant, in whole seconds; zero: without end
	Hours Hours     `json:"hours,omitzero"` // of a grant; zero: always
	// Why says why it cannot be taken over by the person who looks; empty: it can.
	Why string `json:"why,omitempty"`
}

// String says for people what is claimed.
func (c Claim) String() string {
	switch {
	case c.Who.IsZero():
		return Printable(c.Tag)
	case c.Owner:
		return c.Who.String() + " is the owner"
	default:
		return c.Who.String() + " holds " + c.grant(Ref{}).words()
	}
}

// grant is the grant that is claimed.
func (c Claim) grant(on Ref) Grant {
	return Grant{Who: c.Who, On: on, Verbs: c.Verbs, Until: c.Until, Hours: c.Hours}
}

// readClaims reads the tags of ours among the tags of a VM, in the order of
// writing: the owner first, then grants, then what cannot be read. Two that
// contradict each other have a Why.
func readClaims(tags []string) []Claim {
	var claims []Claim
	for _, text := range joinTags(tags) {
		claims = append(claims, readClaim(text))
	}
	slices.SortStableFunc(claims, func(a, b Claim) int {
		if c := claimRank(a) - claimRank(b); c != 0 {
			return c
		}
		return strings.Compare(a.Tag, b.Tag)
	})
	type subject struct { // of which a VM has one claim; there is one owner, whoever it is
		who   Ref
		owner bool
	}
	of := func(c Claim) subject {
		if c.Owner {
			return subject{owner: true}
		}
		return subject{who: c.Who}
	}
	said := map[subject]int{} // counted, since who writes tags may write very many
	for _, c := range claims {
		said[of(c)]++
	}
	for i, c := range claims {
		if !c.Who.IsZero() && said[of(c)] > 1 {
			claims[i].Why = "the tags contradict each other"
		}
	}
	return claims
}

func claimRank(c Claim) int {
	switch {
	case c.Who.IsZero():
		return 2
	case c.Owner:
		return 0
	}
	return 1
}

// readClaim reads what tagOfOwner and tagOfGrant write.
func readClaim(tag string) Claim {
	bad := Claim{Tag: tag, Why: "gwm does not write such a tag"}
	rest, isOwner := strings.CutPrefix(tag, tagOwner)
	if !isOwner {
		rest = strings.TrimPrefix(tag, tagGrant)
	}
	kind, rest, _ := strings.Cut(rest, ":")
	name, rest, more := strings.Cut(rest, ":")
	who, err := ParseRef(kind + ":" + name)
	if err != nil || who.Kind != KindUser && who.Kind != KindGroup {
		return bad
	}
	if isOwner {
		if more {
			return bad
		}
		return Claim{Tag: tag, Who: who, Owner: true}
	}
	words, rest, _ := strings.Cut(rest, ":")
	c := Claim{Tag: tag, Who: who}
	for _, w := range strings.Split(words, "+") {
		if !slices.Contains(VerbsOn(KindVM), Verb(w)) {
			return bad
		}
		c.Verbs = append(c.Verbs, Verb(w))
	}
	if !c.readLimits(rest) || tagOfGrant(c.grant(Ref{})) != tag {
		return bad
	}
	return c
}

// readLimits reads "until:2027-01-31T00:00:00Z" and "hours:..." of a grant.
func (c *Claim) readLimits(text string) bool {
	if rest, ok := strings.CutPrefix(text, "until:"); ok {
		if len(rest) < len(tagTime) {
			return false
		}
		at, err := time.Parse(tagTime, rest[:len(tagTime)])
		if err != nil {
			return false
		}
		c.Until, text = at.UTC(), strings.TrimPrefix(rest[len(tagTime):], ":")
	}
	if rest, ok := strings.CutPrefix(text, "hours:"); ok {
		hours, err := ParseHours(tagToHours(rest))
		if err != nil || hours.IsZero() {
			return false
		}
		c.Hours, text = hours, ""
	}
	return text == ""
}

// judgeClaims says of each claim why nobody could take it over.
func (p *people) judgeClaims(claims []Claim) []Claim {
	for i := range claims {
		if c := &claims[i]; c.Why == "" && !p.has(c.Who) {
			c.Why = "there is no " + kindWord(c.Who.Kind) + " " + c.Who.Name
		}
	}
	return claims
}

// withinClaim says of a claim why a person cannot take it over: it would give
// more than they hold, or nothing any more.
func (p *people) withinClaim(c *Claim, vm Ref, who string, now time.Time) {
	if c.Why != "" || c.Owner {
		return
	}
	g := c.grant(vm)
	if g.Expired(now) {
		c.Why = "it ended at " + g.Until.Format(time.RFC3339)
		return
	}
	err := SetGrant{Who: g.Who, On: vm, Verbs: g.Verbs, Until: g.Until, Hours: g.Hours}.within(p, who, now)
	if err != nil {
		c.Why = AsError(err).Message
	}
}
