package core

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestASecretIsInNoDump prints secrets in every way, also where fmt asks no
// method: in fields that are not exported.
func TestASecretIsInNoDump(t *testing.T) {
	t.Parallel()
	const text = "correct horse"
	type inner struct{ hidden Secret }
	s := NewSecret(text)
	if s.Reveal() != text || s.IsZero() || !NewSecret("").IsZero() || !(Secret{}).IsZero() {
		t.Fatalf("the secret holds %q", s.Reveal())
	}
	for name, v := range map[string]any{
		"itself": s, "pointer": &s, "list": []Secret{s}, "field": struct{ S Secret }{s},
		"hidden field": inner{s}, "pointer to a hidden field": &inner{s}, "map": map[string]inner{"a": {s}},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X"} {
			if got := fmt.Sprintf(verb, v); strings.Contains(got, text) || strings.Contains(strings.ToLower(got), fmt.Sprintf("%x", text)) {
				t.Errorf("%s of %s says %q", verb, name, got)
			}
		}
		if got, err := json.Marshal(v); err != nil || strings.Contains(string(got), text) {
			t.Errorf("JSON of %s says %s, %v", name, got, err)
		}
	}
}
