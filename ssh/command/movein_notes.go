package command

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"gwm/core"
	"gwm/ssh/command/gwmdump"
)

// planNotes carries over what people wrote about VMs. A note that stands on a VM
// here is kept.
func (m *move) planNotes() {
	seen := map[core.Ref]bool{}
	for _, v := range m.dump.VMs {
		text := noteHere(v.Note)
		if text == "" {
			continue
		}
		name, first := v.Cluster+"/"+v.Name, cutText(text, 80)
		vm, why := m.objectHere(gwmdump.Object{Cluster: v.Cluster, VM: v.Name})
		switch now, has := m.view.Note(vm); {
		case why != "":
			m.cannot("note", name, why+": "+first)
		case seen[vm]:
			m.cannot("note", name, "there are two of them: "+first)
		case has && now.Text == text:
			m.same("note", vm.String())
		case has:
			m.differs("note", vm.String(), quoted(now.Text), quoted(text))
		case utf8.RuneCountInString(text) > core.MaxNote:
			m.cannot("note", vm.String(), fmt.Sprintf("it has %d characters, a note here at most %d: %s", utf8.RuneCountInString(text), core.MaxNote, first))
		default:
			none := ""
			m.add("note", vm.String(), first, core.EditNote{On: vm, Text: text, Was: &none})
		}
		seen[vm] = seen[vm] || why == ""
	}
}

// quoted is the beginning of a note, so that one that only goes on otherwise does
// not look the same.
func quoted(note string) string {
	return fmt.Sprintf("%q (%d characters)", cutText(note, 40), utf8.RuneCountInString(note))
}

// noteHere is a note as gwm keeps one: lines that can be shown, without empty
// space around them.
func noteHere(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(core.Printable(line), " ")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
