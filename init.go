package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"gwm/core"
	"gwm/ssh"
	"gwm/store"
)

// initialize is one run of gwm init.
type initialize struct {
	*program
	admin        string
	files        []string // --key
	newMasterKey bool
}

func (p *program) initCommand() *cobra.Command {
	i := &initialize{program: p}
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Make the configuration, the keys, the store and the first administrator",
		Long: "Make a commented configuration, the master key, the host keys, the store and the first administrator in DIR\n" +
			"(default: the data directory). What exists already is left as it is.",
		Example: "  gwm init\n  gwm init /var/lib/gwm --admin ann --key ~/.ssh/id_ed25519.pub",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(i.files) > 0 && i.admin == "" {
				return core.Errorf(core.CodeInvalid, "--key needs --admin").WithHint("add --admin NAME")
			}
			return i.run(cmd.Context(), args)
		},
	}
	cmd.Flags().StringVar(&i.admin, "admin", "", "name of the first administrator (default: yours)")
	cmd.Flags().StringArrayVar(&i.files, "key", nil, "file with the administrator's public keys (default: the SSH agent's and ~/.ssh/*.pub)")
	cmd.Flags().BoolVar(&i.newMasterKey, "new-master-key", false, "make a new master key; the next start seals everything with it")
	return cmd
}

func (i *initialize) run(ctx context.Context, args []string) error {
	// What the person typed is looked at before anything is made.
	admin, err := i.administrator(ctx)
	if err != nil {
		return err
	}
	c, err := i.place(args)
	if err != nil {
		return err
	}
	if err := i.masterKey(c); err != nil {
		return err
	}
	if err := i.hostKeys(c); err != nil {
		return err
	}
	if err := i.people(ctx, c, admin); err != nil {
		return err
	}
	i.next(c)
	return nil
}

// say prints one line: what was made, or what exists.
func (i *initialize) say(made bool, what, path string) {
	word := "exists"
	if made {
		word = "made"
	}
	fmt.Fprintf(i.stdout, "%-8s%-16s%s\n", word, what, path)
}

// place finds out where everything goes, and makes the directory and the
// configuration there.
func (i *initialize) place(args []string) (config, error) {
	c := defaultConfig(i.env)
	if dir := i.env("GWM_DATA_DIR"); dir != "" {
		c.DataDir = dir
	}
	if len(args) > 0 {
		c.DataDir = args[0]
	}
	dir, err := filepath.Abs(c.DataDir)
	if err != nil {
		return config{}, core.Errorf(core.CodeInvalid, "the directory %s cannot be found: %w", c.DataDir, err)
	}
	c.DataDir = dir
	c.file = filepath.Join(dir, "gwm.yaml")
	if i.configFile != "" {
		c.file = i.configFile
	}
	text, err := os.ReadFile(c.file)
	if err == nil {
		if err := c.decode(c.file, text); err != nil {
			return config{}, err
		}
		if len(args) > 0 && c.DataDir != dir {
			return config{}, core.Errorf(core.CodeConflict, "%s says data_dir: %s, not %s", c.file, c.DataDir, dir).
				WithHint("leave out the directory, or change the file")
		}
		i.say(false, "configuration", c.file)
		return c, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return config{}, core.Errorf(core.CodeInvalid, "the configuration %s cannot be read: %w", c.file, core.PlainCause(err)).WithHint("choose another directory")
	}
	if err := errors.Join(os.MkdirAll(dir, 0o700), os.MkdirAll(filepath.Dir(c.file), 0o700)); err != nil {
		return config{}, core.Errorf(core.CodeInvalid, "the directory %s cannot be made: %w", dir, core.PlainCause(err)).WithHint("choose another directory")
	}
	if err := os.WriteFile(c.file, []byte(configText(dir)), 0o600); err != nil {
		return config{}, core.Errorf(core.CodeInvalid, "the configuration %s cannot be written: %w", c.file, core.PlainCause(err)).WithHint("choose another directory")
	}
	i.say(true, "configuration", c.file)
	return c, nil
}

func (i *initialize) masterKey(c config) error {
	o := c.store()
	_, missing := os.Stat(o.KeyFile)
	if _, err := os.Stat(o.Path); err == nil && errors.Is(missing, fs.ErrNotExist) {
		return core.Errorf(core.CodeInvalid, "the store %s exists, but its master key %s does not", o.Path, o.KeyFile).
			WithHint("bring back the key file; a new one could not open the passwords in the store")
	}
	err := store.CreateKeyFile(o.KeyFile)
	exists := errors.Is(err, fs.ErrExist)
	if err != nil && !exists {
		return err
	}
	if exists && i.newMasterKey {
		if err := store.RotateKeyFile(o.KeyFile); err != nil {
			return err
		}
		exists = false
	}
	i.say(!exists, "master key", o.KeyFile)
	return nil
}

func (i *initialize) hostKeys(c config) error {
	dir := c.path(c.SSH.HostKeyDir)
	_, err := os.Stat(dir)
	server, newErr := ssh.New(ssh.Config{HostKeyDir: dir})
	if newErr != nil {
		return newErr
	}
	i.say(errors.Is(err, fs.ErrNotExist), "host keys", dir)
	for _, k := range server.HostKeys() {
		fmt.Fprintf(i.stdout, "%-24s%s %s\n", "", k.Type, k.Fingerprint)
	}
	return nil
}

// administrator collects the name and the keys of the first administrator.
func (i *initialize) administrator(ctx context.Context) (core.AddUser, error) {
	u := core.User{Name: i.admin, Admin: true}
	if u.Name != "" {
		if err := core.CheckNewName(core.KindUser, u.Name); err != nil {
			return core.AddUser{}, err
		}
	} else {
		u.Name = cmp.Or(account(), "admin")
	}
	add := core.AddUser{User: u}
	for _, file := range i.files {
		keys, err := i.keyFile(file)
		if err != nil {
			return core.AddUser{}, err
		}
		add.Keys = append(add.Keys, keys...)
	}
	if len(i.files) == 0 {
		add.Keys = i.foundKeys(ctx)
	}
	return add, nil
}

// people adds the first administrator, unless there is one already.
func (i *initialize) people(ctx context.Context, c config, add core.AddUser) error {
	_, missing := os.Stat(c.store().Path)
	return i.local(ctx, c, "command", func(_ *site, s *core.Session) error {
		i.say(errors.Is(missing, fs.ErrNotExist), "store", c.store().Path)
		users, err := s.Users(ctx)
		if err != nil {
			return err
		}
		for _, u := range users {
			if u.Name == add.User.Name || i.admin == "" && u.Admin {
				i.say(false, "administrator", u.Name)
				return nil
			}
		}
		if len(add.Keys) == 0 {
			fmt.Fprintf(i.stdout, "%-8s%-16s%s\n", "none", "administrator", "no public key was found: gwm init --admin NAME --key FILE")
			return nil
		}
		if _, err := s.Do(ctx, add); err != nil {
			return err
		}
		i.say(true, "administrator", add.User.Name)
		for _, k := range add.Keys {
			fmt.Fprintf(i.stdout, "%-24s%s %s %s\n", "", k.Type, k.Fingerprint, core.Printable(k.Comment))
		}
		return nil
	})
}

// next says how to go on from here.
func (i *initialize) next(c config) {
	flag := ""
	if found, err := loadConfig("", i.env); err != nil || found.file != c.file {
		flag = " --config " + c.file
	}
	fmt.Fprintf(i.stdout, "\nNext:\n  gwm%s cluster add NAME --url https://HOST:5080 --user USER --password-file FILE\n  gwm%s serve\n", flag, flag)
}
