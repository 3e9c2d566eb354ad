package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// The pages by name.
const (
	pageFleet    = "fleet"
	pageVMs      = "vms"
	pageVM       = "vm"
	pageNodes    = "nodes"
	pageNode     = "node"
	pageJobs     = "jobs"
	pageJob      = "job"
	pageText     = "text"
	pageMessages = "messages"
	pageUsers    = "users"
	pageUser     = "user"
	pageGroups   = "groups"
	pageGroup    = "group"

	pageApplicants = "applicants"
	pageTokens     = "tokens"
	pageTemplates  = "templates"
	pageBackups    = "backups"
	pageConsole    = "console"
	pageRecordings = "recordings"
	pageRecording  = "recording"
	pageScreen     = "screen"
)

// place names what a page shows. It is what history, breadcrumbs and links hold.
type place struct {
	Page string
	On   core.Ref // the object, or the cluster that a list is limited to; zero: everything
	Arg  string   // a list: its first filter; "job": id of a cluster's job (On is the cluster) or of ours (On is zero); "text": what
}

// page is one screen between the top line and the bottom line. The shell calls
// it from Update and View only, so it needs no lock. It must not wait: what may
// block goes through host.call. Commands are combined with tea.Batch.
type page interface {
	// at is the place as it is now; a page may refine it (its scope).
	at() place
	// traits tells which of the shared actions the page carries out.
	traits() trait
	// resize comes before the first paint and after every change of size.
	resize(w, h int)
	// paint returns h lines of w cells (shorter ones are filled up by the shell).
	paint() string
	// show hands over a new view: when the page comes to the front, and after
	// every change while it is there.
	show(v *core.View) tea.Cmd
	// act carries out one of the shared actions (act...). done is false where
	// the page has no use for it.
	act(id string) (cmd tea.Cmd, done bool)
	// selection is what an action would work on now.
	selection() selection
	// update receives what the page's own host.call commands returned.
	update(msg tea.Msg) tea.Cmd
}

// trait is a set of abilities of a page.
type trait uint

// The traits decide which shared actions a page offers.
const (
	traitMove    trait = 1 << iota // a cursor or a text that scrolls: actUp ... actRight
	traitOpen                      // enter opens what the cursor is on: actOpen
	traitMarks                     // rows can be marked: actMark ... actMarkNone
	traitFilter                    // implements filterer; rows are filtered
	traitSearch                    // implements filterer; matches are found by actMatchNext, actMatchPrev
	traitSort                      // implements sorter
	traitTabs                      // actTabNext, actTabPrev, actTab + "1".."9"
	traitWide                      // actWide: all columns, or wrapped lines
	traitFollow                    // actFollow: stay at the end of a log
	traitTimes                     // actTimes: timestamps on and off
	traitTrouble                   // actTrouble: problems only
	traitPanel                     // actPanel: details of the row beside the table
	traitRights                    // rows are rights (selection.Rights)
	traitStrays                    // rows are VMs that need attention
	traitQuotas                    // rows are quotas (selection.Quotas)
)

// The traits of pages about people say what a new row would be.
const (
	traitUsers     trait = 1 << (iota + 32) // rows are users
	traitGroups                             // rows are groups
	traitKeys                               // rows are the keys of the page's user
	traitMembers                            // rows are the members of the page's group
	traitTokens                             // rows are tokens
	traitSelf                               // the page is about the person
	traitTemplates                          // rows are templates
	traitBackups                            // rows are backups of VMs
)

// The shared actions, which the page in front carries out.
const (
	actUp       = "move.up"
	actDown     = "move.down"
	actTop      = "move.top"
	actBottom   = "move.bottom"
	actHalfUp   = "move.half-up"
	actHalfDown = "move.half-down"
	actPageUp   = "move.page-up"
	actPageDown = "move.page-down"
	actLeft     = "move.left"
	actRight    = "move.right"

	actOpen = "open"

	actMark      = "mark" // the cursor row, and move down
	actMarkRange = "mark.range"
	actMarkAll   = "mark.all" // invert the visible rows
	actMarkNone  = "mark.none"

	actMatchNext = "find.next"
	actMatchPrev = "find.previous"

	actTabNext = "tab.next"
	actTabPrev = "tab.previous"
	actTab     = "tab." // and a digit

	actWide    = "view.wide"
	actFollow  = "view.follow"
	actTimes   = "view.times"
	actTrouble = "view.problems"
	actPanel   = "view.panel"
)

