package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"gwm/core"
)

// decode reads the text of a configuration file over the defaults.
func (c *config) decode(file string, text []byte) error {
	c.file = file
	return source{file, text, "gwm init in an empty directory writes a file that explains every key"}.decode(c, func() *wrong { return c.check() })
}

// source is the text of a configuration file, with what to tell who got it wrong.
type source struct {
	file string
	text []byte
	hint string
}

// decode reads the text over what to holds. An unknown key, a wrong type and a
// value that check finds to make no sense are errors that name file, line and
// column and show the line.
func (s source) decode(to any, check func() *wrong) error {
	tree, err := parser.ParseBytes(s.text, 0)
	if err != nil {
		return s.decodeError(nil, err)
	}
	var missing finder
	missing.match = func(n ast.Node) bool { return n.Type() == ast.NullType }
	for _, doc := range tree.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.CommentType || doc.Body.Type() == ast.NullType {
			continue // nothing, or nothing but comments
		}
		// A key without a value would wipe out the default.
		if ast.Walk(&missing, doc.Body); missing.found != nil {
			return s.wrong(missing.found, "a value is missing; remove the key to have the default")
		}
		if err := yaml.NodeToValue(doc.Body, to, yaml.Strict()); err != nil {
			return s.decodeError(doc.Body, err)
		}
	}
	if w := check(); w != nil {
		return s.wrong(position(tree, w.path), w.why)
	}
	return nil
}

// decodeError finds out where in the file err happened.
func (s source) decodeError(body ast.Node, err error) error {
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil {
		return s.wrong(at.GetToken().Position, plainMessage(at.GetMessage()))
	}
	message := err.Error()
	// A time that cannot be read comes without its place.
	if _, quoted, ok := strings.Cut(message, "time: "); ok && body != nil {
		if _, quoted, ok = strings.Cut(quoted, `"`); ok {
			value, _, _ := strings.Cut(quoted, `"`)
			first := finder{match: func(n ast.Node) bool { return n.Type() == ast.StringType && n.GetToken().Value == value }}
			ast.Walk(&first, body)
			return s.wrong(first.found, fmt.Sprintf("a time such as 30s is expected, not %q", value))
		}
	}
	return s.wrong(nil, plainMessage(message))
}

// finder is an ast.Visitor that finds the first node that matches.
type finder struct {
	match func(ast.Node) bool
	found *token.Position
}

// Visit implements ast.Visitor.
func (f *finder) Visit(n ast.Node) ast.Visitor {
	if f.found != nil {
		return nil
	}
	if f.match(n) && n.GetToken() != nil {
		f.found = n.GetToken().Position
	}
	return f
}

// plainMessage takes the Go types out of what the YAML library says.
func plainMessage(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	rest := strings.TrimPrefix(s, "cannot unmarshal ")
	for _, sep := range []string{" into Go struct field ", " into Go value of type "} {
		if got, want, ok := strings.Cut(rest, sep); ok {
			if _, typ, ok := strings.Cut(want, " of type "); ok {
				want = typ
			}
			return typeWord(want) + " is expected, not " + typeWord(got)
		}
	}
	if got, _, ok := strings.Cut(s, " was used where mapping is expected"); ok {
		return "a group of keys is expected, not " + typeWord(got)
	}
	if key, _, ok := strings.Cut(s, " already defined at "); ok {
		return strings.Replace(key, "mapping key", "key", 1) + " is here for the second time"
	}
	return strings.Replace(s, "unknown field", "unknown key", 1)
}

// typeWord names a type of Go or YAML for people.
func typeWord(name string) string {
	for _, w := range []struct{ begin, word string }{
		{"time.Duration", "a time such as 30s"},
		{"int", "a number"},
		{"uint", "a number"},
		{"float", "a number"},
		{"string", "a text"},
		{"bool", "a yes or no"},
		{"[]", "a list"},
		{"sequence", "a list"},
	} {
		if strings.HasPrefix(name, w.begin) {
			return w.word
		}
	}
	return "a group of keys"
}

// position finds the value of a key; nil where the file does not have it.
func position(tree *ast.File, path string) *token.Position {
	p, err := yaml.PathString(path)
	if err != nil {
		return nil
	}
	node, err := p.FilterFile(tree)
	if err != nil || node == nil || node.GetToken() == nil {
		return nil
	}
	return node.GetToken().Position
}

// wrong is the error for what is wrong at a place; nil: somewhere in the file.
func (s source) wrong(at *token.Position, why string) error {
	if at == nil {
		return core.Errorf(core.CodeInvalid, "%s: %s", s.file, why).WithHint("%s", s.hint)
	}
	excerpt := ""
	if lines := bytes.Split(s.text, []byte("\n")); at.Line >= 1 && at.Line <= len(lines) {
		excerpt = ": " + strings.TrimSpace(string(lines[at.Line-1]))
	}
	return core.Errorf(core.CodeInvalid, "%s, line %d, column %d: %s%s", s.file, at.Line, at.Column, why, excerpt).WithHint("%s", s.hint)
}
