// Command gwm is a control room for virtual machine clusters in the terminal.
package main

func main() {}
