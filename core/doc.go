// Package core is the domain of gwm and its only door.
//
// Every front end (screen, SSH commands, console proxy) holds a [Session] and
// nothing else: [Session.View] is everything this person may see, [Session.Do]
// is everything they may change. A change is an [Op], a plain value that says
// what it touches and which [Verb] it needs; the type's run method is
// unexported, so an Op can be defined and carried out in this package only.
//
// Words. A [Ref] names an object (cluster, node, VM, user, group, job, site).
// A [Grant] gives verbs on a Ref to a user or a group; a [Lock] takes them away
// and wins. A [Job] is a piece of work somebody asked for; the job that the
// cluster itself runs for it is the upstream job ([UpstreamJob]). A [Snapshot]
// is an immutable picture of every cluster; screens read it and never wait.
//
// The package imports the standard library only. What it needs from outside it
// declares in ports.go and inventory.go.
package core
