package core

import (
	"context"
	"maps"
	"slices"
	"time"
)

// AddCluster adds a cluster that TestCluster found good (or not: that is the
// caller's choice). EditCluster replaces its settings; a nil Password keeps the
// old one, an empty one removes it; with Was, what the editor started from, it is
// refused where somebody else changed the settings meanwhile. Who administers
// only the cluster changes its description, colour and protection, nothing that says
// where gwm connects to and whom it trusts. RemoveCluster forgets it, its cache
// and the grants on it.
type (
	AddCluster struct {
		Cluster  Cluster `json:"cluster"`
		Password Secret  `json:"-"`
	}
	EditCluster struct {
		Cluster  Cluster  `json:"cluster"`
		Was      *Cluster `json:"was,omitempty"`
		Password *Secret  `json:"-"`
	}
	RemoveCluster struct {
		Name string `json:"name"`
	}
)

// Spec describes the addition.
func (o AddCluster) Spec() Spec {
	c := o.Cluster
	s := Spec{
		ID: "cluster.add", Title: "add cluster " + c.Name, Verb: VerbAdmin, Target: Site(), About: ClusterRef(c.Name),
		Effect:  "gwm connects to " + c.URL + " and shows it to its administrators",
		Command: append([]string{"cluster", "add", c.Name}, c.flags(Cluster{})...),
		Diff:    c.changesFrom(Cluster{}),
	}
	if c.Insecure {
		s.Danger = Disruptive
		s.Effect += "; whoever stands between can read the password and give orders, because the server is not verified"
	}
	if !o.Password.IsZero() {
		s.Command = append(s.Command, "--password-file", "-")
		s.Diff = append(s.Diff, Change{Field: "password", To: dots})
	}
	return s
}

// Spec describes the edit.
func (o EditCluster) Spec() Spec {
	c := o.Cluster
	s := Spec{
		ID: "cluster.edit", Title: "edit cluster " + c.Name, Verb: VerbManage, Target: ClusterRef(c.Name),
		Effect: "gwm connects anew with these settings",
	}
	var was Cluster
	if o.Was != nil {
		was = *o.Was
		s.Diff = c.changesFrom(was)
	}
	s.Command = append([]string{"cluster", "edit", c.Name}, c.flags(was)...)
	if c.Insecure {
		s.Danger = Disruptive
	}
	if o.Password != nil {
		s.Command = append(s.Command, "--password-file", "-")
	}
	return s
}

// Spec describes the removal.
func (o RemoveCluster) Spec() Spec {
	return Spec{
		ID: "cluster.remove", Title: "remove cluster " + o.Name, Verb: VerbAdmin, Target: Site(), About: ClusterRef(o.Name),
		Danger:  Destructive,
		Effect:  "gwm forgets " + o.Name + ", its password and everybody's rights on it; nothing changes on the cluster itself",
		Command: []string{"cluster", "remove", o.Name, "--yes"},
		Diff:    []Change{{Field: "cluster", From: o.Name}},
	}
}

// flags writes the settings that differ from old ones as options of the command
// line.
func (c Cluster) flags(old Cluster) []string {
	var words []string
	text := func(name, from, to string) {
		if from != to {
			words = append(words, "--"+name, to)
		}
	}
	text("url", old.URL, c.URL)
	text("user", old.User, c.User)
	if c.CA != old.CA {
		words = append(words, "--ca", "FILE")
	}
	text("fingerprint", old.Fingerprint, c.Fingerprint)
	text("description", old.Description, c.Description)
	text("recording", old.Recording.String(), c.Recording.String())
	text("colour", old.Colour, c.Colour)
	for _, f := range []struct {
		name     string
		from, to bool
	}{
		{"insecure", old.Insecure, c.Insecure}, {"read-only", old.ReadOnly, c.ReadOnly}, {"protected", old.Protected, c.Protected},
	} {
		if f.from != f.to {
			words = append(words, flagWord(f.name, f.to))
		}
	}
	return words
}

// changesFrom lists the settings that differ from old ones.
func (c Cluster) changesFrom(old Cluster) []Change {
	var d changes
	d.text("url", old.URL, c.URL)
	d.text("user", old.User, c.User)
	d.text("ca", shortCA(old.CA), shortCA(c.CA))
	d.text("fingerprint", old.Fingerprint, c.Fingerprint)
	d.flag("insecure", old.Insecure, c.Insecure)
	d.flag("read_only", old.ReadOnly, c.ReadOnly)
	d.flag("protected", old.Protected, c.Protected)
	d.text("description", old.Description, c.Description)
	d.text("recording", string(old.Recording), string(c.Recording))
	d.text("colour", old.Colour, c.Colour)
	return d
}

// shortCA stands for PEM certificates where only a line is shown.
func shortCA(pem string) string {
	if pem == "" {
		return ""
	}
	return Fingerprint([]byte(pem))
}

// connection is the part of the settings that says where gwm connects to and
// whom it trusts there, whether anything is changed there and what is recorded.
func (c Cluster) connection() Cluster {
	c.Description, c.Colour, c.Protected, c.Added = "", "", false, time.Time{}
	return c
}

func (o AddCluster) check() error {
	if err := checkCluster(o.Cluster); err != nil {
		return err
	}
	return checkPassword(o.Cluster, !o.Password.IsZero())
}

