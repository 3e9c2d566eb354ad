package consoletest

import (
	"image/color"
	"strings"
	"testing"
)

func TestPictures(t *testing.T) {
	t.Parallel()
	const two = "P6\n2 1\n255\n\x01\x02\x03\xff\x80\x00"
	a, err := ReadPPM(strings.NewReader(two))
	if err != nil {
		t.Fatal(err)
	}
	if got := a.RGBAAt(1, 0); got != (color.RGBA{255, 128, 0, 255}) {
		t.Errorf("the second pixel is %v", got)
	}
	b, err := ReadPPM(strings.NewReader(strings.Replace(two, "\x80", "\x90", 1)))
	if err != nil {
		t.Fatal(err)
	}
	for tolerance, want := range map[int]int{15: 1, 16: 0} {
		if got := Unlike(a, b, tolerance); got != want {
			t.Errorf("%d pixels are apart by more than %d, not %d", got, tolerance, want)
		}
	}
	tall, err := ReadPPM(strings.NewReader("P6\n1 2\n255\n\x01\x02\x03\xff\x80\x00"))
	if err != nil {
		t.Fatal(err)
	}
	if got := Unlike(a, tall, 255); got != 2 {
		t.Errorf("pictures of two sizes differ in %d pixels", got)
	}
	for name, text := range map[string]string{
		"empty": "", "cut off": two[:len(two)-1], "another format": strings.Replace(two, "P6", "P3", 1),
		"no pixels": "P6\n0 0\n255\n", "too many": "P6\n9000 9000\n255\n", "16 bits": strings.Replace(two, "255", "65535", 1),
	} {
		if _, err := ReadPPM(strings.NewReader(text)); err == nil {
			t.Errorf("a picture was read that is %s", name)
		}
	}
}
