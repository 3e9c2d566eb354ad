package consoletest

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"io"
)

// maxPicture is how many pixels a picture may have on a side.
const maxPicture = 8192

// ReadPPM reads a picture in the format that QEMU's screendump writes: P6 with
// eight bits a colour and no comments.
func ReadPPM(r io.Reader) (*image.RGBA, error) {
	in := bufio.NewReader(r)
	var width, height, most int
	if _, err := fmt.Fscanf(in, "P6\n%d %d\n%d\n", &width, &height, &most); err != nil {
		return nil, fmt.Errorf("read a picture: %w", err)
	}
	if width < 1 || height < 1 || width > maxPicture || height > maxPicture || most != 255 {
		return nil, errors.New("read a picture: it has a size or a depth that no screen has")
	}
	p := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := 0; i < len(p.Pix); i += 4 {
		if _, err := io.ReadFull(in, p.Pix[i:i+3]); err != nil {
			return nil, fmt.Errorf("read a picture: %w", err)
		}
		p.Pix[i+3] = 255
	}
	return p, nil
}

// Unlike counts the pixels of which a colour differs by more than tolerance, of
// 255, between two pictures. Pictures of different sizes are unlike in all.
func Unlike(a, b image.Image, tolerance int) int {
	from, to := a.Bounds(), b.Bounds()
	if from.Size() != to.Size() {
		return max(from.Dx()*from.Dy(), to.Dx()*to.Dy())
	}
	apart := func(x, y uint32) bool {
		d := int(x>>8) - int(y>>8)
		return d > tolerance || -d > tolerance
	}
	n := 0
	for y := range from.Dy() {
		for x := range from.Dx() {
			r1, g1, b1, _ := a.At(from.Min.X+x, from.Min.Y+y).RGBA()
			r2, g2, b2, _ := b.At(to.Min.X+x, to.Min.Y+y).RGBA()
			if apart(r1, r2) || apart(g1, g2) || apart(b1, b2) {
				n++
			}
		}
	}
	return n
}
