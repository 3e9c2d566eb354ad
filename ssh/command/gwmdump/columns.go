package gwmdump

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Table is a table that is read, with every column that it ever had.
type Table struct {
	Label string // of version 0.11: "virtualmachines.virtualmachine"
	Read  []string
	Left  []string // columns that are known and not read
}

// Tables lists the tables that are read.
func Tables() []Table {
	cache := " serialized_info mtime cached ignore_cache"
	table := func(label, read, left string) Table {
		return Table{Label: label, Read: strings.Fields(read), Left: strings.Fields(left)}
	}
	return []Table{
		table("auth.user", "username first_name last_name email password is_superuser is_active groups", "is_staff user_permissions last_login date_joined"),
		table("auth.group", "name", "permissions"),
		table("authentication.profile", "user", ""),
		table("authentication.organization", "group", ""),
		table("clusters.cluster", "hostname slug port description username password virtual_cpus disk ram", "hash last_job"+cache),
		table("virtualmachines.virtualmachine", "cluster hostname owner note_text",
			"virtual_cpus disk_size ram minram cluster_hash operating_system status primary_node secondary_node last_job pending_delete template"+cache),
		table("ganeti_web.cluster_perms", "user group obj admin create_vm migrate export replace_disks tags", ""),
		table("ganeti_web.virtualmachine_perms", "user group obj admin power remove modify tags", ""),
		table("object_permissions.group_perms", "user group obj admin", ""),
		table("utils.quota", "user cluster ram disk virtual_cpus", ""),
		table("utils.sshkey", "user key", ""),
		table("vm_templates.virtualmachinetemplate", "template_name temporary description cluster start no_install ip_check name_check iallocator "+
			"iallocator_hostname disk_template pnode snode os vcpus memory minmem disks nics disk_type nic_type hypervisor kernel_path root_path "+
			"serial_console boot_order cdrom_image_path cdrom2_image_path disk_size nic_mode nic_link", ""),
	}
}

// Passed lists the tables that are known and not read, by the name of their model.
func Passed() []string {
	return []string{
		"clusteruser", "node", "job", "ganetierror", "logaction", "logitem", "permission", "contenttype", "session", "site", "message",
		"migrationhistory", "registrationprofile", "logentry",
	}
}

// known are the columns of each model that is read.
func known() map[string]map[string]bool {
	all := map[string]map[string]bool{}
	for _, t := range Tables() {
		columns := map[string]bool{}
		for _, name := range slices.Concat(t.Read, t.Left) {
			columns[name] = true
		}
		all[modelOf(t.Label)] = columns
	}
	return all
}

func modelOf(label string) string {
	_, model, _ := strings.Cut(label, ".")
	return model
}

// stray notes the columns of a row that no version had; those of permissions are
// rights, and are told with them.
func (t *tables) stray(label string, f *fields) {
	columns, model := t.columns[modelOf(label)], modelOf(label)
	if strings.HasSuffix(model, "_perms") {
		return
	}
	for name := range f.of {
		if !columns[name] {
			t.strays[label+" "+name]++
		}
	}
}

// unknown lists, as problems, the tables and columns that nobody reads and nobody
// knows.
func (t *tables) unknown() {
	for _, label := range slices.Sorted(maps.Keys(t.dump.Counts)) {
		if !slices.Contains(Passed(), modelOf(label)) {
			t.problem(label, fmt.Sprintf("no version had this table; it stays in the dump (rows: %d)", t.dump.Counts[label]))
		}
	}
	for _, column := range slices.Sorted(maps.Keys(t.strays)) {
		t.problem(column, fmt.Sprintf("no version had this column; it stays in the dump (rows: %d)", t.strays[column]))
	}
}
