// Interned keeps one copy of each label of its metrics for ever, in a sync.Map; some label is new with every request. It is run
// twice, as two processes.
//
//	interned OUTPUT LABELS
//
// What grows: metrics.labels, a sync.Map from texts to the labels.
package main

import (
	"os"
	"strconv"
	"sync"
)

type Label struct {
	Text string
	Uses int
}

type Metrics struct {
	name   string
	labels sync.Map
}

var metrics *Metrics

// label is the bug: the path of the request is part of the label.
//
//go:noinline
func (metrics *Metrics) label(path string) *Label {
	if known, ok := metrics.labels.Load(path); ok {
		return known.(*Label)
	}
	label := &Label{Text: "path=" + path}
	metrics.labels.Store(path, label)
	return label
}

func main() {
	count, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	metrics = &Metrics{name: "requests"}
	// What the sync.Map has for its first entry is not growth.
	metrics.label("/")
	empty := measureHeap()
	for i := 1; i < count; i++ {
		metrics.label("/articles/"+strconv.Itoa(1000000+i)).Uses++
	}
	tellHeld("main.metrics", "main.Metrics", count, measureHeap().minus(empty))
	dump(os.Args[1])
}