// selection is what actions work on: the marked rows, or else the row under the
// cursor, or else the object that the page is about.
type selection struct {
	Refs     []core.Ref         // objects in screen order
	Jobs     []core.JobRow      // the same for rows that are jobs; then Refs is empty
	Marked   bool               // they are marks
	Hidden   []core.Ref         // those of Refs that the filter hides
	Rights   []core.Right       // with traitRights: the row under the cursor; Refs is what the page is about
	Problems []core.Problem     // with traitProblem: the one under the cursor
	Quotas   []quotaRow         // with traitQuotas: the row under the cursor; Refs is the cluster
	Seats    []core.SeatInfo    // with traitSitters: the row under the cursor; Refs is the VM
	Hosts    []core.HostKey     // with traitHosts: the row under the cursor; Refs is the cluster
	Units    []core.StorageUnit // with traitStorage: the row under the cursor; Refs is the node
	Tapes    []core.Recording   // with traitTapes: the row under the cursor
	Blank    core.Right         // with traitRights: what a new right has already, Who or On
}

// filterer is a page with traitFilter or traitSearch.
type filterer interface {
	// filter takes a new text while it is typed; empty shows everything. Of
	// total rows (or lines) matched pass. With an error the old text holds.
	filter(text string) (matched, total int, err error)
	// filtered is the text that holds, with its counts.
	filtered() (text string, matched, total int)
}

// sorter is a page with traitSort.
type sorter interface {
	columns() []column
	sorted() (key string, desc bool)
	sort(key string, desc bool) tea.Cmd
}

// column names a column that can be sorted by.
type column struct{ Key, Title string }

// clicker is a page that takes the mouse. Coordinates count from the page's own
// upper left corner.
type clicker interface {
	click(x, y int, double bool) tea.Cmd
	wheel(x, y, lines int) tea.Cmd
}

// keeper is a page whose settings are kept for the user under the page's name:
// sort, filter, width, wrapping. restore comes before the first show and must
// take any map.
type keeper interface {
	keep() map[string]string
	restore(map[string]string)
}

// host is what a page has of the shell. Each page has its own.
type host struct {
	id      int
	ctx     context.Context // ends when the page is closed or the program stops
	session *core.Session
	look    *look
	orders  *Orders
	people  *roster // who there is, as it was read last; shared by all pages
	goal    place   // where act or click leads to; the shell goes there at once, so that the next key is for that page
}

// pageMsg carries an answer to the page that asked; it is dropped when that page
// is gone.
type pageMsg struct {
	id  int
	msg tea.Msg
}

// askTime is how long a page waits for the session. Clusters have deadlines of
// their own, shorter than this.
const askTime = 90 * time.Second

// call runs f outside Update and delivers what it returns to page.update. f
// must obey its context.
func (h *host) call(f func(ctx context.Context) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(h.ctx, askTime)
		defer cancel()
		msg := f(ctx)
		if msg == nil || h.ctx.Err() != nil {
			return nil
		}
		return pageMsg{id: h.id, msg: msg}
	}
}

// The messages from a page to the shell. A page returns them through send.
type (
	// submitMsg asks what the ops' danger demands, then does them.
	submitMsg struct {
		ops   []core.Op
		notes []string // what the confirmation says besides their effect
	}
	// copyMsg puts text on the user's clipboard; what names it in the toast, which
	// holds the text itself where that is short, unless only its length is told.
	copyMsg struct {
		what, text string
		counted    bool
	}
	// keepMsg tells that the page's settings (keeper) changed.
	keepMsg struct{}
	// hintMsg says what a key changed that need not be seen, or why it changed
	// nothing.
	hintMsg string
)

// send makes a command of a message to the shell.
func send(msg tea.Msg) tea.Cmd { return func() tea.Msg { return msg } }
