package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

func strayActions() []action {
	here := scope{Traits: traitStrays, Kinds: []core.Kind{core.KindVM}}
	page := func(word, title, help string, kind core.StrayKind) action {
		return action{
			ID: "go." + word, Word: word, Title: title, Help: help, Group: groupGo,
			Do: func(a *App, _ selection) tea.Cmd { return a.goTo(place{Page: pageStrays, Arg: string(kind)}) },
		}
	}
	return []action{
		{
			ID: "owner.import", Keys: []string{"I"}, Title: "import", Help: "Take owner and rights over from the tags of the VM, after a look at them.",
			Group: groupAct, Scope: here, Hint: 3,
			When: func(a *App, sel selection) string {
				if len(straysOf(a, sel, func(s *core.Stray) bool { return len(s.Tags) > 0 && s.Kind != core.StrayMissing })) == 0 {
					return "it has no tags that gwm wrote"
				}
				return mayOwn(a, sel)
			},
			Do: func(a *App, sel selection) tea.Cmd { return a.openVMsForm(wordOwnerImport, sel) },
		},
		{
			ID: "owner.forget", Keys: []string{"D"}, Title: "forget", Help: "Forget what gwm keeps about a VM that its cluster no longer lists.",
			Group: groupAct, Scope: scope{Traits: traitStrays, Without: traitRights | traitQuotas, Kinds: []core.Kind{core.KindVM}},
			When: func(a *App, sel selection) string {
				ops := forgetOps(a, sel)
				if len(ops) == 0 {
					return "its cluster still lists it"
				}
				if d := a.session.Can(ops[0]); !d.OK {
					return core.Printable(d.Why)
				}
				return ""
			},
			Do: func(a *App, sel selection) tea.Cmd {
				d := a.newTyped(forgetOps(a, sel)) // always typed: it cannot be taken back
				d.do = a.carryOut
				return a.pop(d)
			},
		},
		page("strays", "strays", "VMs without an owner, without rights, to import, missing, or with tags that differ.", ""),
		page("orphans", "orphans", "VMs that nobody owns.", core.StrayOrphan),
	}
}

// straysOf are the selected rows of the page of strays that fit.
func straysOf(a *App, sel selection, fits func(*core.Stray) bool) []*core.Stray {
	p, ok := a.front().(*straysPage)
	if !ok {
		return nil
	}
	var out []*core.Stray
	for _, s := range p.strays(sel) {
		if fits(s) {
			out = append(out, s)
		}
	}
	return out
}

func forgetOps(a *App, sel selection) []core.Op {
	var ops []core.Op
	for _, s := range straysOf(a, sel, func(s *core.Stray) bool { return s.Kind == core.StrayMissing }) {
		ops = append(ops, core.ForgetVM{VM: s.VM})
	}
	return ops
}

// strayProblem is a line of the overview about VMs that need attention; ok is
// false where nothing is to be said. Who uses no owners at all has no orphans.
func strayProblem(v *core.View, counts map[core.StrayKind]int) (problem, bool) {
	var words []string
	first := core.StrayKind("")
	for _, kind := range core.StrayKinds() {
		n := counts[kind]
		if n == 0 || kind == core.StrayUngoverned || kind == core.StrayOrphan && !v.AnyOwned() {
			continue
		}
		if first == "" {
			first = kind
		}
		word := fmt.Sprintf("%d %s", n, kind)
		if n > 1 && (kind == core.StrayOrphan || kind == core.StrayConflict) {
			word += "s"
		}
		words = append(words, word)
	}
	return problem{
		what: "VMs", why: strings.Join(words, ", "), warn: true, to: place{Page: pageStrays, Arg: string(first)},
	}, len(words) > 0
}
