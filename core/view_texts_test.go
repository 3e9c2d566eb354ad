package core

import (
	"slices"
	"testing"
)

func TestVMTextsAreThoseOfTheVMs(t *testing.T) {
	t.Parallel()
	e := engineOn(fleet(3, 4))
	for _, who := range []string{"admin", "ann"} {
		v := e.view(who)
		var want []string
		for _, vm := range v.VMs() {
			want = append(want, vm.FilterText())
		}
		if got := v.VMTexts(); len(got) == 0 || !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", who, got, want)
		}
	}
}