func (o EditCluster) check() error {
	if err := checkCluster(o.Cluster); err != nil || o.Password == nil {
		return err
	}
	return checkPassword(o.Cluster, !o.Password.IsZero())
}

func (o RemoveCluster) check() error { return CheckNewName(KindCluster, o.Name) }

func checkCluster(c Cluster) error {
	if err := c.Validate(); err != nil {
		return err
	}
	return checkText("the description", c.Description)
}

func checkPassword(c Cluster, given bool) error {
	switch {
	case given && c.User == "":
		return Errorf(CodeInvalid, "a password for %s needs a user", c.Name).WithHint("give the user too, or leave out both")
	case !given && c.User != "":
		return Errorf(CodeInvalid, "the user of %s needs a password", c.Name).
			WithHint("give the password too, or leave out both to only look")
	}
	return nil
}

func (o AddCluster) run(_ context.Context, w *worker) error {
	c := o.Cluster
	if _, ok := w.tx.rights().clusters[c.Name]; ok {
		return exists(ClusterRef(c.Name))
	}
	if c.Platform == "" {
		c.Platform = "ganeti"
	}
	if err := w.core.checkPlatform(c); err != nil {
		return err
	}
	c.Added = w.tx.now
	if !o.Password.IsZero() {
		if err := w.tx.put(passwordKey(c.Name), o.Password.Reveal()); err != nil {
			return err
		}
	}
	return w.tx.put(clusterKey(c.Name), c)
}

// checkPlatform refuses a cluster of a kind that gwm cannot talk to.
func (c *Core) checkPlatform(cl Cluster) error {
	if _, ok := c.open[cl.Platform]; !ok {
		return Errorf(CodeInvalid, "%q is not a kind of cluster that gwm knows", Printable(cl.Platform)).
			WithHint("known are: %s", joinWords(slices.Sorted(maps.Keys(c.open))))
	}
	return nil
}

func (o EditCluster) run(_ context.Context, w *worker) error {
	p, c := w.tx.rights(), o.Cluster
	old, ok := p.clusters[c.Name]
	if !ok {
		return Unknown(KindCluster, c.Name)
	}
	c.Added = old.Added
	if c.Platform == "" {
		c.Platform = old.Platform
	}
	if o.Was != nil && len(old.changesFrom(*o.Was)) > 0 {
		return Errorf(CodeConflict, "somebody else changed %s meanwhile", c.Name).WithHint("look at it again and repeat your change")
	}
	if !p.isAdmin(w.session.who) && (c.connection() != old.connection() || o.Password != nil) {
		return Errorf(CodeDenied, "only a site administrator may change how gwm reaches %s and what it records there", c.Name).
			WithHint("an administrator of the cluster may change its description, colour and protection")
	}
	if err := w.core.checkPlatform(c); err != nil {
		return err
	}
	if err := o.putPassword(w.tx, old); err != nil {
		return err
	}
	w.diff = c.changesFrom(old)
	if o.Password != nil {
		w.diff = append(w.diff, Change{Field: "password", From: dots, To: dots})
	}
	return w.tx.put(clusterKey(c.Name), c)
}

// putPassword keeps, replaces or removes the password.
func (o EditCluster) putPassword(tx *txn, old Cluster) error {
	key := passwordKey(o.Cluster.Name)
	switch {
	case o.Password == nil && o.Cluster.User == "":
		tx.remove(key)
	case o.Password == nil && old.User == "":
		return checkPassword(o.Cluster, false)
	case o.Password == nil:
	case o.Password.IsZero():
		tx.remove(key)
	default:
		return tx.put(key, o.Password.Reveal())
	}
	return nil
}

func (o RemoveCluster) run(_ context.Context, w *worker) error {
	p := w.tx.rights()
	if _, ok := p.clusters[o.Name]; !ok {
		return Unknown(KindCluster, o.Name)
	}
	if l, ok := p.locks[ClusterRef(o.Name)]; ok {
		return Errorf(CodeLocked, "%s is locked by %s: %s", o.Name, l.By, Printable(l.Reason)).WithHint("lift the lock first")
	}
	for id := range p.grants {
		if id.on.Cluster == o.Name {
			w.tx.remove(grantKey(id.who, id.on))
		}
	}
	for on := range p.locks {
		if on.Cluster == o.Name {
			w.tx.remove(lockKey(on))
		}
	}
	for on := range p.notes {
		if on.Cluster == o.Name {
			w.tx.remove(noteKey(on))
		}
	}
	for vm := range p.backups {
		if vm.Cluster == o.Name {
			w.tx.remove(backupKey(vm))
		}
	}
	w.tx.removeQuotas(func(_ Ref, cluster string) bool { return cluster == o.Name })
	w.tx.removeOwners(func(owned Ownership) bool { return owned.VM.Cluster == o.Name })
	w.tx.removeTokens(func(on Ref) bool { return on.Cluster == o.Name })
	w.tx.removeTemplates(o.Name)
	w.tx.remove(passwordKey(o.Name))
	w.tx.remove(identityKey(o.Name))
	w.tx.remove(hostKey(o.Name))
	w.tx.remove(clusterKey(o.Name))
	return nil
}

// exists is the answer where something is to be made that is there already.
func exists(r Ref) *Error {
	name := r.Name
	if r.Kind == KindCluster {
		name = r.Cluster
	}
	return Errorf(CodeConflict, "there is a %s %s already", kindWord(r.Kind), name).WithHint("choose another name, or edit that one")
}
