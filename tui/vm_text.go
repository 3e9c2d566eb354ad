package tui

import (
	"strconv"
	"strings"
	"time"

	"gwm/core"
)

func vmName(vm *core.VM) string       { return vm.Name }
func vmCluster(vm *core.VM) string    { return vm.Cluster }
func vmNode(vm *core.VM) string       { return vm.Node }
func vmCreated(vm *core.VM) time.Time { return vm.Created }

func vmFullName(vm *core.VM) (cluster, name string) { return vm.Cluster, vm.Name }

// vmIP is the first address that is known.
func vmIP(vm *core.VM) string {
	for _, nic := range vm.NICs {
		if nic.IP != "" {
			return nic.IP
		}
	}
	return ""
}

// vmRank orders states by how much they need attention.
func vmRank(vm *core.VM) int {
	switch vm.State {
	case core.StateError:
		return 0
	case core.StateUnknown:
		return 1
	case core.StateRunning:
		return 2
	case core.StateDown:
		return 3
	case core.StateOffline:
		return 4
	}
	return 5
}

// label is the first label of a host name, for where the whole does not fit.
func label(host string) string {
	first, _, _ := strings.Cut(host, ".")
	return first
}

func count(n int) string { return strconv.Itoa(n) }
