package rapi

import (
	"context"

	"gwm/core"
)

// Consoles returns the consoles of an instance.
func (c *Client) Consoles(_ context.Context, _ string) ([]core.Endpoint, error) {
	return nil, core.Errorf(core.CodeUnsupported, "consoles are not read yet")
}
