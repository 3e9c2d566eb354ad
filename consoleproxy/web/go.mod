// The bundler that make assets runs, apart from the product so that its go.sum
// stays small. The folder is a module so that nothing below it is the product's.
module gwm/consoleproxy/web

go 1.26

tool github.com/evanw/esbuild/cmd/esbuild

require (
	github.com/evanw/esbuild v0.28.2 // indirect
	golang.org/x/sys v0.0.0-20220715151400-c0bba94af5f8 // indirect
)
