// Package browser tests the page of consoles in Chromium: on a fake screen, and
// with the tag ganeti and the environment that e2e/ganeti/test sets on the screens
// of real guests. -shots FOLDER writes pictures of the page.
package browser
