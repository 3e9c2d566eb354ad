package core

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// NewDisk is a disk that a VM gets. Empty fields are left to the cluster.
type NewDisk struct {
	SizeMiB  int    `json:"size_mib"`
	Name     string `json:"name,omitempty"`
	Mode     string `json:"mode,omitempty"`     // rw or ro; empty: rw
	VG       string `json:"vg,omitempty"`       // volume group, for plain and drbd
	MetaVG   string `json:"metavg,omitempty"`   // volume group of the metadata, for drbd
	Access   string `json:"access,omitempty"`   // kernelspace or userspace, for rbd, gluster and ext
	Provider string `json:"provider,omitempty"` // external storage, for ext
	Spindles int    `json:"spindles,omitempty"` // where nodes have exclusive storage
}

// fields are the words of a disk after its size, in the order of writing.
func (d *NewDisk) fields() []textField {
	return []textField{
		{"name", &d.Name},
		{"mode", &d.Mode},
		{"vg", &d.VG},
		{"metavg", &d.MetaVG},
		{"access", &d.Access},
		{"provider", &d.Provider},
	}
}

// textField is a word of a written disk or NIC and where its value is.
type textField struct {
	name  string
	value *string
}

// String writes the disk as ParseNewDisk reads it: "10240M,name=root".
func (d NewDisk) String() string {
	words := appendFields([]string{sizeWord(d.SizeMiB)}, d.fields())
	if d.Spindles > 0 {
		words = append(words, "spindles="+strconv.Itoa(d.Spindles))
	}
	return strings.Join(words, ",")
}

// ParseNewDisk reads a disk as people write it: its size, then words like name=root,
// with commas between. The error is CodeInvalid.
func ParseNewDisk(text string) (NewDisk, error) {
	size, rest, _ := strings.Cut(text, ",")
	var d NewDisk
	var err error
	if d.SizeMiB, err = ParseSize(strings.TrimPrefix(size, "size=")); err != nil {
		return NewDisk{}, Errorf(CodeInvalid, "the disk %q does not begin with its size", Printable(text)).
			WithHint("write it like 10G or 10G,name=root,mode=ro")
	}
	var spindles string
	if err := readFields("disk", rest, append(d.fields(), textField{"spindles", &spindles})); err != nil {
		return NewDisk{}, err
	}
	if spindles != "" {
		if d.Spindles, err = strconv.Atoi(spindles); err != nil {
			return NewDisk{}, Errorf(CodeInvalid, "%q is not a number of spindles", Printable(spindles))
		}
	}
	return d, d.check()
}

// check accepts a disk as it is written; whether the cluster has room is for the
// cluster.
func (d NewDisk) check() error {
	switch {
	case d.SizeMiB < 1 || d.SizeMiB > maxDiskMiB:
		return Errorf(CodeInvalid, "a disk has between 1 MiB and %s", FormatSize(maxDiskMiB)).WithHint("write it like 10G")
	case d.Mode != "" && d.Mode != "rw" && d.Mode != "ro":
		return Errorf(CodeInvalid, "%q is not a mode of a disk", Printable(d.Mode)).WithHint("use rw or ro")
	case d.Access != "" && d.Access != "kernelspace" && d.Access != "userspace":
		return Errorf(CodeInvalid, "%q is not an access to a disk", Printable(d.Access)).WithHint("use kernelspace or userspace")
	case d.Spindles < 0 || d.Spindles > 1024:
		return Errorf(CodeInvalid, "%d is not a number of spindles", d.Spindles)
	}
	return checkFields("disk", d.fields())
}

// maxDiskMiB bounds a disk: 1 PiB.
const maxDiskMiB = 1 << 30

// appendFields writes the fields that are not empty.
func appendFields(words []string, fields []textField) []string {
	for _, f := range fields {
		if *f.value != "" {
			words = append(words, f.name+"="+*f.value)
		}
	}
	return words
}

// readFields reads "name=value,name=value".
func readFields(what, text string, fields []textField) error {
	if text == "" {
		return nil
	}
next:
	for _, word := range strings.Split(text, ",") {
		name, value, ok := strings.Cut(word, "=")
		for _, f := range fields {
			if ok && f.name == name {
				*f.value = value
				continue next
			}
		}
		names := make([]string, len(fields))
		for i, f := range fields {
			names[i] = f.name + "="
		}
		return Errorf(CodeInvalid, "%q is not said of a %s", Printable(cmp.Or(word, ",")), what).
			WithHint("words are: %s", joinWords(names))
	}
	return nil
}

// checkFields accepts values that can be written and read back, and that a cluster
// takes as they are.
func checkFields(what string, fields []textField) error {
	for _, f := range fields {
		if len(*f.value) > maxName || strings.ContainsAny(*f.value, ", ") || Printable(*f.value) != *f.value {
			return Errorf(CodeInvalid, "the %s %q of a %s is too long or has characters that are not possible", f.name, Printable(cut(*f.value)), what).
				WithHint("use letters, digits, and %s", fmt.Sprintf("%q", "-_.:/"))
		}
	}
	return nil
}
