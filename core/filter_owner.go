package core

// ownedRow is a VM as a Row that knows its owner too.
type ownedRow struct {
	*VM
	view *View
}

// Row returns a VM as a filter sees it with its owner, which the VM alone does
// not know: owner:ann and owner:group:ops find it, and "owner:" one without.
func (v *View) Row(vm *VM) Row { return ownedRow{vm, v} }

// FilterField returns the values of a field.
func (r ownedRow) FilterField(name string) ([]string, bool) {
	if name != "owner" {
		return r.VM.FilterField(name)
	}
	owner := r.view.OwnerOf(r.VM)
	if owner.IsZero() {
		return nil, true
	}
	return lower(owner.Name, owner.String()), true
}

// Asks tells whether the filter looks at a field, such as "owner": only then
// View.Row is worth its price.
func (f *Filter) Asks(field string) bool {
	if f == nil {
		return false
	}
	for i := range f.terms {
		if f.terms[i].kind == termField && f.terms[i].key == field {
			return true
		}
	}
	return false
}
