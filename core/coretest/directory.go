package coretest

import (
	"context"
	"sync"

	"gwm/core"
)

// Directory is a core.Directory that says what a test told it to.
type Directory struct {
	mu     sync.Mutex
	people map[string]core.Person
	words  map[string]string // passwords by name
	down   bool
	asked  int // passwords that reached it
}

// NewDirectory returns a directory without people.
func NewDirectory() *Directory {
	return &Directory{people: map[string]core.Person{}, words: map[string]string{}}
}

// Set adds or changes a person; an empty password is no login.
func (d *Directory) Set(password string, p core.Person) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.people[p.Name], d.words[p.Name] = p, password
}

// Remove forgets a person.
func (d *Directory) Remove(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.people, name)
}

// SetDown makes the directory unreachable, or reachable again.
func (d *Directory) SetDown(down bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.down = down
}

// Asked tells how many passwords reached the directory.
func (d *Directory) Asked() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked
}

// Check implements core.Directory.
func (d *Directory) Check(ctx context.Context, name string, password core.Secret) (core.Person, error) {
	d.mu.Lock()
	d.asked++
	right := d.words[name] == password.Reveal()
	d.mu.Unlock()
	p, err := d.Find(ctx, name)
	if err == nil && !right {
		return core.Person{}, core.Errorf(core.CodeDenied, "the password of %s is wrong", name)
	}
	return p, err
}

// Find implements core.Directory.
func (d *Directory) Find(_ context.Context, name string) (core.Person, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, ok := d.people[name]
	switch {
	case d.down:
		return core.Person{}, core.Errorf(core.CodeUnreachable, "the directory is down")
	case !ok:
		return core.Person{}, core.Errorf(core.CodeDenied, "the directory does not know %s", name)
	}
	return p, nil
}
