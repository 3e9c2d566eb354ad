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

// TestNodeOpsRefuse: what makes no sense is refused as it is written.
func TestNodeOpsRefuse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n1 := core.NodeRef("berlin", "n1")
	tests := []struct {
		name string
		op   core.Op
		code core.Code
		text string
	}{
		{"edit nothing", core.EditNode{Node: n1}, core.CodeInvalid, "nothing of"},
		{"allow two things", core.EditNode{Node: n1, VMCapable: new(true), MasterCapable: new(true)}, core.CodeInvalid, "one more thing at a time"},
		{"edit what is none", core.EditNode{Node: n1, Params: []core.ParamEdit{{Name: "colour", Value: "red"}}}, core.CodeInvalid, "no parameter colour of its own"},
		{"set a program of the master", core.EditNode{Node: n1, Params: []core.ParamEdit{{Name: "oob_program", Value: "/bin/sh"}}}, core.CodeInvalid, "no parameter oob_program of its own"},
		{"edit twice", core.EditNode{Node: n1, Params: []core.ParamEdit{{Name: "ovs", Value: "true"}, {Name: "ovs", Inherit: true}}}, core.CodeInvalid, "set twice"},
		{"edit both ways", core.EditNode{Node: n1, Params: []core.ParamEdit{{Name: "ovs", Value: "true", Inherit: true}}}, core.CodeInvalid, "inherited too"},
		{"edit to the word", core.EditNode{Node: n1, Params: []core.ParamEdit{{Name: "ovs_name", Value: "default"}}}, core.CodeInvalid, "its own word"},
		{"edit to two lines", core.EditNode{Node: n1, Params: []core.ParamEdit{{Name: "ovs_name", Value: "a\nb"}}}, core.CodeInvalid, "cannot be shown"},
		{"no tag", core.TagNode{Node: n1}, core.CodeInvalid, "no tag is named"},
		{"a tag of ours", core.TagNode{Node: n1, Tags: []string{"gwm:owner:user:ann"}}, core.CodeInvalid, "gwm's own"},
		{"take a tag of ours", core.UntagNode{Node: n1, Tags: []string{"gwm:owner:user:ann"}}, core.CodeInvalid, "gwm's own"},
		{"a tag with spaces", core.TagNode{Node: n1, Tags: []string{"rack 7"}}, core.CodeInvalid, "is not a tag"},
		{"close a directory", core.SetStorage{Node: n1, Type: "file", Name: "/srv"}, core.CodeInvalid, "kind file cannot be changed"},
		{"close nothing", core.SetStorage{Node: n1, Type: core.StorageVolume}, core.CodeInvalid, "no storage of berlin/node/n1 is named"},
		{"repair a directory", core.RepairStorage{Node: n1, Type: "file", Name: "/srv"}, core.CodeInvalid, "cannot be repaired"},
		{"powercycle a VM", core.PowercycleNode{Node: web1}, core.CodeInvalid, "is not possible here"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := h.root.Do(t.Context(), tt.op)
			wantError(t, err, tt.code, tt.text)
		})
	}
}

// TestEditNodeConflict: a parameter that is no longer what the person saw is not
// overwritten.
func TestEditNodeConflict(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s, node := w.Login("admin"), core.NodeRef("berlin", "node3.berlin.example.org")
		w.Berlin.ChangeNode(node.Name, func(n *core.Node) { n.Params = []core.Param{{Name: "ssh_port", Value: "2200"}} })
		edit := core.EditNode{Node: node, Params: []core.ParamEdit{{Name: "ssh_port", Value: "23", Was: &core.Param{Name: "ssh_port", Value: "22"}}}}
		job := ended(t, s, w.Do(s, edit), core.JobFailed)
		wantError(t, job.Error, core.CodeConflict, "ssh_port was 22, is 2200; nothing was changed")
		submitted(t, w)
		edit.Params[0].Was.Value = "2200"
		ended(t, s, w.Do(s, edit), core.JobDone)
		submitted(t, w, "NODE_EDIT node3.berlin.example.org")
	})
}

// TestPowercycleSparesTheMaster: the master restarts only by force.
func TestPowercycleSparesTheMaster(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		for _, n := range s.View().Nodes() {
			if n.Cluster != coretest.Berlin || n.Role != core.RoleMaster {
				continue
			}
			job := ended(t, s, w.Do(s, core.PowercycleNode{Node: n.Ref()}), core.JobFailed)
			wantError(t, job.Error, core.CodeState, n.Name+" is the master of its cluster")
			submitted(t, w)
			ended(t, s, w.Do(s, core.PowercycleNode{Node: n.Ref(), Force: true}), core.JobDone)
			submitted(t, w, "NODE_POWERCYCLE "+n.Name)
			return
		}
		t.Fatal("berlin has no master")
	})
}

// TestStorageIsForAdministrators: who may only see a node is refused, and who does
// not see it hears what is said of nodes that do not exist.
func TestStorageIsForAdministrators(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		admin, ann, node := w.Login("admin"), w.Login("ann"), core.NodeRef("berlin", "node3.berlin.example.org")
		units, err := admin.Storage(t.Context(), node, core.StorageFile)
		if err != nil || len(units) != 1 || units[0].Name != "/srv/file" || units[0].Type != core.StorageFile {
			t.Errorf("%+v, %v", units, err)
		}
		_, err = admin.Storage(t.Context(), node, "tape")
		wantError(t, err, core.CodeInvalid, `"tape" is not a kind of storage`)
		_, err = ann.Storage(t.Context(), node, "")
		wantError(t, err, core.CodeNotFound, "no node named")
		w.Do(admin, core.SetGrant{Who: core.UserRef("ann"), On: core.ClusterRef("berlin"), Verbs: []core.Verb{core.VerbSee}})
		_, err = ann.Storage(t.Context(), node, "")
		wantError(t, err, core.CodeDenied, "list the storage of node3")
	})
}
