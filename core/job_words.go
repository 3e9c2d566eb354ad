package core

import (
	"strconv"
	"strings"
)

// Words is the title of a job as people read it: our own as it is, those of a
// cluster, "INSTANCE_STARTUP(web1)", in lower case without the parentheses.
func (r *JobRow) Words() string {
	if r.Ours != nil {
		return r.Title
	}
	if first, _, several := strings.Cut(r.Title, "), "); several {
		return opcodeWords(first+")") + " and " + strconv.Itoa(strings.Count(r.Title, "), ")) + " more"
	}
	return opcodeWords(r.Title)
}

func opcodeWords(title string) string {
	word, args, ok := strings.Cut(title, "(")
	if word == "" || strings.ToUpper(word) != word || strings.Contains(word, " ") {
		return title
	}
	word = strings.TrimPrefix(strings.ToLower(strings.ReplaceAll(word, "_", " ")), "instance ")
	if !ok {
		return word
	}
	return word + " " + strings.TrimSuffix(args, ")")
}

// Failure is why a job failed, "failed" where that is not known, and what to do
// next; the hint may be empty. It is foreign text.
func (r *JobRow) Failure() (why, hint string) {
	switch {
	case r.Ours != nil && r.Ours.Error != nil:
		return r.Ours.Error.Message, r.Ours.Error.Hint
	case r.Upstream != nil && r.Upstream.Error != "":
		return r.Upstream.Error, r.Upstream.Hint
	}
	return "failed", ""
}
