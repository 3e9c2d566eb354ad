// Package rapitest is a simulated Ganeti: a cluster with state, a job queue and locks behind the remote API (RAPI v2), as a plain http.Handler or on a real HTTPS port.
//
// It answers the paths it knows with the statuses, JSON shapes and oddities of a real Ganeti 3.0.2 (see Ganeti's doc/rapi.rst); the package's tests hold it against recorded answers of one.
// It imports nothing of gwm, so that it can be checked against Ganeti alone.
//
// Time: a cluster has no goroutine and no clock of its own. Every request first moves the jobs on to time.Now, so a cluster driven as a handler also works inside testing/synctest.
// Only [Activity] and [Server] own goroutines; both have a Close that waits for them.
//
// A Cluster is safe for concurrent use. Programming mistakes in a [Config] (a VM on an unknown node, say) panic in [New].
package rapitest
