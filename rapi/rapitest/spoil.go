package rapitest

import "encoding/json"

// wrong keeps the outer shape of a JSON text and changes the types inside: numbers become strings, strings numbers, lists objects and objects lists.
func wrong(text []byte) []byte {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return []byte("17")
	}
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = bend(v[i])
		}
		return encode(v)
	case map[string]any:
		for k := range v {
			v[k] = bend(v[k])
		}
		return encode(v)
	}
	return encode(bend(v))
}

func bend(v any) any {
	switch v := v.(type) {
	case string:
		return 17
	case float64:
		return "seventeen"
	case bool:
		return []any{v}
	case []any:
		return map[string]any{"list": len(v)}
	case map[string]any:
		for k := range v {
			v[k] = bend(v[k])
		}
		return v
	}
	return false
}
