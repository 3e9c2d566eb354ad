package command

import (
	"io"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"gwm/core"
)

// filled is an Op with something in every field, so that Spec.Command shows
// every word and flag that it can.
func filled(t *testing.T, zero core.Op) core.Op {
	t.Helper()
	v := reflect.New(reflect.TypeOf(zero)).Elem()
	fill(v)
	op, ok := v.Interface().(core.Op)
	if !ok {
		t.Fatalf("%T is no Op", zero)
	}
	return op
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		switch v.Interface().(type) {
		case core.Ref:
			v.Set(reflect.ValueOf(core.VMRef("berlin", "web1")))
			return
		case core.Part:
			v.Set(reflect.ValueOf(core.Part{Kind: core.PartNetwork, Name: "lan"}))
			return
		case time.Time:
			v.Set(reflect.ValueOf(time.Date(2030, 1, 31, 12, 0, 0, 0, time.UTC)))
			return
		}
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i))
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Uint8 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			fill(v.Index(0))
		}
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7_000_000_000)
	default: // an Op has no fields of other kinds
	}
}

// TestOpsAreCommands holds that Spec.Command, which the screen shows and copies,
// is a command line that the tree takes.
func TestOpsAreCommands(t *testing.T) {
	t.Parallel()
	for _, zero := range core.Ops() {
		for name, op := range map[string]core.Op{"zero": zero, "filled": filled(t, zero)} {
			spec := op.Spec()
			words := spec.Command
			root := New(Env{Stdout: io.Discard, Stderr: io.Discard})
			cmd, rest, err := root.Find(words)
			if err != nil || !cmd.Runnable() || cmd.HasSubCommands() {
				t.Errorf("%s, %s: %q is no command: %v", spec.ID, name, words, err)
				continue
			}
			if err := cmd.ParseFlags(rest); err != nil {
				t.Errorf("%s, %s: %q: %v", spec.ID, name, words, err)
				continue
			}
			if err := checkArgs(cmd); err != nil && name == "filled" {
				t.Errorf("%s, %s: %q: %v", spec.ID, name, words, err)
			}
			if slices.Contains(words, "") && name == "filled" {
				t.Errorf("%s: an empty word in %q", spec.ID, words)
			}
		}
	}
}

func checkArgs(cmd *cobra.Command) error { return cmd.ValidateArgs(cmd.Flags().Args()) }
