package core

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sources parses the package without its tests.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	names, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*ast.File{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = file
	}
	return files
}

func TestAllowIsCalledInThreePlaces(t *testing.T) {
	t.Parallel()
	var got []string
	for name, file := range sources(t) {
		if name == "allow.go" { // what an Op needs besides is decided there too
			continue
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok && id.Name == "allow" && f.Name != id {
					got = append(got, strings.TrimSuffix(name, ".go")+"."+f.Name.Name)
				}
				return true
			})
		}
	}
	slices.Sort(got)
	kinds := make([]string, len(got))
	for i, place := range got {
		kinds[i], _, _ = strings.Cut(place, ".")
		kinds[i], _, _ = strings.Cut(kinds[i], "_")
	}
	if want := []string{"runner", "session", "view"}; !cmp.Equal(kinds, want) {
		t.Errorf("allow is called in %v; it may be called by the session, the runner and the view, once each", got)
	}
}

func TestOpsListsEveryOp(t *testing.T) {
	t.Parallel()
	var want, got []string
	for _, file := range sources(t) {
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "run" || f.Type.Params.NumFields() != 2 {
				continue
			}
			star, ok := f.Type.Params.List[1].Type.(*ast.StarExpr)
			if recv, plain := f.Recv.List[0].Type.(*ast.Ident); ok && plain && star.X.(*ast.Ident).Name == "worker" {
				want = append(want, recv.Name)
			}
		}
	}
	ids := map[string]bool{}
	for _, op := range Ops() {
		got = append(got, reflect.TypeOf(op).Name())
		if id := op.Spec().ID; id == "" || ids[id] || id == opBulk {
			t.Errorf("%T has the id %q, which is missing or taken", op, id)
		} else {
			ids[id] = true
		}
		if op.check() == nil {
			t.Errorf("the empty %T passes for a request", op)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Ops: %s", diff)
	}
}

func TestRemoteOpsAreStoppedByReadOnly(t *testing.T) {
	t.Parallel()
	for _, op := range Ops() {
		if s := op.Spec(); s.Remote && s.Verb == VerbManage {
			t.Errorf("%T changes a cluster with a verb that a read-only cluster lets pass", op)
		}
	}
}

func TestSpecsAreComplete(t *testing.T) {
	t.Parallel()
	for _, op := range Ops() {
		s := op.Spec()
		if s.Title == "" || s.Verb == "" || s.Effect == "" || len(s.Command) < 2 {
			t.Errorf("%T: %+v", op, s)
		}
	}
}
