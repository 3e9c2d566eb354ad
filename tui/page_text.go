package tui

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/logview"
)

// What a text page shows (place.Arg).
const (
	textRaw    = "raw"
	textAbout  = "about"
	textWhoami = "whoami"
	textKey    = "key" // gwm's own, for the nodes of a cluster
)

// maxLines bounds a text page.
const maxLines = 50_000

// textPage shows one text that is made once: an object as JSON, who the person
// is, what gwm is.
type textPage struct {
	reader
	place   place
	options Options
	asked   bool
	w, h    int
}

// textMsg is the text when it is ready.
type textMsg struct {
	lines []logview.Line
	err   error
}

func newTextPage(h *host, p place, o Options) *textPage {
	return &textPage{reader: reader{host: h, text: logview.New(h.look.theme, maxLines)}, place: p, options: o}
}

func (p *textPage) at() place { return p.place }

func (p *textPage) traits() trait { return readerTraits }

func (p *textPage) resize(w, h int) { p.w, p.h = w, h }

func (p *textPage) show(v *core.View) tea.Cmd {
	if p.asked {
		return nil
	}
	p.asked = true
	s, on := p.host.session, p.place.On
	var read func(context.Context) ([]logview.Line, error)
	switch p.place.Arg {
	case textRaw:
		read = func(ctx context.Context) ([]logview.Line, error) {
			text, err := rawJSON(ctx, s, v, on)
			return textLines(text), err
		}
	case textWhoami:
		read = func(ctx context.Context) ([]logview.Line, error) { return whoami(ctx, s) }
	case textKey:
		read = func(ctx context.Context) ([]logview.Line, error) { return ownKeyLines(ctx, s, on.Cluster) }
	default:
		return p.update(textMsg{lines: p.about()})
	}
	return p.host.call(func(ctx context.Context) tea.Msg {
		lines, err := read(ctx)
		return textMsg{lines, err}
	})
}

func (p *textPage) update(msg tea.Msg) tea.Cmd {
	m, ok := msg.(textMsg)
	if !ok {
		return nil
	}
	if m.err != nil {
		m.lines = []logview.Line{{Text: core.AsError(m.err).Error(), Level: logview.Bad}}
	}
	p.text.Replace(m.lines)
	p.text.Top()
	return nil
}

func (p *textPage) paint() string {
	if p.text.Len() == 0 {
		return "\n  " + p.host.look.theme.Dim.Render("asking"+p.host.look.theme.Sym.Ellipsis)
	}
	return p.view(p.w, p.h)
}

func (p *textPage) selection() selection {
	if p.place.On.Kind == "" || p.place.On.Kind == core.KindJob {
		return selection{}
	}
	return selection{Refs: []core.Ref{p.place.On}}
}

// rawJSON is an object as the commands print it with --output json.
func rawJSON(ctx context.Context, s *core.Session, v *core.View, r core.Ref) (string, error) {
	var value any
	var err error
	found := true
	switch r.Kind {
	case core.KindVM:
		value, err = s.VMDetail(ctx, r)
	case core.KindNode:
		value, found = v.Node(r)
	case core.KindCluster:
		var c core.ClusterSummary
		c, found = v.Cluster(r.Cluster)
		value = map[string]any{"cluster": c.Cluster, "info": c.Info}
	case kindRecord:
		value, err = findRecord(ctx, s, r.Name)
	case core.KindJob:
		value, err = rawJob(ctx, s, r)
	default:
		found = false
	}
	switch {
	case err != nil:
		return "", err
	case !found:
		return "", core.Errorf(core.CodeNotFound, "%s is gone", core.Printable(r.String()))
	}
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return "", fmt.Errorf("write %s as JSON: %w", r, err)
	}
	return string(text), nil
}

func rawJob(ctx context.Context, s *core.Session, r core.Ref) (any, error) {
	if r.Cluster != "" {
		return s.Upstream(ctx, r.Cluster, r.Name, nil)
	}
	var id core.JobID
	if _, err := fmt.Sscan(r.Name, &id); err != nil {
		return nil, core.Errorf(core.CodeNotFound, "there is no job %s", core.Printable(r.Name))
	}
	return s.Job(ctx, id)
}

// copyJSON puts an object's JSON on the clipboard.
func (a *App) copyJSON(r core.Ref) tea.Cmd {
	v, s := a.view, a.session
	return a.call(func(ctx context.Context) tea.Msg {
		text, err := rawJSON(ctx, s, v, r)
		if err != nil {
			return failMsg{err: err}
		}
		return copyMsg{what: "JSON", text: text}
	})
}

// whoami says who the person is and what was granted to them.
func whoami(ctx context.Context, s *core.Session) ([]logview.Line, error) {
	grants, err := s.Grants(ctx, core.Ref{}, core.Ref{})
	if err != nil {
		return nil, err
	}
	groups, err := s.Groups(ctx)
	if err != nil {
		return nil, err
	}
	u := s.User()
	name := u.Name
	if u.Comment != "" {
		name += " (" + u.Comment + ")"
	}
	out := []logview.Line{head("You are"), said(name)}
	if u.Admin {
		out = append(out, said("site administrator: every verb on everything"))
	}
	if as := s.ActAs(); as.Kind == core.KindGroup {
		out = append(out, said("acting as "+as.String()))
	}
	if s.ReadOnly() {
		out = append(out, said("this session is read-only"))
	}
	mine := map[core.Ref]bool{core.UserRef(u.Name): true}
	var member, granted []logview.Line
	for _, g := range groups {
		if slices.Contains(g.Members, u.Name) {
			mine[core.GroupRef(g.Name)] = true
			member = append(member, said(strings.TrimSpace(g.Name+"  "+g.Comment)))
		}
	}
	for _, g := range grants {
		if mine[g.Who] {
			granted = append(granted, said(grantText(g)))
		}
	}
	none := "nothing yet; ask an administrator"
	if u.Admin {
		none = "nothing; an administrator needs no grant"
	}
	out = append(out, logview.Line{}, head("Your groups"))
	out = append(out, orElse(member, "none")...)
	out = append(out, logview.Line{}, head("What was granted to you and to them"))
	return append(out, orElse(granted, none)...), nil
}

// said is an indented line of text that may hold anything.
func said(text string) logview.Line { return logview.Line{Text: "  " + core.Printable(text)} }

// orElse is lines, or where there are none a quiet one.
func orElse(lines []logview.Line, none string) []logview.Line {
	if len(lines) > 0 {
		return lines
	}
	return []logview.Line{{Text: "  " + none, Level: logview.Quiet}}
}

func grantText(g core.Grant) string {
	text := fmt.Sprintf("%s on %s, by %s", joinVerbs(g.Verbs), g.On, g.By)
	if g.Who.Kind == core.KindGroup {
		text += ", through " + g.Who.String()
	}
	if !g.Until.IsZero() {
		text += ", until " + stamp(g.Until)
	}
	return text
}

// about says what runs here and what it knows of the terminal.
func (p *textPage) about() []logview.Line {
	t := p.host.look.theme
	version := p.options.Version
	if version == "" {
		version = "development"
	}
	return []logview.Line{
		{Text: "gwm " + core.Printable(version), Level: logview.Head},
		{Text: "a control room for virtual machine clusters in the terminal"},
		{},
		{Text: "user      " + p.host.session.User().Name},
		{Text: "session   " + p.host.session.ID()},
		{Text: "terminal  " + core.Printable(p.options.Term)},
		{Text: "colours   " + t.Mode.String()},
		{Text: "theme     " + t.Skin.Name},
	}
}
