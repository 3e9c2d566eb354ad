package core

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// Template is what people make VMs of one cluster from: everything of a VM but
// its name, its owner and its place. Its name is unique on the cluster. It is
// gwm's own record; the cluster knows nothing of it.
type Template struct {
	Cluster     string    `json:"cluster"`
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	VM          CreateVM  `json:"vm"` // without name, owner and place
	By          string    `json:"by"`
	At          time.Time `json:"at"`
}

// Path is how commands name the template: CLUSTER/NAME.
func (t Template) Path() string { return t.Cluster + "/" + t.Name }

// DiskMiB is what the disks take together.
func (t Template) DiskMiB() int { return t.VM.diskMiB() }

// Create is the VM that is made from the template under a name, where the cluster
// chooses its place.
func (t Template) Create(name string) CreateVM {
	o := t.VM
	o.VM = VMRef(t.Cluster, name)
	o.Disks, o.NICs = slices.Clone(o.Disks), slices.Clone(o.NICs)
	return o
}

// Flags are the options of the command line that make such a VM.
func (t Template) Flags() []string {
	o := t.VM.Shape()
	o.VM = VMRef(t.Cluster, t.Name)
	return o.command()[3:] // vm create NAME
}

// kindTemplate is the word for templates in answers; they are no objects that
// rights are given on.
const kindTemplate Kind = "template"

// templateID is what there is at most one template for.
type templateID struct{ cluster, name string }

func (t Template) id() templateID { return templateID{t.Cluster, t.Name} }

// ParseTemplate reads CLUSTER/NAME.
func ParseTemplate(text string) (cluster, name string, err error) {
	cluster, name, ok := strings.Cut(text, "/")
	if !ok || checkName(cluster) != nil || checkName(name) != nil {
		return "", "", Errorf(CodeInvalid, "%q does not name a template", Printable(text)).WithHint("write CLUSTER/TEMPLATE; template list shows them")
	}
	return cluster, name, nil
}

// Shape is what of a VM to create goes into a template: all but name, owner,
// place and what holds for one request only.
func (o CreateVM) Shape() CreateVM {
	o.VM, o.Owner, o.Override, o.IgnorePolicy, o.DryRun, o.From = Ref{}, Ref{}, "", false, false, BackupRef{}
	o.Node, o.Secondary, o.Group, o.Allocator = Ref{}, Ref{}, "", ""
	o.NICs = slices.Clone(o.NICs)
	for i := range o.NICs { // what belongs to one VM alone
		o.NICs[i].MAC = ""
		if o.NICs[i].IP != IPPool {
			o.NICs[i].IP = ""
		}
	}
	return o
}

// Templates returns the templates of a cluster (empty: of all), by cluster and
// name: those of clusters on which the person may create VMs.
func (s *Session) Templates(ctx context.Context, cluster string) ([]Template, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	if cluster != "" && (!s.sees(p, ClusterRef(cluster), time.Now()) || !s.core.exists(ClusterRef(cluster))) {
		return nil, Unknown(KindCluster, cluster)
	}
	var out []Template
	for id, t := range p.templates {
		if (cluster == "" || id.cluster == cluster) && s.holds(p, VerbCreateVM, ClusterRef(id.cluster)) {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b Template) int {
		return cmp.Or(cmp.Compare(a.Cluster, b.Cluster), cmp.Compare(a.Name, b.Name))
	})
	return out, nil
}

// Template returns one template. One that the person may not use answers as one
// that does not exist.
func (s *Session) Template(ctx context.Context, cluster, name string) (Template, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return Template{}, err
	}
	t, refusal := s.template(p, templateID{cluster, name}, time.Now())
	if refusal != nil {
		return Template{}, refusal
	}
	return t, nil
}

// template finds a template of a cluster on which the person may create VMs.
func (s *Session) template(p *people, id templateID, now time.Time) (Template, *Error) {
	t, ok := p.templates[id]
	if !ok || !p.held(s.who, VerbCreateVM, ClusterRef(id.cluster), now).OK {
		return Template{}, Unknown(kindTemplate, id.cluster+"/"+id.name).WithHint("template list shows those that you may use")
	}
	return t, nil
}

// same tells whether two templates make the same VMs.
func (t Template) same(o Template) bool {
	return t.id() == o.id() && t.Description == o.Description && slices.Equal(t.Flags(), o.Flags())
}

// changesFrom lists what differs from an older one.
func (t Template) changesFrom(old Template) []Change {
	var d changes
	d.text("description", old.Description, t.Description)
	was, now := map[string]string{}, flagValues(t.Flags())
	if old.Name != "" {
		was = flagValues(old.Flags())
	}
	var names []string
	for name := range was {
		names = append(names, name)
	}
	for name := range now {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		d.text(name, was[name], now[name])
	}
	return d
}

// flagValues reads options of a command line by name; what is given several times
// is joined.
func flagValues(words []string) map[string]string {
	out := map[string]string{}
	for i := 0; i < len(words); i++ {
		name, value, ok := strings.Cut(strings.TrimPrefix(words[i], "--"), "=")
		if !ok {
			value = "yes"
			if i+1 < len(words) && !strings.HasPrefix(words[i+1], "--") {
				i++
				value = words[i]
			}
		}
		out[name] = joined(" ", out[name], value)
	}
	return out
}
