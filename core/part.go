package core

// Part names what a cluster has that is no object of its own for rights: a node
// group or a network. Zero is the cluster itself. Who may change it is decided on
// the cluster.
type Part struct {
	Kind PartKind `json:"kind,omitempty"`
	Name string   `json:"name,omitempty"`
}

// PartKind is the kind of a Part, and the word of its commands.
type PartKind string

// The kinds of parts.
const (
	PartCluster   PartKind = ""
	PartNodeGroup PartKind = "nodegroup"
	PartNetwork   PartKind = "network"
)

// word is the kind as people read it.
func (k PartKind) word() string {
	switch k {
	case PartNodeGroup:
		return "node group"
	case PartNetwork:
		return "network"
	case PartCluster:
	}
	return "cluster"
}

// on names the part of a cluster in words: "the node group rack2 of berlin".
func (p Part) on(cluster string) string {
	if p.Kind == PartCluster {
		return "the cluster " + cluster
	}
	return "the " + p.Kind.word() + " " + p.Name + " of " + cluster
}

// short names it in a title.
func (p Part) short(cluster string) string {
	if p.Kind == PartCluster {
		return cluster
	}
	return p.Kind.word() + " " + p.Name
}

// arg is the part as a word of the command line.
func (p Part) arg(cluster string) string {
	if p.Kind == PartCluster {
		return cluster
	}
	return cluster + "/" + p.Name
}

// command begins a command line about the part.
func (p Part) command(cluster, verb string, rest ...string) []string {
	word := string(p.Kind)
	if p.Kind == PartCluster {
		word = "cluster"
	}
	return append([]string{word, verb, p.arg(cluster)}, rest...)
}

// check accepts a part of a cluster whose names are well formed.
func (p Part) check(cluster string) error {
	if err := checkKind(ClusterRef(cluster), KindCluster); err != nil {
		return err
	}
	switch p.Kind {
	case PartCluster:
		if p.Name == "" {
			return nil
		}
	case PartNodeGroup, PartNetwork:
		return checkPart(p.Kind, p.Name)
	}
	return Errorf(CodeInvalid, "%q is not a part of a cluster", Printable(cut(string(p.Kind)+" "+p.Name)))
}

// checkPart accepts the name of a node group or a network.
func checkPart(kind PartKind, name string) error {
	if err := checkName(name); err != nil {
		return Errorf(CodeInvalid, "%q cannot be the name of a %s: %v", Printable(cut(name)), kind.word(), err).
			WithHint("use letters, digits, '.', '_' and '-', for example rack2")
	}
	return nil
}

// field names what changes in the audit log, with the part that it belongs to.
func (p Part) field(name string) string {
	if p.Kind == PartCluster {
		return name
	}
	return p.short("") + " " + name
}
