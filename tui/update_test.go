package tui

import (
	_ "github.com/charmbracelet/x/exp/golden" // defines -update
)
