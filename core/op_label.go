package core

import (
	"context"
	"regexp"
	"strings"
)

// TagVM puts tags on a VM, UntagVM takes them away. The tags in which gwm keeps
// owner and rights are not for people: they follow from gwm's records.
type (
	TagVM struct {
		VM   Ref      `json:"vm"`
		Tags []string `json:"tags"`
	}
	UntagVM struct {
		VM   Ref      `json:"vm"`
		Tags []string `json:"tags"`
	}
)

// Spec describes the tags.
func (o TagVM) Spec() Spec { return tagSpec("tag", "gets", VerbTags, "vm", o.VM, o.Tags) }

// Spec describes the removal.
func (o UntagVM) Spec() Spec { return tagSpec("untag", "loses", VerbTags, "vm", o.VM, o.Tags) }

// tagSpec describes what the command does to the tags of a VM or a node; kind is
// the word of its commands.
func tagSpec(command, does string, verb Verb, kind string, on Ref, tags []string) Spec {
	return Spec{
		ID: kind + "." + command, Title: command + " " + on.Name, Verb: verb, Target: on, Remote: true,
		Effect:  theOne(on) + " " + does + " " + tagWords(tags),
		Command: append([]string{kind, command, on.String()}, tags...),
	}
}

func tagWords(tags []string) string {
	if len(tags) == 1 {
		return "the tag " + tags[0]
	}
	return "the tags " + strings.Join(tags, ", ")
}

// tagPattern is what Ganeti takes as a tag, up to maxTag characters.
var tagPattern = regexp.MustCompile(`^[A-Za-z0-9_.+*/:@-]+$`)

func (o TagVM) check() error   { return checkTags(o.VM, KindVM, o.Tags) }
func (o UntagVM) check() error { return checkTags(o.VM, KindVM, o.Tags) }

func checkTags(on Ref, kind Kind, tags []string) error {
	if err := checkTagWords(tags, on.String()); err != nil {
		return err
	}
	return checkKind(on, kind)
}

// checkTagWords accepts tags that people give or take; of names what has them.
func checkTagWords(tags []string, of string) error {
	switch n := len(tags); {
	case n == 0:
		return Errorf(CodeInvalid, "no tag is named for %s", Printable(cut(of)))
	case n > tagsAtOnce:
		return Errorf(CodeInvalid, "%d tags are more than go at once", n).WithHint("at most %d", tagsAtOnce)
	}
	for _, tag := range tags {
		if strings.HasPrefix(tag, tagPrefix) {
			return Errorf(CodeInvalid, "the tag %s is one of gwm's own", Printable(tag)).
				WithHint("owner and rights are changed with owner and grant; their tags follow")
		}
		if len(tag) > maxTag || !tagPattern.MatchString(tag) {
			return Errorf(CodeInvalid, "%q is not a tag", Printable(tag)).
				WithHint("letters, digits and . + * / : @ - _, at most %d of them", maxTag)
		}
	}
	return nil
}

func (o TagVM) run(ctx context.Context, w *worker) error { return w.request(ctx, AddTags(o)) }

func (o UntagVM) run(ctx context.Context, w *worker) error { return w.request(ctx, RemoveTags(o)) }
