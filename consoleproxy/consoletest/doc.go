// Package consoletest is a node of a cluster as gwm's consoles see it: an SSH
// server on the loopback whose VMs are toys. Tests and the demo run on it. It
// guarantees that nothing of the machine is reached through it: no program is
// started, no file is read, and only addresses that it was told lead anywhere.
package consoletest
