package inventory

import (
	"slices"

	"gwm/core"
)

// same tells whether two lists are one and the same: an unchanged list is shared.
func same[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// equalVM tells whether two VMs say the same. A test finds a field that is
// missing here.
func equalVM(a, b *core.VM) bool {
	return equalVMWords(a, b) && equalVMSizes(a, b) &&
		a.Created.Equal(b.Created) && a.Modified.Equal(b.Modified) && a.Serial == b.Serial && a.Gone == b.Gone &&
		slices.Equal(a.Secondaries, b.Secondaries) && slices.Equal(a.Disks, b.Disks) &&
		slices.Equal(a.NICs, b.NICs) && slices.Equal(a.Tags, b.Tags)
}

func equalVMWords(a, b *core.VM) bool {
	return a.Cluster == b.Cluster && a.Name == b.Name && a.UUID == b.UUID && a.Status == b.Status &&
		a.State == b.State && a.AdminState == b.AdminState && a.Node == b.Node && a.OS == b.OS &&
		a.Hypervisor == b.Hypervisor && a.DiskTemplate == b.DiskTemplate
}

func equalVMSizes(a, b *core.VM) bool {
	return a.VCPUs == b.VCPUs && a.MemoryMiB == b.MemoryMiB && a.MinMemoryMiB == b.MinMemoryMiB &&
		a.RunMemoryMiB == b.RunMemoryMiB && a.DiskMiB == b.DiskMiB && a.ConsolePort == b.ConsolePort
}

// equalNode is equalVM for nodes.
func equalNode(a, b *core.Node) bool {
	return equalNodeWords(a, b) && equalNodeSizes(a, b) &&
		slices.Equal(a.Primary, b.Primary) && slices.Equal(a.Secondary, b.Secondary) &&
		slices.Equal(a.Tags, b.Tags) && slices.Equal(a.Params, b.Params) &&
		a.Created.Equal(b.Created) && a.Modified.Equal(b.Modified) && a.Serial == b.Serial && a.Gone == b.Gone
}

func equalNodeWords(a, b *core.Node) bool {
	return a.Cluster == b.Cluster && a.Name == b.Name && a.UUID == b.UUID && a.Role == b.Role &&
		a.Offline == b.Offline && a.Drained == b.Drained && a.MasterCapable == b.MasterCapable &&
		a.VMCapable == b.VMCapable && a.Group == b.Group && a.PrimaryIP == b.PrimaryIP && a.SecondaryIP == b.SecondaryIP
}

func equalNodeSizes(a, b *core.Node) bool {
	return a.MemoryMiB == b.MemoryMiB && a.MemoryFreeMiB == b.MemoryFreeMiB && a.MemoryNodeMiB == b.MemoryNodeMiB &&
		a.DiskMiB == b.DiskMiB && a.DiskFreeMiB == b.DiskFreeMiB && a.CPUs == b.CPUs && a.Sockets == b.Sockets
}

// equalJob is equalVM for a cluster's jobs as lists show them: their logs are
// not compared.
func equalJob(a, b *core.UpstreamJob) bool {
	return a.ID == b.ID && a.State == b.State && a.Status == b.Status && a.Summary == b.Summary &&
		slices.Equal(a.Targets, b.Targets) && a.Reason == b.Reason &&
		slices.EqualFunc(a.Steps, b.Steps, func(x, y core.Step) bool { return x.Name == y.Name && x.State == y.State }) &&
		a.Received.Equal(b.Received) && a.Started.Equal(b.Started) && a.Ended.Equal(b.Ended) &&
		a.Archived.Equal(b.Archived) && equalEnd(a, b) && slices.Equal(a.Children, b.Children) && slices.Equal(a.Refused, b.Refused)
}

// equalEnd compares why jobs failed.
func equalEnd(a, b *core.UpstreamJob) bool {
	return a.Error == b.Error && a.ErrorCode == b.ErrorCode && a.Hint == b.Hint && a.Said == b.Said && a.Untouched == b.Untouched
}
