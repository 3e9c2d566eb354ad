package browser

import (
	"bytes"
	"context"
	"encoding/base64"
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

var shots = flag.String("shots", "", "write pictures of the page into this folder")

// patience is how long anything may take before a test gives up.
const patience = time.Minute

// tab is a tab of a browser of its own.
type tab struct {
	t   *testing.T
	ctx context.Context
}

// newTab starts Chromium.
func newTab(t *testing.T) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.IgnoreCertErrors, chromedp.WindowSize(1280, 800),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.WSURLReadTimeout(time.Minute),
	)
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithErrorf(func(string, ...any) {})) // it does not know all events
	t.Cleanup(cancel)
	if err := chromedp.Run(ctx, chromedp.Navigate("about:blank")); err != nil { // the browser ends with this context
		t.Fatal("Chromium does not start: ", err)
	}
	return &tab{t, ctx}
}

func (b *tab) run(actions ...chromedp.Action) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		b.fail("%v", err)
	}
}

// fail ends the test, and says what the page shows.
func (b *tab) fail(format string, args ...any) {
	b.t.Helper()
	var text string
	_ = chromedp.Run(b.ctx, chromedp.Evaluate("document.body.innerText", &text))
	b.shot("failed")
	b.t.Fatalf(format+"; the page says %q", append(args, text)...)
}

// until waits until an expression of JavaScript is true. A page that is just being
// left or loaded has no answer.
func (b *tab) until(expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		var ok bool
		err := chromedp.Run(ctx, chromedp.Evaluate("Boolean("+expression+")", &ok))
		if ok {
			return
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			b.fail("waited in vain for %s: %v", expression, err)
		}
	}
}

// says waits for a text in the notice in the middle of the page.
func (b *tab) says(text string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`!document.getElementById("notice").hidden && document.getElementById("notice").textContent.includes(%q)`, text))
}

// status waits for a text in the bottom line.
func (b *tab) status(text string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`document.getElementById("status").textContent.includes(%q)`, text))
}

// shot writes what the page looks like, where that was asked for.
func (b *tab) shot(name string) {
	if *shots == "" {
		return
	}
	var picture []byte
	if err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot(&picture)); err != nil {
		b.t.Log("no picture:", err)
		return
	}
	name = strings.ReplaceAll(b.t.Name(), "/", "-") + "-" + name + ".png"
	if err := os.WriteFile(filepath.Join(*shots, name), picture, 0o600); err != nil {
		b.t.Log("no picture:", err)
	}
}

// visit opens a link in the tab as if somebody had clicked at it.
func (b *tab) visit(link string) {
	b.t.Helper()
	b.run(chromedp.Navigate("about:blank"), chromedp.Navigate(link))
}

// picture is the screen of the VM as the page shows it, in its own size.
func (b *tab) picture() image.Image {
	b.t.Helper()
	var url string
	b.run(chromedp.Evaluate(`document.querySelector("#screen canvas").toDataURL("image/png")`, &url))
	_, data, _ := strings.Cut(url, ",")
	raw, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		b.t.Fatal(err)
	}
	p, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

// enter types a text by the page's box for it, and waits until all of it is typed.
func (b *tab) enter(text string) {
	b.t.Helper()
	b.run(chromedp.Evaluate(`document.querySelector('[data-panel="type"]').getAttribute("aria-expanded") === "true" || document.querySelector('[data-panel="type"]').click()`, nil),
		chromedp.SetValue("#words", text), chromedp.Click("#typing"))
	b.status(fmt.Sprintf("%d characters typed", len(text)))
}
