package tui

// newPage makes the page for a place; nil where no page has that name. It does
// no I/O: the first data come with show.
func newPage(h *host, at place) page {
	if at.Page == pageFleet {
		return newFleetPage(h)
	}
	makers := map[string]func(*host, place) page{
		pageCluster:    pageOf(newClusterPage),
		pageMap:        pageOf(newMapPage),
		pageSetup:      pageOf(newSetupPage),
		pageNodeGroup:  pageOf(newNodeGroupPage),
		pageNetwork:    pageOf(newNetworkPage),
		pageFilters:    pageOf(newFiltersPage),
		pageVMs:        pageOf(newVMsPage),
		pageVM:         pageOf(newVMPage),
		pageNodes:      pageOf(newNodesPage),
		pageNode:       pageOf(newNodePage),
		pageJobs:       pageOf(newJobsPage),
		pageJob:        pageOf(newJobPage),
		pageAudit:      pageOf(newAuditPage),
		pageRecordings: pageOf(newRecordingsPage),
		pageSeats:      pageOf(newSeatsPage),
		pageStrays:     pageOf(newStraysPage),
		pageRecord:     pageOf(newRecordPage),
		pageUsers:      pageOf(newUsersPage),
		pageGroups:     pageOf(newGroupsPage),
		pageApplicants: pageOf(newApplicantsPage),
		pageTokens:     pageOf(newTokensPage),
		pageTemplates:  pageOf(newTemplatesPage),
		pageBackups:    pageOf(newBackupsPage),
		pageUser:       pageOf(newUserPage),
		pageGroup:      pageOf(newGroupPage),
	}
	if mk := makers[at.Page]; mk != nil {
		return mk(h, at)
	}
	return nil
}

// pageOf lets constructors of different pages stand in one table.
func pageOf[P page](mk func(*host, place) P) func(*host, place) page {
	return func(h *host, at place) page { return mk(h, at) }
}
