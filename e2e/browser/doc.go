// Package browser tests the page of consoles in Chromium.
package browser
