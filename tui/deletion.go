package tui

import (
	"context"
	"fmt"
	"strings"

	"gwm/core"
)

// deletionNotes says what goes and what stays with users or groups that are to be
// deleted, in numbers.
func deletionNotes(ctx context.Context, s *core.Session, v *core.View, ops []core.Op) ([]string, error) {
	list, err := readRoster(ctx, s, v.PeopleRev())
	if err != nil {
		return nil, err
	}
	var sum loss
	for _, op := range ops {
		who := op.Spec().Target
		if err := sum.add(ctx, s, v, &list, who); err != nil {
			return nil, err
		}
	}
	return sum.sentences(ops[0].Spec().Target.Kind), nil
}

// loss counts what is lost with somebody.
type loss struct{ keys, live, groups, members, rights, vms int }

func (l *loss) add(ctx context.Context, s *core.Session, v *core.View, list *roster, who core.Ref) error {
	grants, err := s.Grants(ctx, who, core.Ref{})
	if err != nil {
		return err
	}
	l.rights += len(grants)
	for _, u := range v.Usage(who) {
		l.vms += u.Owned
	}
	if who.Kind == core.KindGroup {
		g, _ := list.group(who.Name)
		l.members += len(g.Members)
		return nil
	}
	l.keys += list.keys[who.Name]
	l.live += len(list.live[who.Name])
	l.groups += len(list.groupsOf(who.Name))
	return nil
}

// sentences tell what goes, and what stays.
func (l *loss) sentences(kind core.Kind) []string {
	var goes []string
	add := func(n int, one string) {
		if n > 0 {
			goes = append(goes, counted(n, one))
		}
	}
	add(l.keys, "key")
	add(l.rights, "right")
	add(l.groups, "membership")
	add(l.live, "live session")
	out := []string{"Goes: " + strings.Join(goes, ", ") + "."}
	switch {
	case kind == core.KindGroup && l.members > 0:
		out[0] = fmt.Sprintf("Goes: %s; %s lose them.", strings.Join(append(goes, "quotas"), ", "), counted(l.members, "member"))
	case len(goes) == 0:
		out[0] = "Goes: nothing but the name."
	}
	switch l.vms {
	case 0:
		out = append(out, "Stays: what the audit log says. No VM is owned.")
	case 1:
		out = append(out, "Stays: what the audit log says, and 1 VM, which becomes an orphan: nobody owns it and no quota counts it.")
	default:
		out = append(out, fmt.Sprintf("Stays: what the audit log says, and %d VMs, which become orphans: nobody owns them and no quota counts them.", l.vms))
	}
	return out
}
