package tui

import (
	"context"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/logview"
)

// pageFilters is what a cluster does with jobs before it begins them. The cluster
// is asked when the page opens, and when a job of it ended.
const pageFilters = "filters"

type filtersPage struct {
	tabbedPage
	answered
	filters []core.JobFilter
}

type filtersMsg struct {
	page    *filtersPage
	filters []core.JobFilter
	err     error
}

// filtersPlace is the page of the job filters of a cluster.
func filtersPlace(cluster string) place {
	return place{Page: pageFilters, On: core.ClusterRef(cluster)}
}

func newFiltersPage(h *host, at place) *filtersPage {
	p := &filtersPage{tabbedPage: tabbedPage{host: h, place: at, rolls: rolls{host: h}}}
	p.top = p.header
	p.tabs = []tab{{"what is done with jobs", &filtersPart{newTextPart(h, p.write), p}}}
	return p
}

func (p *filtersPage) header(w, h int) (lines []string, ok bool) {
	t := p.host.look.theme
	c, ok := p.view.Cluster(p.place.On.Cluster)
	if !ok {
		return nil, false
	}
	line := " " + p.host.look.clusterHere(c.Cluster.Name, t.Strong).Render(c.Cluster.Name)
	return p.heading(line+p.since(t), w, h), true
}

func (p *filtersPage) show(v *core.View) tea.Cmd {
	cmd := p.tabbedPage.show(v)
	if !p.outdated(v, p.place.On.Cluster) {
		return cmd
	}
	return tea.Batch(cmd, p.reread())
}

func (p *filtersPage) reread() tea.Cmd {
	if _, ok := p.view.Cluster(p.place.On.Cluster); !ok || !p.begin() {
		return nil
	}
	s, cluster := p.host.session, p.place.On.Cluster
	return p.host.call(func(ctx context.Context) tea.Msg {
		m := filtersMsg{page: p}
		m.filters, m.err = s.JobFilters(ctx, cluster)
		return m
	})
}

func (p *filtersPage) update(msg tea.Msg) tea.Cmd {
	m, ok := msg.(filtersMsg)
	if !ok || m.page != p {
		return p.tabbedPage.update(msg)
	}
	again := p.end(m.err)
	if m.err == nil {
		p.filters, p.told = m.filters, time.Now()
	}
	cmd := p.front().follow(p.view)
	if again {
		cmd = tea.Batch(cmd, p.reread())
	}
	return cmd
}

// filtersPart is the text of the page once the cluster has answered.
type filtersPart struct {
	*textPart
	page *filtersPage
}

func (p *filtersPart) body(w, h int) string {
	if !p.page.have {
		return p.page.missing(p.host.look.theme, w)
	}
	return p.textPart.body(w, h)
}

// write lists the filters in the order in which the cluster looks at them.
func (p *filtersPage) write(*core.View) []logview.Line {
	if len(p.filters) == 0 {
		return []logview.Line{
			{Text: "The cluster has no job filters: it begins every job as soon as it can.", Level: logview.Quiet},
			{Text: "Q a adds one; Q r has it refuse every new job.", Level: logview.Quiet},
		}
	}
	lines := []logview.Line{{Text: "The first that is about a job decides. Jobs that none is about are begun.", Level: logview.Quiet}}
	for i, f := range p.filters {
		lines = append(lines, head(strconv.Itoa(i+1)+". "+core.Printable(f.Words())))
		lines = row(lines, "reason", core.Printable(f.Why), logview.Note)
		lines = row(lines, "priority", strconv.Itoa(f.Priority))
		lines = row(lines, "id", core.Printable(f.ID))
		if _, plain := f.Choice(); !plain {
			lines = row(lines, "predicates", core.Printable(f.Predicates))
		}
		if f.Watermark > 0 {
			lines = row(lines, "made after", "job "+strconv.FormatInt(f.Watermark, 10))
		}
	}
	return lines
}
