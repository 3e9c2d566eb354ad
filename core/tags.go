package core

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
)

// The tags of ours on a VM. They are stable: another gwm reads them, and so do
// people with gnt-instance list-tags.
//
//	gwm:owner:user:ann
//	gwm:grant:group:ops:power+console
//	gwm:grant:user:bob:see:until:2027-01-31T00:00:00Z:hours:mon-fri@08:00-18:00@Europe/Berlin
//	gwm:1/2:1f3a66c2:grant:...   one that is too long, in parts
//
// Ganeti accepts letters, digits and "_.+*/:@-" in a tag, and 128 characters.
// Ganeti Web Manager wrote gwm:owner:NUMBER; those are not ours.
const (
	tagPrefix = "gwm:"
	tagOwner  = "gwm:owner:"
	tagGrant  = "gwm:grant:"
	tagTime   = "2006-01-02T15:04:05Z"
	maxTag    = 128
	maxParts  = 9
)

// isTagOfOurs tells whether gwm wrote the tag, or somebody in its place.
func isTagOfOurs(tag string) bool {
	rest, ok := strings.CutPrefix(tag, tagPrefix)
	if !ok {
		return false
	}
	for _, head := range []string{"grant:", "owner:user:", "owner:group:"} {
		if strings.HasPrefix(rest, head) {
			return true
		}
	}
	return len(rest) > 3 && isDigit(rest[0]) && rest[1] == '/' && isDigit(rest[2]) && rest[3] == ':'
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// tagsOfOurs lists those of some tags that are ours, sorted.
func tagsOfOurs(tags []string) []string {
	var ours []string
	for _, tag := range tags {
		if isTagOfOurs(tag) {
			ours = append(ours, tag)
		}
	}
	slices.Sort(ours)
	return slices.Compact(ours)
}

// writeTags lists the tags that say who the owner of a VM is and what is granted
// on it, sorted.
func writeTags(owner Ref, grants []Grant) []string {
	var tags []string
	if !owner.IsZero() {
		tags = append(tags, splitTag(tagOwner+owner.String())...)
	}
	for _, g := range grants {
		tags = append(tags, splitTag(tagOfGrant(g))...)
	}
	slices.Sort(tags)
	return tags
}

// tagOfGrant writes a grant, however long.
func tagOfGrant(g Grant) string {
	words := make([]string, len(g.Verbs))
	for i, v := range g.Verbs {
		words[i] = string(v)
	}
	tag := tagGrant + g.Who.String() + ":" + strings.Join(words, "+")
	if !g.Until.IsZero() {
		tag += ":until:" + g.Until.UTC().Format(tagTime)
	}
	if !g.Hours.IsZero() {
		tag += ":hours:" + hoursToTag(g.Hours)
	}
	return tag
}

// hoursToTag writes hours without the blanks and commas that a tag cannot have.
func hoursToTag(h Hours) string {
	return strings.NewReplacer(", ", "*", " ", "@").Replace(h.String())
}

func tagToHours(s string) string {
	return strings.NewReplacer("*", ", ", "@", " ").Replace(s)
}

// splitTag cuts a tag that is longer than a cluster takes into parts, which carry
// their number and a sum over the whole.
func splitTag(tag string) []string {
	if len(tag) <= maxTag {
		return []string{tag}
	}
	text := strings.TrimPrefix(tag, tagPrefix)
	room := maxTag - len(partHead(1, 1, text))
	n := (len(text) + room - 1) / room
	parts := make([]string, 0, n)
	for i := range n {
		parts = append(parts, partHead(i+1, n, text)+text[i*room:min((i+1)*room, len(text))])
	}
	return parts
}

// partHead is what the parts of a long tag begin with.
func partHead(i, n int, text string) string {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(text))
	return fmt.Sprintf("%s%d/%d:%08x:", tagPrefix, i, n, sum.Sum32())
}

// joinTags lists the tags of ours with the parts of long ones put together. A
// part without the others stays as it is.
func joinTags(tags []string) []string {
	var whole []string
	parts := map[string][maxParts]string{}
	for _, tag := range tagsOfOurs(tags) {
		i, n, key, ok := readPart(tag)
		if !ok {
			whole = append(whole, tag)
			continue
		}
		have := parts[key]
		have[i-1] = tag
		parts[key] = have
		text := ""
		for k := range n {
			_, rest, _ := strings.Cut(strings.TrimPrefix(have[k], tagPrefix), ":")
			_, rest, _ = strings.Cut(rest, ":")
			text += rest
		}
		if slices.Contains(have[:n], "") || partHead(i, n, text) != tag[:len(partHead(i, n, text))] || len(tagPrefix+text) <= maxTag {
			continue
		}
		whole = append(whole, tagPrefix+text)
		delete(parts, key)
	}
	for _, left := range parts {
		for _, tag := range left {
			if tag != "" {
				whole = append(whole, tag)
			}
		}
	}
	return whole
}

// readPart reads the head of a part; key is the same for all parts of a tag.
func readPart(tag string) (i, n int, key string, ok bool) {
	number, rest, _ := strings.Cut(strings.TrimPrefix(tag, tagPrefix), ":")
	first, last, ok := strings.Cut(number, "/")
	if !ok || len(rest) < 9 || rest[8] != ':' {
		return 0, 0, "", false
	}
	i, err1 := strconv.Atoi(first)
	n, err2 := strconv.Atoi(last)
	if err1 != nil || err2 != nil || i < 1 || i > n || n > maxParts {
		return 0, 0, "", false
	}
	return i, n, last + ":" + rest[:8], true
}
