package command

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

// voice makes the whole tree speak of wrong command lines as gwm speaks of
// everything else: what is wrong, with which command, and how it is written.
func voice(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	root.SetFlagErrorFunc(wrongFlag)
	checkWords(root)
	for _, c := range root.Commands() {
		if c.Name() == "help" {
			c.RunE = explain
		}
	}
}

// explain is the command help.
func explain(cmd *cobra.Command, args []string) error {
	about, rest, err := cmd.Root().Find(args)
	switch {
	case err != nil:
		return err
	case about.HasSubCommands() && len(rest) > 0:
		return unknownCommand(about, rest[0])
	}
	return about.Help()
}

// checkWords replaces what cobra says about the number of words.
func checkWords(c *cobra.Command) {
	if fits := c.Args; fits != nil {
		c.Args = func(cmd *cobra.Command, args []string) error {
			if fits(cmd, args) == nil {
				return nil
			}
			return wrongWords(cmd, args)
		}
	}
	for _, child := range c.Commands() {
		checkWords(child)
	}
}

// wrongWords says which words of a command are missing, or which is one too many.
func wrongWords(cmd *cobra.Command, args []string) error {
	needed, all := operands(cmd.Use)
	switch {
	case len(args) < len(needed):
		missing := needed[len(args):]
		is := "is"
		if len(missing) > 1 {
			is = "are"
		}
		return usage(cmd, "%s %s missing", strings.Join(missing, " and "), is)
	case len(all) == 0 && len(args) > 0:
		return usage(cmd, "%q is too much, it takes no words", core.Printable(args[0]))
	case len(args) > len(all):
		return usage(cmd, "%q is one word too many", core.Printable(args[len(all)]))
	}
	return usage(cmd, "that is not how it is written")
}

// operands are the words that stand for something else in a usage line: those
// that are needed, and all of them.
func operands(use string) (needed, all []string) {
	for _, word := range strings.Fields(use)[1:] {
		if strings.HasPrefix(word, "--") {
			break
		}
		if name := strings.Trim(word, "[]."); name != "" {
			all = append(all, name)
			if word[0] != '[' {
				needed = append(needed, name)
			}
		}
	}
	return needed, all
}

// wrongFlag says what is wrong with an option. The errors are those of pflag,
// known by their methods.
func wrongFlag(cmd *cobra.Command, err error) error {
	var named interface{ GetSpecifiedName() string }
	var valued interface{ GetValue() string }
	var letters interface{ GetSpecifiedShortnames() string }
	var written interface{ GetSpecifiedFlag() string }
	switch {
	case errors.As(err, &written):
		return usage(cmd, "there is no option %s", core.Printable(written.GetSpecifiedFlag()))
	case errors.As(err, &valued):
		name, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "invalid argument "+strconv.Quote(valued.GetValue())+` for "`), `" flag: `)
		name = name[strings.LastIndexByte(name, ' ')+1:]
		return usage(cmd, "%s %q is not %s", name, core.Printable(valued.GetValue()), valueWord(cmd, name))
	case !errors.As(err, &named):
		return usage(cmd, "%s", core.Printable(err.Error()))
	}
	name := "--" + named.GetSpecifiedName()
	if errors.As(err, &letters) && letters.GetSpecifiedShortnames() != "" {
		name = "-" + named.GetSpecifiedName()
	}
	if f := cmd.Flag(named.GetSpecifiedName()); f != nil || cmd.Flags().ShorthandLookup(named.GetSpecifiedName()[:1]) != nil && name[1] != '-' {
		return usage(cmd, "%s needs a value", name)
	}
	return usage(cmd, "there is no option %s", core.Printable(name))
}

// valueWord says what an option takes.
func valueWord(cmd *cobra.Command, name string) string {
	f := cmd.Flag(strings.TrimLeft(name, "-"))
	if f == nil {
		return "possible"
	}
	switch f.Value.Type() {
	case "int", "int64":
		return "a whole number"
	case "bool":
		return "true or false"
	case "duration":
		return "a span of time, as 90s or 24h"
	}
	return "possible"
}

// usage is what a person gets who wrote a command wrongly.
func usage(cmd *cobra.Command, format string, args ...any) *core.Error {
	what := fmt.Sprintf(format, args...)
	if !cmd.HasParent() {
		return core.Errorf(core.CodeInvalid, "%s", what).WithHint("%s --help explains it", cmd.CommandPath())
	}
	_, name, _ := strings.Cut(cmd.CommandPath(), " ")
	line := cmd.Parent().CommandPath() + " " + cmd.Use
	return core.Errorf(core.CodeInvalid, "%s: %s", name, what).WithHint("write %s; %s --help explains it", line, cmd.CommandPath())
}
