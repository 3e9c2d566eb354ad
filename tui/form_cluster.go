package tui

import (
	"cmp"
	"context"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// The forms of clusters; that to edit one has its name as argument.
const (
	formClusterAdd  = "cluster add"
	formClusterEdit = "cluster edit"
)

// How a cluster is verified, as the form has it.
const (
	trustSystem      = "system"
	trustCA          = "ca"
	trustFingerprint = "fingerprint"
	trustNobody      = "insecure"
)

func clusterForms() []formKind {
	return []formKind{
		{Word: formClusterAdd, Make: func(_ context.Context, s *core.Session, _ string) (entryForm, error) {
			if !s.User().Admin {
				return entryForm{}, core.Errorf(core.CodeDenied, "only a site administrator may add clusters")
			}
			return clusterForm(s, core.Cluster{}, false), nil
		}},
		{Word: formClusterEdit, Make: func(_ context.Context, s *core.Session, arg string) (entryForm, error) {
			c, ok := s.View().Cluster(arg)
			if !ok {
				return entryForm{}, core.Unknown(core.KindCluster, arg)
			}
			if d := s.Can(core.EditCluster{Cluster: c.Cluster}); !d.OK {
				return entryForm{}, core.Errorf(core.CodeDenied, "you may not edit %s: %s", arg, d.Why)
			}
			return clusterForm(s, c.Cluster, true), nil
		}},
	}
}

// clusterForm asks for the settings of a cluster: a new one, or one that is
// there.
func clusterForm(s *core.Session, was core.Cluster, edit bool) entryForm {
	name := form.Field{Name: "name", Label: "Name", Required: true, Max: 40, Placeholder: "berlin", Help: "What people call it here; it cannot be changed later."}
	password := "Of that user. It is kept sealed and shown nowhere."
	if edit {
		name = form.Field{Name: "name", Label: "Name", Kind: form.Fixed, Value: was.Name}
		password = "Empty keeps the one that is stored."
	}
	trusts := func(kind string) func(form.Values) bool {
		return func(v form.Values) bool { return v["trust"] == kind }
	}
	f := entryForm{Ops: func(v form.Values) ([]core.Op, error) { return clusterOps(was, edit, v), nil }}
	f.Title = "Add a cluster"
	if edit {
		f.Title = "Settings of " + was.Name
	}
	f.Fields = []form.Field{
		name,
		{Name: "url", Label: "Address", Required: true, Value: core.Printable(was.URL), Placeholder: "https://ganeti.example.org:5080", Help: "Of Ganeti's remote API, which runs on the master node."},
		{Name: "user", Label: "User", Value: core.Printable(was.User), Help: "Of the remote API, with the right to write. Without one the cluster is read-only."},
		{Name: "password", Label: "Password", Kind: form.Secret, Help: password},
		{Name: "trust", Label: "Trust", Kind: form.Choice, Required: true, Value: trustOf(was), Help: "How gwm knows that it talks to the cluster and nobody else.", Options: []form.Option{
			{Value: trustSystem, Label: "public", Note: "a certificate that this machine trusts anyway"},
			{Value: trustCA, Label: "authority", Note: "a certificate of your own authority"},
			{Value: trustFingerprint, Label: "fingerprint", Note: "just this certificate, as Show certificate finds it"},
			{Value: trustNobody, Label: "INSECURE", Alarm: true, Note: "verify nothing: the password can be read on the way"},
		}},
		{Name: "ca", Label: "Authority", Kind: form.Lines, Required: true, Value: was.CA, When: trusts(trustCA), Placeholder: "-----BEGIN CERTIFICATE-----", Help: "Paste its certificate (PEM)."},
		{
			Name: "fingerprint", Label: "Fingerprint", Required: true, Value: was.Fingerprint, Max: 120, When: trusts(trustFingerprint),
			Help: "SHA-256 of the certificate. On the master: openssl x509 -in /var/lib/ganeti/rapi.pem -noout -fingerprint -sha256",
		},
		{Name: "readonly", Label: "Read-only", Kind: form.YesNo, Value: form.YesIf(was.ReadOnly), Placeholder: "nothing is changed there through gwm"},
		{Name: "protected", Label: "Protected", Kind: form.YesNo, Value: form.YesIf(was.Protected), Placeholder: "every question is one level stricter"},
		{Name: "description", Label: "Description", Value: core.Printable(was.Description), Max: 200, Placeholder: "production, hall 2"},
		{Name: "colour", Label: "Colour", Kind: form.Choice, Value: was.Colour, Folded: true, Options: colourOptions(), Help: "Of its name, on every page of what is there. Red warns of production."},
		{Name: "recording", Label: "Recording", Kind: form.Choice, Folded: true, Value: was.Recording.String(), Help: "Whether what its serial consoles show is kept. Who sits there is told.", Options: recordingOptions()},
	}
	f.Check = func(v form.Values) map[string]error {
		c := clusterOf(was, v)
		if c.Name == "" || c.URL == "" {
			return nil
		}
		out := map[string]error{}
		if err := c.Validate(); err != nil {
			field := "url"
			if core.CheckNewName(core.KindCluster, c.Name) != nil && !edit {
				field = "name"
			} else if (core.Cluster{Name: c.Name, URL: c.URL}).Validate() == nil {
				field = trustField(v)
			}
			out[field] = err
		}
		if !edit && (c.User == "") != (v["password"] == "") {
			out["password"] = core.Errorf(core.CodeInvalid, "user and password go together")
		}
		return out
	}
	f.Alarm = func(v form.Values) string {
		if v["trust"] != trustNobody {
			return ""
		}
		return "INSECURE: whoever stands between can read the password and give orders"
	}
	f.Actions = []form.Action{
		{Label: "Show certificate", Help: "Connect, and fill in the fingerprint of what answers. Compare it before you trust it.", Do: func(ctx context.Context, v form.Values) (form.Values, string, error) {
			return showCertificate(ctx, s, clusterOf(was, v))
		}},
		{Label: "Test", Help: "Connect with these settings and the password; nothing is stored.", Do: func(ctx context.Context, v form.Values) (form.Values, string, error) {
			info, err := s.TestCluster(ctx, clusterOf(was, v), core.NewSecret(v["password"]))
			if err != nil {
				return nil, "", err
			}
			return nil, "it answers: " + cmp.Or(info.Name, "a cluster") + ", " + info.Software + ", master " + info.Master, nil
		}},
	}
	return f
}

func recordingOptions() []form.Option {
	notes := map[core.RecordingPolicy]string{
		core.RecordingOff:      "nothing is kept",
		core.RecordingBest:     "where it fails the console goes on, and says so",
		core.RecordingRequired: "where it fails the console ends",
	}
	var options []form.Option
	for _, p := range core.RecordingPolicies() {
		options = append(options, form.Option{Value: p.String(), Note: notes[p]})
	}
	return options
}

func colourOptions() []form.Option {
	options := []form.Option{{Value: "", Label: "none"}}
	for _, c := range core.Colours() {
		options = append(options, form.Option{Value: c})
	}
	return options
}

// trustField is the field that a problem with the trust belongs to.
func trustField(v form.Values) string {
	if kind := v["trust"]; kind == trustCA || kind == trustFingerprint {
		return kind
	}
	return "trust"
}

// showCertificate asks who answers at the address.
func showCertificate(ctx context.Context, s *core.Session, c core.Cluster) (form.Values, string, error) {
	c.CA, c.Fingerprint, c.Insecure = "", "", false
	p, err := s.ProbeCluster(ctx, c)
	if err != nil {
		return nil, "", err
	}
	if p.Problem == "" {
		return form.Values{"trust": trustSystem}, "this machine trusts the certificate of " + p.Subject + " already, until " + stamp(p.NotAfter), nil
	}
	return form.Values{"trust": trustFingerprint, "fingerprint": p.Fingerprint},
		"certificate of " + cmp.Or(p.Subject, strings.Join(p.Names, ", ")) + ", until " + stamp(p.NotAfter) + "; compare the fingerprint on the master before you save", nil
}

func trustOf(c core.Cluster) string {
	switch {
	case c.Insecure:
		return trustNobody
	case c.Fingerprint != "":
		return trustFingerprint
	case c.CA != "":
		return trustCA
	}
	return trustSystem
}

// clusterOf is a cluster with what was filled in.
func clusterOf(was core.Cluster, v form.Values) core.Cluster {
	c := was
	if c.Name == "" {
		c.Name = v.Text("name")
	}
	c.URL, c.User, c.Description = v.Text("url"), v.Text("user"), v.Text("description")
	c.Colour = v["colour"]
	c.ReadOnly, c.Protected = v.Yes("readonly"), v.Yes("protected")
	c.Recording, _ = core.ParseRecordingPolicy(v["recording"]) // it is one of the options
	c.CA, c.Fingerprint, c.Insecure = "", "", v["trust"] == trustNobody
	switch v["trust"] {
	case trustCA:
		c.CA = was.CA
		if strings.TrimSpace(v["ca"]) != strings.TrimSpace(was.CA) {
			c.CA = strings.TrimSpace(v["ca"]) + "\n"
		}
	case trustFingerprint:
		c.Fingerprint = core.NormalFingerprint(v["fingerprint"])
	}
	return c
}

func clusterOps(was core.Cluster, edit bool, v form.Values) []core.Op {
	c, password := clusterOf(was, v), core.NewSecret(v["password"])
	switch {
	case c.Name == "" || c.URL == "":
		return nil
	case !edit:
		return []core.Op{core.AddCluster{Cluster: c, Password: password}}
	case c == was && password.IsZero():
		return nil
	}
	op := core.EditCluster{Cluster: c, Was: &was}
	if !password.IsZero() {
		op.Password = &password
	}
	return []core.Op{op}
}
