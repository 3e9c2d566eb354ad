package core

import (
	"fmt"
	"strconv"
	"strings"
)

// The layout of the store: every key that gwm uses begins with one of these, or
// with CachePrefix. Values are JSON. Names hold no '/', so a key is read back by
// cutting at it.
const (
	prefixUser    = "user/"                     // user/NAME
	prefixGroup   = "group/"                    // group/NAME
	prefixKey     = "key/"                      // key/FINGERPRINT, in hex
	prefixGrant   = "grant/"                    // grant/WHO/ON
	prefixLock    = "lock/"                     // lock/ON
	prefixNote    = "note/"                     // note/ON
	prefixCluster = "cluster/"                  // cluster/NAME
	prefixQuota   = "quota/"                    // quota/CLUSTER/WHO, WHO empty for the default
	prefixOwner   = "owner/"                    // owner/CLUSTER/VM
	prefixToken   = "token/"                    // token/ID
	prefixShape   = "template/"                 // template/CLUSTER/NAME
	prefixBackup  = "backup/"                   // backup/CLUSTER/VM
	prefixInvite  = "invite/"                   // invite/HASH
	prefixApply   = "applicant/"                // applicant/NAME
	prefixTicket  = "ticket/"                   // ticket/HASH
	prefixHost    = "hostkey/"                  // hostkey/CLUSTER
	prefixReel    = "recording/"                // recording/ID
	prefixOpen    = "recording-open/"           // recording-open/ID: what has not ended
	prefixSecret  = SealedPrefix                // secret/cluster/NAME/password, secret/recording/ID, ...
	prefixJob     = "job/"                      // job/<20 digits>
	prefixJobLog  = "joblog/"                   // joblog/<20 digits>/<20 digits>
	prefixAudit   = "audit/"                    // audit/<20 digits>
	prefixCleared = "cleared/"                  // cleared/ON/WHAT
	prefixPrefs   = "prefs/"                    // prefs/NAME
	prefixSeen    = "seen/"                     // seen/NAME: when the user logged in last
	prefixMeta    = "meta/"                     // meta/...
	keyAuditHead  = "audit-head"                // number and hash of the last audit record
	keyAuditBase  = SealedPrefix + "audit-base" // the last audit record that was pruned
	keyPeople     = prefixMeta + "people"       // written with every change of people; its revision numbers them
	keyLastJob    = prefixMeta + "job"          // the last JobID that was given
)

// peoplePrefixes are the prefixes of what the picture of people is made of.
var peoplePrefixes = [...]string{
	prefixUser, prefixGroup, prefixKey, prefixGrant, prefixLock, prefixCluster,
	prefixQuota, prefixOwner, prefixToken, prefixInvite, prefixApply, prefixNote, prefixCleared, prefixShape, prefixBackup,
}

func userKey(name string) string    { return prefixUser + name }
func groupKey(name string) string   { return prefixGroup + name }
func clusterKey(name string) string { return prefixCluster + name }
func prefsKey(user string) string   { return prefixPrefs + user }
func seenKey(user string) string    { return prefixSeen + user }

// keyKey is the store key of a public key; base64 may hold '/', hex does not.
func keyKey(fingerprint string) string { return prefixKey + fmt.Sprintf("%x", fingerprint) }

func grantKey(who, on Ref) string { return prefixGrant + who.String() + "/" + on.String() }
func lockKey(on Ref) string       { return prefixLock + on.String() }
func noteKey(on Ref) string       { return prefixNote + on.String() }

func quotaKey(who Ref, cluster string) string { return prefixQuota + cluster + "/" + who.String() }
func ownerKey(vm Ref) string                  { return prefixOwner + vm.String() }
func clearedKey(on Ref, what string) string   { return prefixCleared + on.String() + "/" + what }
func tokenKey(id string) string               { return prefixToken + id }
func backupKey(vm Ref) string                 { return prefixBackup + vm.String() }
func templateKey(cluster, name string) string { return prefixShape + cluster + "/" + name }
func inviteKey(hash string) string            { return prefixInvite + hash }
func applicantKey(name string) string         { return prefixApply + name }
func ticketKey(hash string) string            { return prefixTicket + hash }
func hostKey(cluster string) string           { return prefixHost + cluster }
func reelKey(id string) string                { return prefixReel + id }
func openReelKey(id string) string            { return prefixOpen + id }

func passwordKey(cluster string) string { return prefixSecret + "cluster/" + cluster + "/password" }

// identityKey is where gwm's own SSH key for the nodes of a cluster is.
func identityKey(cluster string) string { return prefixSecret + "cluster/" + cluster + "/identity" }

// reelSecretKey is where the key of a recording is.
func reelSecretKey(id string) string { return prefixSecret + "recording/" + id }

// factorKey is where a user's second factor is.
func factorKey(user string) string { return prefixSecret + "user/" + user + "/totp" }

func jobKey(id JobID) string { return prefixJob + digits(int64(id)) }

// jobLogPrefix is the prefix of a job's log lines.
func jobLogPrefix(id JobID) string { return prefixJobLog + digits(int64(id)) + "/" }

func jobLogKey(id JobID, serial int64) string { return jobLogPrefix(id) + digits(serial) }

func auditKey(seq int64) string { return prefixAudit + digits(seq) }

// digits writes n so that keys sort by number.
func digits(n int64) string {
	s := strconv.FormatInt(n, 10)
	return strings.Repeat("0", max(0, 20-len(s))) + s
}
