package core_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

func TestWhatIsWrongWithAVMAndWhatHelps(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		vm   core.VM
		want [2]string
	}{
		"nothing":            {core.VM{State: core.StateRunning, Status: "running"}, [2]string{}},
		"gone":               {core.VM{State: core.StateError, Status: "ERROR_down", Gone: true}, [2]string{}},
		"down":               {core.VM{State: core.StateError, Status: "ERROR_down"}, [2]string{"is down but should run, on n1", "start it, or shut it down if it is to stay down"}},
		"up":                 {core.VM{State: core.StateError, Status: "ERROR_up"}, [2]string{"runs but should be down, on n1", "shut it down, or start it if it is to run on"}},
		"elsewhere":          {core.VM{State: core.StateError, Status: "ERROR_wrongnode"}, [2]string{"runs on another node than n1", "clean up its migration, so that the cluster has it where it runs"}},
		"node off, mirrored": {core.VM{State: core.StateError, Status: "ERROR_nodeoffline", DiskTemplate: "drbd", Secondaries: []string{"n2"}}, [2]string{"its node n1 is offline", "fail it over: it starts on n2"}},
		"node off, shared":   {core.VM{State: core.StateError, Status: "ERROR_nodeoffline", DiskTemplate: "sharedfile"}, [2]string{"its node n1 is offline", "fail it over: it starts on any other node of its group"}},
		"node off, local":    {core.VM{State: core.StateError, Status: "ERROR_nodeoffline", DiskTemplate: "plain"}, [2]string{"its node n1 is offline", "get the node back: the disks are on no other"}},
		"node silent":        {core.VM{State: core.StateUnknown, Status: "ERROR_nodedown", DiskTemplate: "drbd", Secondaries: []string{"n2"}}, [2]string{"its node n1 does not answer", "get the node back, or mark it offline and fail the VM over: it starts on n2"}},
		"a word of its own":  {core.VM{State: core.StateError, Status: "ERROR_strange"}, [2]string{"strange on n1", ""}},
	} {
		c.vm.Node = "n1"
		why, hint := c.vm.Trouble()
		if diff := cmp.Diff(c.want, [2]string{why, hint}); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}
