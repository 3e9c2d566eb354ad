package core_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// TestLoginRecordNamesTheCertificate: the key of a certificate is registered
// nowhere, so that only its id and serial lead to whom it was given.
func TestLoginRecordNamesTheCertificate(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s, err := h.core.Login(t.Context(), core.Credential{User: "bob", Key: "SHA256:x", Cert: "badge\n7 serial 3"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r := h.lastRecord(core.EventLogin)
	if diff := cmp.Diff(map[string]string{"certificate": "badge 7 serial 3"}, r.Args); diff != "" || r.Key != "SHA256:x" || r.By != "bob" {
		t.Errorf("%+v %s", r, diff)
	}
}
