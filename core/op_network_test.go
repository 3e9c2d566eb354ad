package core_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

// TestEditNetworkConflict: what is no longer what the person saw is not overwritten,
// and what somebody else changed beside it does not matter.
func TestEditNetworkConflict(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		edit := core.EditNetwork{
			Cluster: "berlin", Name: "servers", Gateway: "192.0.2.254",
			Was: &core.NetworkAddresses{Gateway: "192.0.2.9", MACPrefix: "aa:00:01"},
		}
		job := ended(t, s, w.Do(s, edit), core.JobFailed)
		wantError(t, job.Error, core.CodeConflict, "somebody else changed the network servers of berlin meanwhile: gateway was 192.0.2.9, is 192.0.2.1; nothing was changed")
		submitted(t, w)
		reserved := core.EditNetwork{Cluster: "berlin", Name: "servers", Release: []string{"192.0.2.7"}, Was: &core.NetworkAddresses{Reserved: []string{"192.0.2.7"}}}
		job = ended(t, s, w.Do(s, reserved), core.JobFailed)
		wantError(t, job.Error, core.CodeConflict, "192.0.2.7 was reserved, is not reserved")
		submitted(t, w)
		edit.Was.Gateway = "192.0.2.1"
		ended(t, s, w.Do(s, edit), core.JobDone)
		submitted(t, w, "NETWORK_EDIT ")
	})
}

// TestEditNetworkFits: what does not fit the network is refused before the cluster
// hears of it, as it is written and again when it is done.
func TestEditNetworkFits(t *testing.T) {
	t.Parallel()
	lan := core.OfferNetwork{
		Network: core.Network{Name: "lan", CIDR: "10.0.0.0/28", Gateway: "10.0.0.1"}, CIDR6: "2001:db8::/64", Gateway6: "2001:db8::1",
		Reserved: []string{"10.0.0.0", "10.0.0.1", "10.0.0.5", "10.0.0.15"},
	}
	if diff := cmp.Diff([]string{"10.0.0.5"}, lan.Releasable()); diff != "" {
		t.Errorf("what could be released (-want +got):\n%s", diff)
	}
	for _, tt := range []struct {
		name string
		op   core.EditNetwork
		code core.Code // empty: it fits
		text string
	}{
		{"the same gateway", core.EditNetwork{Gateway: "10.0.0.1"}, "", ""},
		{"a gateway elsewhere", core.EditNetwork{Gateway: "10.0.1.1"}, core.CodeInvalid, "the gateway 10.0.1.1 is not an address of 10.0.0.0/28"},
		{"a gateway that is reserved", core.EditNetwork{Gateway: "10.0.0.5"}, core.CodeState, "10.0.0.5 is reserved in lan"},
		{"reserve elsewhere", core.EditNetwork{Reserve: []string{"10.0.1.1"}}, core.CodeInvalid, "the reserved address 10.0.1.1"},
		{"release the gateway", core.EditNetwork{Release: []string{"10.0.0.1"}}, core.CodeInvalid, "10.0.0.1 is not for VMs"},
		{"release the last one", core.EditNetwork{Release: []string{"10.0.0.15"}}, core.CodeInvalid, "10.0.0.15 is not for VMs"},
		{"release another", core.EditNetwork{Release: []string{"10.0.0.5"}}, "", ""},
		{"IPv6 without its gateway", core.EditNetwork{CIDR6: "2001:db8:1::/64"}, core.CodeInvalid, "the gateway 2001:db8::1 is not an address of 2001:db8:1::/64"},
		{"both of IPv6", core.EditNetwork{CIDR6: "2001:db8:1::/64", Gateway6: "2001:db8:1::1"}, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.op.Cluster, tt.op.Name = "berlin", "lan"
			got, err := tt.op.Seen(core.Offer{Networks: []core.OfferNetwork{lan}})
			if tt.code != "" {
				wantError(t, err, tt.code, tt.text)
				return
			}
			if err != nil || got.Was == nil || got.Was.Gateway != "10.0.0.1" {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	_, err := core.EditNetwork{Cluster: "berlin", Name: "wan", Gateway: "10.0.0.1"}.Seen(core.Offer{})
	wantError(t, err, core.CodeNotFound, "berlin has no network wan")
}
