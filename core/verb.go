package core

import "slices"

// Verb is one thing that a grant allows. The names follow Ganeti Web Manager's
// permissions.
type Verb string

// The verbs that can be granted. On the object itself any verb gives VerbSee,
// and VerbAdmin gives every verb (see gives). From a cluster a verb reaches its
// VMs and nodes only as far as givesVM and givesNode say.
const (
	VerbSee          Verb = "see"
	VerbPower        Verb = "power"
	VerbConsole      Verb = "console"
	VerbModify       Verb = "modify"
	VerbRemove       Verb = "remove"
	VerbTags         Verb = "tags"
	VerbAdmin        Verb = "admin"
	VerbCreateVM     Verb = "create_vm"
	VerbMigrate      Verb = "migrate"
	VerbExport       Verb = "export"
	VerbReplaceDisks Verb = "replace_disks"
)

// The verbs that cannot be granted. VerbManage is to change what gwm itself keeps
// about a cluster or a VM: its settings, and who has rights on it. Who holds
// VerbAdmin holds it; read-only does not stop it, since nothing changes on the
// cluster. VerbLock is to set and lift locks: site administrators hold it, and a
// lock does not take it away.
const (
	VerbManage Verb = "manage"
	VerbLock   Verb = "lock"
)

// gives tells whether holding a verb on an object gives want on the same object.
func gives(held, want Verb) bool {
	switch {
	case want == VerbLock:
		return false
	case held == VerbAdmin || want == VerbSee:
		return true
	}
	return held == want
}

// givesVM tells whether holding a verb on a cluster gives want on its VMs.
// VerbSee shows them; VerbMigrate, VerbExport and VerbReplaceDisks act on them and so
// show them too; VerbAdmin gives everything. VerbCreateVM and VerbTags show the
// cluster only: who may create VMs must not thereby see everybody's.
func givesVM(held, want Verb) bool {
	switch held {
	case VerbAdmin:
		return want != VerbLock
	case VerbSee, VerbMigrate, VerbExport, VerbReplaceDisks:
		return want == VerbSee || want == held
	default:
		return false
	}
}

// givesNode tells whether holding a verb on a cluster gives want on its nodes.
// Every cluster verb shows the nodes, VerbMigrate may empty them.
func givesNode(held, want Verb) bool {
	return gives(held, want) && (held == VerbAdmin || want == VerbSee || want == VerbMigrate)
}

// VerbsOn lists the verbs that can be granted on an object of kind k, in the
// order in which screens show them; nil where nothing can be granted.
func VerbsOn(k Kind) []Verb {
	switch k {
	case KindVM:
		return []Verb{VerbSee, VerbPower, VerbConsole, VerbModify, VerbRemove, VerbTags, VerbAdmin}
	case KindCluster:
		return []Verb{VerbSee, VerbCreateVM, VerbMigrate, VerbExport, VerbReplaceDisks, VerbTags, VerbAdmin}
	case KindGroup:
		return []Verb{VerbAdmin}
	default:
		return nil
	}
}

// Role is a named set of verbs for grants.
type Role struct {
	Name  string
	Title string
	Verbs map[Kind][]Verb // per kind of object; a kind that is missing cannot be granted with this role
}

// Roles lists the built-in roles.
func Roles() []Role {
	return []Role{
		{"viewer", "may look", map[Kind][]Verb{KindVM: {VerbSee}, KindCluster: {VerbSee}}},
		{"operator", "may start, stop and open the console", map[Kind][]Verb{KindVM: {VerbPower, VerbConsole}}},
		{"manager", "may change everything but who has rights", map[Kind][]Verb{
			KindVM: {VerbPower, VerbConsole, VerbModify, VerbRemove, VerbTags},
		}},
		{"creator", "may create VMs", map[Kind][]Verb{KindCluster: {VerbCreateVM}}},
		{"admin", "may do everything, and give rights", map[Kind][]Verb{
			KindVM: {VerbAdmin}, KindCluster: {VerbAdmin}, KindGroup: {VerbAdmin},
		}},
	}
}

// ParseVerbs reads a list of role names and verbs for an object of kind k and
// returns the verbs, each once, in VerbsOn order. The error is an *Error with
// CodeInvalid that lists what is possible.
func ParseVerbs(k Kind, words []string) ([]Verb, error) {
	allowed := VerbsOn(k)
	if allowed == nil {
		return nil, Errorf(CodeInvalid, "nothing can be granted on a %s", kindWord(k)).
			WithHint("grant on a cluster, a VM or a group")
	}
	set := map[Verb]bool{}
	for _, w := range words {
		switch role := roleVerbs(k, w); {
		case role != nil:
			for _, v := range role {
				set[v] = true
			}
		case slices.Contains(allowed, Verb(w)):
			set[Verb(w)] = true
		default:
			return nil, Errorf(CodeInvalid, "%q is neither a role nor a verb for a %s", Printable(w), kindWord(k)).
				WithHint("roles: %s; verbs: %s", joinWords(roleNames(k)), joinWords(allowed))
		}
	}
	var verbs []Verb
	for _, v := range allowed {
		if set[v] {
			verbs = append(verbs, v)
		}
	}
	if len(verbs) == 0 {
		return nil, Errorf(CodeInvalid, "no verb is given").WithHint("roles: %s; verbs: %s", joinWords(roleNames(k)), joinWords(allowed))
	}
	return verbs, nil
}

func roleVerbs(k Kind, name string) []Verb {
	for _, r := range Roles() {
		if r.Name == name {
			return r.Verbs[k]
		}
	}
	return nil
}

func roleNames(k Kind) []string {
	var names []string
	for _, r := range Roles() {
		if r.Verbs[k] != nil {
			names = append(names, r.Name)
		}
	}
	return names
}

func joinWords[S ~string](words []S) string {
	out := ""
	for i, w := range words {
		if i > 0 {
			out += ", "
		}
		out += string(w)
	}
	return out
}
