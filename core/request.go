package core

// Request is what one job of a cluster carries out. A remote Op that is done with
// one job is its own Request; others make several, one after the other. It is a
// plain struct, so that a Platform can put it into the words of its cluster.
type Request interface {
	request()
}

// AddTags puts tags on a VM. Those that it has already stay.
type AddTags struct {
	VM   Ref
	Tags []string
}

// RemoveTags takes tags from a VM. The whole job fails where the VM does not have
// one of them.
type RemoveTags struct {
	VM   Ref
	Tags []string
}

func (StartVM) request()    {}
func (StopVM) request()     {}
func (RestartVM) request()  {}
func (MigrateVM) request()  {}
func (FailoverVM) request() {}
func (DeleteVM) request()   {}
func (EditVM) request()     {}
func (AddTags) request()    {}
func (RemoveTags) request() {}

func (ReinstallVM) request()     {}
func (GrowDisk) request()        {}
func (RenameVM) request()        {}
func (ActivateDisks) request()   {}
func (DeactivateDisks) request() {}
func (RecreateDisks) request()   {}
func (ReplaceDisks) request()    {}
func (ExportVM) request()        {}

func (SetNodeRole) request()  {}
func (MigrateNode) request()  {}
func (EvacuateNode) request() {}

func (PowercycleNode) request() {}
func (EditNode) request()       {}
func (TagNode) request()        {}
func (UntagNode) request()      {}
func (SetStorage) request()     {}
func (RepairStorage) request()  {}

func (CreateVM) request() {}
