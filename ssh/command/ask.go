package command

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"gwm/core"
)

// confirm asks before Ops that destroy something. With yes it is silent; without
// yes and without a person to ask it refuses.
func (t *tree) confirm(yes bool, ops ...core.Op) error {
	if yes || t.Session.Danger(ops...) < core.Destructive {
		return nil
	}
	if !t.Terminal {
		what := ops[0].Spec().Title
		if len(ops) > 1 {
			what = fmt.Sprintf("%s and %d more", what, len(ops)-1)
		}
		return core.Errorf(core.CodeInvalid, "%s needs a confirmation", what).WithHint("add --yes")
	}
	effects := make([]string, len(ops))
	for i, op := range ops {
		effects[i] = op.Spec().Sentence()
	}
	return t.ask(strings.Join(effects, "\n"), "Go on")
}

// ask shows a text, which is printable, and wants the word yes.
func (t *tree) ask(text, question string) error {
	fmt.Fprintf(t.Stderr, "%s\n%s? Type yes: ", text, question)
	line, _ := bufio.NewReader(t.Stdin).ReadString('\n')
	if strings.TrimSpace(line) != "yes" {
		return core.Errorf(core.CodeInvalid, "not confirmed, nothing was changed")
	}
	return nil
}

// do confirms and carries out an Op on gwm's own records and says what was done.
func (t *tree) do(ctx context.Context, op core.Op, yes bool) error {
	if err := t.check(ctx, op); err != nil {
		return err
	}
	if err := t.confirm(yes, op); err != nil {
		return err
	}
	if _, err := t.Session.Do(ctx, op); err != nil {
		return err
	}
	t.note("done: %s", core.Printable(op.Spec().Title))
	return nil
}
