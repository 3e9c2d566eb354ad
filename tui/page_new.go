package tui

// newPage makes the page for a place; nil where no page has that name. It does
// no I/O: the first data come with show.
func newPage(h *host, at place) page {
	switch at.Page {
	case pageFleet:
		return newFleetPage(h)
	case pageCluster:
		return newClusterPage(h, at)
	case pageVMs:
		return newVMsPage(h, at)
	case pageVM:
		return newVMPage(h, at)
	case pageNodes:
		return newNodesPage(h, at)
	case pageNode:
		return newNodePage(h, at)
	case pageJobs:
		return newJobsPage(h, at)
	case pageJob:
		return newJobPage(h, at)
	case pageAudit:
		return newAuditPage(h, at)
	case pageStrays:
		return newStraysPage(h, at)
	case pageRecord:
		return newRecordPage(h, at)
	case pageUsers:
		return newUsersPage(h, at)
	case pageGroups:
		return newGroupsPage(h, at)
	case pageApplicants:
		return newApplicantsPage(h, at)
	case pageTokens:
		return newTokensPage(h, at)
	case pageUser:
		return newUserPage(h, at)
	case pageGroup:
		return newGroupPage(h, at)
	default:
		return nil
	}
}
