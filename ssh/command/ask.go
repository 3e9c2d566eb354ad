package command

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"gwm/core"
)

// confirm asks before an Op that destroys something. With yes it is silent;
// without yes and without a person to ask it refuses.
func (t *tree) confirm(op core.Op, yes bool) error {
	if yes || t.Session.Danger(op) < core.Destructive {
		return nil
	}
	spec := op.Spec()
	if !t.Terminal {
		return core.Errorf(core.CodeInvalid, "%s needs a confirmation", spec.Title).WithHint("add --yes")
	}
	return t.ask(spec.Effect, "Go on")
}

// ask shows a text and wants the word yes.
func (t *tree) ask(text, question string) error {
	fmt.Fprintf(t.Stderr, "%s\n%s? Type yes: ", core.Printable(text), question)
	line, _ := bufio.NewReader(t.Stdin).ReadString('\n')
	if strings.TrimSpace(line) != "yes" {
		return core.Errorf(core.CodeInvalid, "not confirmed, nothing was changed")
	}
	return nil
}

// do confirms and carries out an Op on gwm's own records and says what was done.
func (t *tree) do(ctx context.Context, op core.Op, yes bool) error {
	if err := t.allowed(ctx, op); err != nil {
		return err
	}
	if err := t.confirm(op, yes); err != nil {
		return err
	}
	if _, err := t.Session.Do(ctx, op); err != nil {
		return err
	}
	t.note("done: %s", core.Printable(op.Spec().Title))
	return nil
}

// allowed lets Do refuse (and record) what is not allowed before anything is
// asked.
func (t *tree) allowed(ctx context.Context, op core.Op) error {
	if t.Session.Can(op).OK {
		return nil
	}
	_, err := t.Session.Do(ctx, op)
	return err
}
