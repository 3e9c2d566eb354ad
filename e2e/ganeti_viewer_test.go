//go:build ganeti && viewer

package e2e

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// viewing runs a program of those that e2e/ganeti/viewer has unpacked.
func viewing(t *testing.T, words ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), "ganeti/viewer", append([]string{"run", setting(t, "GWM_VIEWER")}, words...)...)
	c.Env = append(os.Environ(), "HOME="+t.TempDir())
	return c
}

// display starts an X server of the size of a VM's screen. It returns its name and
// what reads its picture.
func display(t *testing.T, size image.Point) (name string, shown func() (image.Image, error)) {
	t.Helper()
	dir := t.TempDir()
	x := viewing(t, "Xvfb", "-displayfd", "1", "-screen", "0", strconv.Itoa(size.X)+"x"+strconv.Itoa(size.Y)+"x24", "-fbdir", dir, "-nolisten", "tcp")
	out, err := x.StdoutPipe()
	check(t, err)
	check(t, x.Start())
	t.Cleanup(func() { _, _ = x.Process.Kill(), x.Wait() })
	number, err := bufio.NewReader(out).ReadString('\n')
	check(t, err)
	return ":" + strings.TrimSpace(number), func() (image.Image, error) {
		data, err := os.ReadFile(filepath.Join(dir, "Xvfb_screen0"))
		if err != nil {
			return nil, err
		}
		return readXWD(data)
	}
}

// readXWD reads what Xvfb keeps: XWD with four bytes a pixel, blue first.
func readXWD(data []byte) (image.Image, error) {
	field := func(i int) int { return int(binary.BigEndian.Uint32(data[4*i:])) }
	if len(data) < 100 || field(1) != 7 || field(11) != 32 || field(7) != 0 {
		return nil, errors.New("this is no picture of Xvfb")
	}
	p := image.NewRGBA(image.Rect(0, 0, field(4), field(5)))
	pixels := data[field(0)+12*field(19):]
	for y := range p.Rect.Dy() {
		for x := range p.Rect.Dx() {
			from, to := y*field(12)+4*x, p.PixOffset(x, y)
			p.Pix[to], p.Pix[to+1], p.Pix[to+2], p.Pix[to+3] = pixels[from+2], pixels[from+1], pixels[from], 255
		}
	}
	return p, nil
}

// TestGanetiTigerVNC shows the screen of a real guest in an ordinary VNC viewer.
func TestGanetiTigerVNC(t *testing.T) {
	b := newBed(t, "console: {forward: {ports: 7740-7759}}")
	s := b.screenOf("alpha", "vm-vnc")
	name, shown := display(t, b.dump("alpha", s).Bounds().Size())
	p := b.viewerPort("admin", "alpha/"+s.name)

	hide := viewing(t, "tigervncpasswd", "-f")
	hide.Stdin = strings.NewReader(p.Password + "\n")
	hidden, err := hide.Output()
	check(t, err)
	file := filepath.Join(t.TempDir(), "password")
	check(t, os.WriteFile(file, hidden, 0o600))
	host, number, _ := strings.Cut(p.Address, ":")
	start := func() (viewer *exec.Cmd, said *bytes.Buffer) {
		viewer, said = viewing(t, "xtigervncviewer", "-PasswordFile="+file, "-SecurityTypes=VncAuth", "-FullScreen=1", "-AlertOnFatalError=0", "-ReconnectOnError=0", host+"::"+number), &bytes.Buffer{}
		viewer.Env = append(viewer.Env, "DISPLAY="+name)
		viewer.Stdout, viewer.Stderr = said, said
		check(t, viewer.Start())
		return viewer, said
	}
	viewer, said := start()
	t.Cleanup(func() { _ = viewer.Process.Kill() })
	b.same("alpha", s, shown)

	second, why := start()
	_ = second.Wait()
	has(t, why.String(), "refused") // nobody listens any more
	check(t, viewer.Process.Kill())
	_ = viewer.Wait()
	has(t, said.String(), "Choosing security type VncAuth(2)")
	has(t, p.said(), "the viewer was closed")
}
