package core_test

import (
	"testing"
	"testing/synctest"

	"gwm/core"
	"gwm/core/coretest"
)

// world starts a world inside a bubble and hands it to check.
func world(t *testing.T, check func(t *testing.T, w *coretest.World)) {
	t.Helper()
	worldWith(t, coretest.Options{}, check)
}

func worldWith(t *testing.T, o coretest.Options, check func(t *testing.T, w *coretest.World)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { check(t, coretest.StartWith(t, o)) })
}

func berlinVM(name string) core.Ref { return core.VMRef(coretest.Berlin, name) }

// refresh asks berlin now; an error of the cluster is part of the test.
func refresh(t *testing.T, s *core.Session) error {
	t.Helper()
	return s.Refresh(t.Context(), coretest.Berlin)
}
