// Undo is an editor whose history of changes is a stack in a slice; taking a change off shortens the slice and leaves its slot as it was.
//
//	undo OUTPUT
//
// What leaks: editor.history.changes has 20 changes left of 1,000; the array still points to the 980 that were undone.
package main

import (
	"os"
	"strconv"
)

const (
	changeCount = 1000
	leftCount   = 20
	textSize    = 1536
)

type Change struct {
	Line   int
	Before []byte
}

type History struct {
	changes []*Change
}

func (h *History) push(change *Change) { h.changes = append(h.changes, change) }

// pop is the bug: h.changes[last] = nil is missing.
func (h *History) pop() *Change {
	last := len(h.changes) - 1
	change := h.changes[last]
	h.changes = h.changes[:last]
	return change
}

type Editor struct {
	file    string
	history *History
}

var editor = &Editor{file: "main.go", history: &History{changes: make([]*Change, 0, changeCount)}}

func main() {
	before := heapInUse()
	var grown uint64
	done := make(chan bool)
	go func() {
		for i := 0; i < changeCount; i++ {
			change := &Change{Line: i, Before: make([]byte, textSize)}
			copy(change.Before, "line "+strconv.Itoa(i))
			editor.history.push(change)
			if i == leftCount-1 {
				grown = heapInUse() - before
			}
		}
		for len(editor.history.changes) > leftCount {
			editor.history.pop()
		}
		close(done)
	}()
	<-done
	after := heapInUse()
	tell("main.editor.history.changes", "[]*main.Change", changeCount-leftCount, after-before-grown)
	dump(os.Args[1])
}
