package core

import (
	"strconv"
	"strings"
)

// DiskEdit changes or removes a disk of a VM. Its size is changed by growing it.
type DiskEdit struct {
	Index  int    `json:"index"` // which, from 0, as the VM has them now
	Remove bool   `json:"remove,omitempty"`
	Name   string `json:"name,omitempty"` // empty: it stays; NoneWord gives it up
	Mode   string `json:"mode,omitempty"` // rw or ro; empty: it stays
	Was    *Disk  `json:"was,omitempty"`  // what the person saw; nil: they saw none
}

// ParseDiskEdit reads "0:name=root,mode=ro". The error is CodeInvalid.
func ParseDiskEdit(text string) (DiskEdit, error) {
	index, words, err := cutIndex("disk", text)
	if err != nil {
		return DiskEdit{}, err
	}
	e := DiskEdit{Index: index}
	if err := readFields("disk", words, e.fields()); err != nil {
		return DiskEdit{}, err
	}
	return e, e.check()
}

func (e *DiskEdit) fields() []textField {
	return []textField{{"name", &e.Name}, {"mode", &e.Mode}}
}

func (e DiskEdit) check() error {
	switch {
	case e.Index < 0 || e.Index >= maxDevices:
		return Errorf(CodeInvalid, "there cannot be a disk %d", e.Index).WithHint("they are counted from 0")
	case e.Remove && e.Name+e.Mode != "":
		return Errorf(CodeInvalid, "disk %d is to be changed and removed", e.Index)
	case !e.Remove && e.Name+e.Mode == "":
		return Errorf(CodeInvalid, "nothing of disk %d is to be changed", e.Index).WithHint("write it like 0:name=root,mode=ro")
	case e.Mode != "" && e.Mode != "rw" && e.Mode != "ro":
		return Errorf(CodeInvalid, "%q is not a mode of a disk", Printable(e.Mode)).WithHint("use rw or ro")
	}
	return checkFields("disk", e.fields())
}

// flag is the edit as an option of the command line.
func (e DiskEdit) flag() []string {
	if e.Remove {
		return []string{"--remove-disk", strconv.Itoa(e.Index)}
	}
	return []string{"--disk", strconv.Itoa(e.Index) + ":" + strings.Join(appendFields(nil, e.fields()), ",")}
}

func (e DiskEdit) name() string { return "disk/" + strconv.Itoa(e.Index) }

// words names the disk in a sentence.
func (e DiskEdit) words() string {
	text := "disk " + strconv.Itoa(e.Index)
	if e.Was != nil {
		text += " (" + e.Was.words() + ")"
	}
	return text
}

// diff adds what the disk was and becomes. No cluster tells the mode of a disk.
func (e DiskEdit) diff(d *changes) {
	var was Disk
	if e.Was != nil {
		was = *e.Was
	}
	switch {
	case e.Remove:
		d.text(e.name(), was.words(), "removed")
	default:
		if e.Name != "" {
			d.text(e.name()+"/name", was.Name, e.Name)
		}
		d.text(e.name()+"/mode", "", e.Mode)
	}
}

// stale adds what of the disk is no longer what the person saw.
func (e DiskEdit) stale(now []Disk, news *changes) {
	switch {
	case e.Was == nil:
	case e.Index >= len(now):
		news.text(e.name(), e.Was.words(), "not there any more")
	case e.Was.UUID != now[e.Index].UUID:
		news.text(e.name(), e.Was.words(), "another one ("+now[e.Index].words()+")")
	default:
		is := now[e.Index]
		news.text(e.name()+"/name", e.Was.Name, is.Name)
		news.text(e.name()+"/size", FormatSize(e.Was.SizeMiB), FormatSize(is.SizeMiB))
	}
}

// atOnce tells whether a VM that runs has nothing to take over.
func (e DiskEdit) atOnce() bool { return !e.Remove && e.Mode == "" }

// words is the disk in a few words: "10 GiB, root".
func (d Disk) words() string {
	return strings.TrimSuffix(FormatSize(d.SizeMiB)+", "+Printable(d.Name), ", ")
}

// reachesNode tells whether the disk asks for storage other than what the cluster
// has for such a VM.
func (d NewDisk) reachesNode() bool { return d.VG+d.MetaVG+d.Access+d.Provider != "" }
