// Package tuitest drives the screen without a terminal and without waiting: keys
// go in, the settled screen comes out.
//
// A Driver lives in a testing/synctest bubble. Every command of the model runs in
// a goroutine of its own, as in a real program; Settle returns when all of them
// have answered or wait for something that only time or another person can
// bring. Time stands still until Advance.
package tuitest
