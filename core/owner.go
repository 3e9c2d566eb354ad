package core

import "time"

// Ownership says whose quota a VM is charged to. Being the owner gives no right
// on the VM; a VM without a record has no owner and is charged to nobody.
type Ownership struct {
	VM    Ref       `json:"vm"`
	Owner Ref       `json:"owner"` // a user or a group
	By    string    `json:"by"`
	At    time.Time `json:"at"`
}
