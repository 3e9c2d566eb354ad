package core

import (
	"cmp"
	"slices"
	"strings"
)

// Hit is an object that a search found, and by what.
type Hit struct {
	On Ref   `json:"on"`
	By []Why `json:"by"` // the field of each word, in the order of the words
}

// Why is a field of an object in which a word was found.
type Why struct {
	Field string `json:"field"` // "name", "ip", "mac", "os", "owner", "node", "tag", ... as filters call it
	Value string `json:"value"`
}

// Fields in which words are looked for, the ones that say most first.
var (
	vmSearch      = []string{"name", "ip", "mac", "owner", "tag", "os", "node", "secondary", "network", "note", "uuid", "hypervisor", "state", "cluster"}
	nodeSearch    = []string{"name", "ip", "tag", "group", "note", "role", "uuid", "cluster"}
	clusterSearch = []string{"name", "description", "own name", "tag", "note"}
)

// searchWeighed is how many hits are put in order; of what is beyond only VMs
// whose names begin with the first word are, the others are counted.
const searchWeighed = 5000

// Search finds clusters, VMs and nodes that hold every word in some field: in
// upper or lower case, whole or in part. The best come first: whole names, then
// beginnings of names, then other fields; at most limit of them. more is how many
// there are beyond. No words find nothing.
func (v *View) Search(text string, limit int) (hits []Hit, more int) {
	words := strings.Fields(strings.ToLower(text))
	if len(words) == 0 {
		return nil, 0
	}
	s := search{words: words}
	for i := range v.clusters {
		c := &v.clusters[i]
		s.look(ClusterRef(c.Cluster.Name), clusterSearch, func(field string) []string { return v.clusterWords(c, field) })
	}
	for _, n := range v.nodes.all {
		s.look(n.Ref(), nodeSearch, func(field string) []string {
			if field == "note" {
				return v.noteLines(n.Ref())
			}
			values, _ := n.FilterField(field)
			return values
		})
	}
	texts := v.VMTexts()
	for i, vm := range v.vms.all {
		owner := v.OwnerOf(vm)
		if !s.may(texts[i], vm, owner) && !s.noted(v.noteLines(vm.Ref())) {
			continue
		}
		if len(s.found) >= searchWeighed && !strings.HasPrefix(texts[i], words[0]) { // a text begins with the name
			more++
			continue
		}
		s.look(vm.Ref(), vmSearch, func(field string) []string {
			switch field {
			case "owner":
				return lower(owner.Name)
			case "note":
				return v.noteLines(vm.Ref())
			}
			values, _ := vm.FilterField(field)
			return values
		})
	}
	slices.SortFunc(s.found, func(a, b ranked) int {
		return cmp.Or(a.rank-b.rank, strings.Compare(string(a.On.Kind), string(b.On.Kind)), strings.Compare(a.On.Name, b.On.Name), strings.Compare(a.On.Cluster, b.On.Cluster))
	})
	for _, f := range s.found[:min(limit, len(s.found))] {
		hits = append(hits, f.Hit)
	}
	return hits, more + len(s.found) - len(hits)
}

// clusterWords are the values of a field of a cluster.
func (v *View) clusterWords(c *ClusterSummary, field string) []string {
	switch field {
	case "name":
		return lower(c.Cluster.Name)
	case "description":
		return lower(c.Cluster.Description)
	case "own name":
		return lower(c.Info.Name)
	case "tag":
		return lower(c.Info.Tags...)
	case "note":
		return v.noteLines(ClusterRef(c.Cluster.Name))
	}
	return nil
}

// noteLines are the lines of the note on an object that the person sees.
func (v *View) noteLines(on Ref) []string {
	if len(v.people.notes) == 0 {
		return nil
	}
	n, ok := v.people.notes[on]
	if !ok {
		return nil
	}
	return lower(strings.Split(n.Text, "\n")...)
}

// search is a search under way.
type search struct {
	words []string
	found []ranked
}

// ranked is a hit with how good it is, 0 the best.
type ranked struct {
	Hit
	rank int
}

// may tells quickly whether a VM can hold every word: most hold none.
func (s *search) may(text string, vm *VM, owner Ref) bool {
	for _, w := range s.words {
		if !strings.Contains(text, w) && !strings.Contains(strings.ToLower(owner.Name), w) &&
			!anyHolds(vm.Secondaries, w) && !strings.Contains(vm.UUID, w) && !vm.onNetwork(w) {
			return false
		}
	}
	return true
}

// noted tells whether a note holds a word: then the rest may be elsewhere.
func (s *search) noted(lines []string) bool {
	return slices.ContainsFunc(s.words, func(w string) bool { return anyHolds(lines, w) })
}

func anyHolds(values []string, word string) bool {
	return slices.ContainsFunc(values, func(s string) bool { return strings.Contains(s, word) })
}

func (v *VM) onNetwork(word string) bool {
	return slices.ContainsFunc(v.NICs, func(n NIC) bool { return strings.Contains(strings.ToLower(n.Network), word) })
}

// look adds an object where each word is in one of its fields.
func (s *search) look(on Ref, fields []string, values func(field string) []string) {
	h := ranked{Hit: Hit{On: on}}
	for _, w := range s.words {
		why, rank := whyOf(w, fields, values)
		if rank < 0 {
			return
		}
		h.By, h.rank = append(h.By, why), max(h.rank, rank)
	}
	s.found = append(s.found, h)
}

// whyOf is the first field that holds a word, with the best of its values.
func whyOf(word string, fields []string, values func(field string) []string) (why Why, best int) {
	best = -1
	for i, field := range fields {
		for _, value := range values(field) {
			if r := rankOf(word, value, i); r >= 0 && (best < 0 || r < best) {
				best, why = r, Why{field, value}
			}
		}
		if best >= 0 {
			break
		}
	}
	return why, best
}

// The ranks of a word in a field: of a name whole, its beginning, or a part; of
// another field whole or a part, which count alike for every field. -1: it is not
// in it.
func rankOf(word, value string, field int) int {
	at := strings.Index(value, word)
	switch {
	case at < 0:
		return -1
	case field > 0 && value == word:
		return 3
	case field > 0:
		return 4
	case at > 0:
		return 2
	case len(value) == len(word) || value[len(word)] == '.':
		return 0
	}
	return 1
}
