package core

import (
	"sync"
	"time"
)

// answerKept is how long what a cluster answered is not asked for again.
const answerKept = 10 * time.Second

// answers keeps what clusters answered a moment ago, by name. What is kept is not
// written to. The zero value is empty.
type answers[T any] struct {
	mu   sync.Mutex
	kept map[string]answer[T]
}

type answer[T any] struct {
	given T
	at    time.Time
}

func (a *answers[T]) find(cluster string, now time.Time) (T, time.Time, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	kept, ok := a.kept[cluster]
	return kept.given, kept.at, ok && now.Sub(kept.at) < answerKept
}

func (a *answers[T]) keep(cluster string, given T, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.kept == nil {
		a.kept = map[string]answer[T]{}
	}
	a.kept[cluster] = answer[T]{given, at}
}

// drop forgets what a cluster answered, after something changed there.
func (a *answers[T]) drop(cluster string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.kept, cluster)
}
