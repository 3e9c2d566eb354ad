package core

import (
	"context"
	"time"
)

var allOps = []Op{StartVM{}, StopVM{}, RestartVM{}}

// StartVM starts a VM.
type StartVM struct {
	VM Ref `json:"vm"`
}

// StopVM shuts a VM down; Force cuts the power at once.
type StopVM struct {
	VM      Ref           `json:"vm"`
	Timeout time.Duration `json:"timeout,omitempty"` // the guest's time before the power is cut; 0: the cluster's default
	Force   bool          `json:"force,omitempty"`
}

// RestartVM restarts a VM.
type RestartVM struct {
	VM   Ref         `json:"vm"`
	Mode RestartMode `json:"mode"`
}

func (o StartVM) Spec() Spec   { panic("stub") }
func (o StopVM) Spec() Spec    { panic("stub") }
func (o RestartVM) Spec() Spec { panic("stub") }

func (o StartVM) run(ctx context.Context, w *worker) error   { panic("stub") }
func (o StopVM) run(ctx context.Context, w *worker) error    { panic("stub") }
func (o RestartVM) run(ctx context.Context, w *worker) error { panic("stub") }
