package core_test

import (
	"testing"

	"gwm/core"
	"gwm/core/coretest"
)

// TestSetNodeRoleConflict holds that nothing is sent where the role is another
// than the person saw.
func TestSetNodeRoleConflict(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s, node := w.Login("admin"), core.NodeRef("berlin", "node3.berlin.example.org")
		n, ok := s.View().Node(node)
		if !ok {
			t.Fatal("there is no node3")
		}
		job := ended(t, s, w.Do(s, core.SetNodeRole{Node: node, Role: core.RoleRegular, Was: core.RoleOffline}), core.JobFailed)
		wantError(t, job.Error, core.CodeConflict, "node3.berlin.example.org is "+string(n.Role)+" now, no longer offline")
		submitted(t, w)
		ended(t, s, w.Do(s, core.SetNodeRole{Node: node, Role: core.RoleDrained, Was: n.Role}), core.JobDone)
		submitted(t, w, "NODE_ROLE node3.berlin.example.org")
	})
}
