package tui

import "strings"

// lowered returns values in lower case; it copies only where it must.
func lowered(values []string) []string {
	for i, v := range values {
		if low := strings.ToLower(v); low != v {
			values = append([]string(nil), values...)
			for j := i; j < len(values); j++ {
				values[j] = strings.ToLower(values[j])
			}
			return values
		}
	}
	return values
}
