package command

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gwm/core"
)

// lookEvery is how often a person's own seats are looked at.
const lookEvery = time.Second

func (t *tree) vmVNC() *cobra.Command {
	var viewer, code bool
	c := &cobra.Command{
		Use:   "vnc VM",
		Short: "Open the screen of a VM in a browser, or with a VNC viewer",
		Long: "Print a link that opens the screen of a VM in a browser, once and within half a minute, and stay until it is\n" +
			"closed: the screen ends with this command, ctrl-c. With --viewer a port is opened for an ordinary VNC viewer\n" +
			"instead, and its address and a password printed that is good once.",
		Example:           "  ssh -t gwm vm vnc berlin/web1 --qr\n  gwm vm vnc web1 --viewer",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, vmNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			vm, err := t.Session.View().Find(core.KindVM, args[0])
			if err != nil {
				return err
			}
			if viewer {
				return t.forward(cmd.Context(), vm)
			}
			return t.browse(cmd.Context(), vm, code)
		},
	}
	c.Flags().BoolVar(&viewer, "viewer", false, "open a port for a VNC viewer")
	c.Flags().BoolVar(&code, "qr", false, "show the link as a QR code, too, where the terminal has room")
	c.MarkFlagsMutuallyExclusive("viewer", "qr")
	return c
}

// browse prints a link and stays until the page that it opened is closed.
func (t *tree) browse(ctx context.Context, vm core.Ref, code bool) error {
	ticket, err := t.Session.NewTicket(ctx, vm, core.ConsoleVNC)
	if err != nil {
		return err
	}
	if code {
		if err := t.drawQR(ticket.Link); err != nil {
			return err
		}
	}
	if t.format == "json" {
		if err := t.json(ticket); err != nil {
			return err
		}
	} else if _, err := io.WriteString(t.Stdout, t.linked(ticket.Link)+"\n"); err != nil {
		return gone(err)
	}
	if ticket.Note != "" {
		t.note("%s", ticket.Note)
	}
	t.note("open it in a browser within %s, once; ctrl-c ends the screen", time.Until(ticket.Until).Round(time.Second))
	return t.attend(ctx, vm, ticket)
}

// linked is a link that a terminal can open (OSC 8), plain elsewhere.
func (t *tree) linked(link string) string {
	if t.Raw == nil {
		return link
	}
	return "\x1b]8;;" + link + "\x1b\\" + link + "\x1b]8;;\x1b\\"
}

// attend waits for the page of a ticket to come and to go.
func (t *tree) attend(ctx context.Context, vm core.Ref, ticket core.Ticket) error {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	open := ""
	for {
		seats, err := t.Session.AllSeats(ctx)
		if ctx.Err() != nil {
			return nil // ctrl-c, or the session says why it ends
		}
		if err != nil {
			return err
		}
		i := slices.IndexFunc(seats, func(s core.SeatInfo) bool {
			return s.Session == t.Session.ID() && s.VM == vm && s.Via == core.ViaBrowser
		})
		switch {
		case i >= 0 && open == "":
			open = seats[i].ID
			t.note("opened from %s", core.Printable(seats[i].Addr))
		case i < 0 && open != "":
			t.note("the screen was closed")
			return nil
		case i < 0 && !time.Now().Before(ticket.Until):
			return core.Errorf(core.CodeState, "nobody opened the link in time").WithHint("ask for another one: vm vnc %s", vm)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
	}
}

// forward opens a port for a VNC viewer and stays until it is closed.
func (t *tree) forward(ctx context.Context, vm core.Ref) error {
	f, seat, err := t.Session.Forward(ctx, vm)
	if err != nil {
		return err
	}
	defer seat.Close(core.Errorf(core.CodeState, "the command ended"))
	out := struct {
		Address  string    `json:"address"`
		Password string    `json:"password"`
		Until    time.Time `json:"until"`
	}{f.Address, f.Password.Reveal(), f.Until}
	if err := object(t, out, [][2]string{{"address", out.Address}, {"password", out.Password}}); err != nil {
		return err
	}
	t.note("connect a viewer within %s, for example: vncviewer %s; ctrl-c ends it", time.Until(f.Until).Round(time.Second), viewerAddress(f.Address))
	select {
	case <-ctx.Done():
		return nil
	case <-seat.Done():
	}
	why := core.AsError(seat.Err())
	if why.Code != core.CodeState {
		return why
	}
	t.note("%s", core.Printable(why.Message))
	return nil
}

// viewerAddress is how VNC viewers write a port that is none of theirs.
func viewerAddress(address string) string {
	i := strings.LastIndex(address, ":")
	return fmt.Sprintf("%s::%s", address[:max(i, 0)], address[i+1:])
}
