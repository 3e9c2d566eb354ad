package core

import (
	"maps"
	"slices"
	"strings"
)

// indexGroups derives in which groups each user is.
func (p *people) indexGroups() {
	p.groupsOf = map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(p.groups)) {
		for _, member := range p.groups[name].Members {
			p.groupsOf[member] = append(p.groupsOf[member], name)
		}
	}
}

// fewGrants is up to how many changed grants the lists of grants are mended; for
// more they are made anew.
const fewGrants = 16

// indexGrants makes the lists of grants follow what was put and deleted. own is
// that of step; it names the lists that are p's alone, too.
func (p *people) indexGrants(puts map[string][]byte, deletes []string, own map[string]bool) {
	keys := map[string]bool{}
	for key := range puts {
		keys[key] = true
	}
	for _, key := range deletes {
		keys[key] = true
	}
	ids, ok := grantIDs(keys)
	if !ok || len(ids) > fewGrants {
		p.listGrants()
		return
	}
	for _, id := range ids {
		g, ok := p.grants[id]
		follow(p.grantsOf, "of ", id.who, id, own)
		follow(p.grantsOn, "on ", id.on, id, own)
		if ok {
			p.grantsOf[id.who] = append(p.grantsOf[id.who], g)
			p.grantsOn[id.on] = append(p.grantsOn[id.on], g)
		}
	}
}

// listGrants makes the lists of grants anew.
func (p *people) listGrants() {
	p.grantsOf, p.grantsOn = map[Ref][]Grant{}, map[Ref][]Grant{}
	for _, g := range p.grants {
		p.grantsOf[g.Who] = append(p.grantsOf[g.Who], g)
		p.grantsOn[g.On] = append(p.grantsOn[g.On], g)
	}
}

// follow removes a grant from one of the lists of an index, which may grow after.
// Earlier pictures share a list that is not our own.
func follow(index map[Ref][]Grant, what string, of Ref, id grantID, own map[string]bool) {
	list, name := index[of], what+of.String()
	if !own[name] {
		list, own[name] = slices.Clone(list), true
	}
	if i := slices.IndexFunc(list, func(g Grant) bool { return g.Who == id.who && g.On == id.on }); i >= 0 {
		last := len(list) - 1
		list[i], list[last] = list[last], Grant{}
		list = list[:last]
	}
	if index[of] = list; len(list) == 0 {
		delete(index, of)
		delete(own, name)
	}
}

// grantsNamed lists the grants that store keys are of.
func (p *people) grantsNamed(keys map[string]bool) []grantID {
	if ids, ok := grantIDs(keys); ok {
		return ids
	}
	return named(p.grants, func(id grantID) bool { return keys[grantKey(id.who, id.on)] })
}

// grantIDs reads the store keys of grants among keys; ok is false where one cannot
// be read back.
func grantIDs(keys map[string]bool) (ids []grantID, ok bool) {
	for key := range keys {
		rest, isGrant := strings.CutPrefix(key, prefixGrant)
		if !isGrant {
			continue
		}
		name, object, _ := strings.Cut(rest, "/")
		who, err1 := ParseRef(name)
		on, err2 := ParseRef(object)
		if err1 != nil || err2 != nil || grantKey(who, on) != key {
			return nil, false
		}
		ids = append(ids, grantID{who, on})
	}
	return ids, true
}

// ownedNamed lists the VMs whose owner store keys are of.
func (p *people) ownedNamed(keys map[string]bool) []Ref {
	var vms []Ref
	for key := range keys {
		name, ok := strings.CutPrefix(key, prefixOwner)
		if !ok {
			continue
		}
		vm, err := ParseRef(name)
		if err != nil || ownerKey(vm) != key {
			return named(p.owners, func(vm Ref) bool { return keys[ownerKey(vm)] })
		}
		vms = append(vms, vm)
	}
	return vms
}

// named looks for keys one by one: for names that an earlier version stored and
// nobody can read back.
func named[K comparable, V any](m map[K]V, match func(K) bool) []K {
	var found []K
	for k := range m {
		if match(k) {
			found = append(found, k)
		}
	}
	return found
}
