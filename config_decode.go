package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"gwm/core"
)

// decode reads the text of a configuration file over the defaults. An unknown
// key, a wrong type and a value that makes no sense are errors that name file,
// line and column and show the line.
func (c *config) decode(file string, text []byte) error {
	c.file = file
	err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(c)
	if errors.Is(err, io.EOF) { // an empty file, or one of comments only
		return nil
	}
	if err != nil {
		var at yaml.Error
		if errors.As(err, &at) && at.GetToken() != nil {
			return configError(file, text, at.GetToken().Position, plainMessage(at.GetMessage()))
		}
		return configError(file, text, nil, plainMessage(err.Error()))
	}
	if w := c.check(); w != nil {
		return configError(file, text, position(text, w.path), w.why)
	}
	return nil
}

// plainMessage takes the Go types out of what the YAML library says.
func plainMessage(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	if kind, to, ok := strings.Cut(s, " into Go struct field "); ok {
		_, typ, _ := strings.Cut(to, " of type ")
		kind = strings.TrimPrefix(kind, "cannot unmarshal ")
		return fmt.Sprintf("%s is expected, not a %s", typeWord(typ), kind)
	}
	if kind, typ, ok := strings.Cut(strings.TrimPrefix(s, "cannot unmarshal "), " into Go value of type "); ok {
		return fmt.Sprintf("%s is expected, not a %s", typeWord(typ), kind)
	}
	return strings.Replace(s, "unknown field", "unknown key", 1)
}

// typeWord names a Go type for people.
func typeWord(goType string) string {
	switch {
	case goType == "time.Duration":
		return "a time such as 30s"
	case strings.HasPrefix(goType, "int"), strings.HasPrefix(goType, "uint"):
		return "a number"
	case goType == "string":
		return "a text"
	case strings.HasPrefix(goType, "[]"):
		return "a list"
	default:
		return "a group of keys"
	}
}

// position finds the value of a key that was decoded; nil where it has none.
func position(text []byte, path string) *token.Position {
	p, err := yaml.PathString(path)
	if err != nil {
		return nil
	}
	f, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil
	}
	node, err := p.FilterFile(f)
	if err != nil || node == nil || node.GetToken() == nil {
		return nil
	}
	return node.GetToken().Position
}

func configError(file string, text []byte, at *token.Position, why string) error {
	const hint = "gwm init in an empty directory writes a file that explains every key"
	if at == nil {
		return core.Errorf(core.CodeInvalid, "%s: %s", file, why).WithHint(hint)
	}
	excerpt := ""
	if lines := bytes.Split(text, []byte("\n")); at.Line >= 1 && at.Line <= len(lines) {
		excerpt = ": " + strings.TrimSpace(string(lines[at.Line-1]))
	}
	return core.Errorf(core.CodeInvalid, "%s, line %d, column %d: %s%s", file, at.Line, at.Column, why, excerpt).WithHint(hint)
}

// plainCause leaves out the operation and the path of a system error.
func plainCause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
