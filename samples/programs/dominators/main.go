// Dominators builds the flow graph of figure 1 of T. Lengauer and R. E. Tarjan, "A fast algorithm for finding dominators in a
// flowgraph" (1979), out of Go structs and dumps the heap, so that one known graph can be asserted on the dumps of every Go
// version and architecture.
//
//	dominators OUTPUT
//
// The thirteen vertices and the immediate dominator of each, where R is held by the global flowGraph and by K:
//
//	vertex  successors  immediate dominator
//	R       A B C       (the global flowGraph)
//	A       D           R
//	B       A D E       R
//	C       F G         R
//	D       L           R
//	E       H           R
//	F       I           C
//	G       I J         C
//	H       E K         R
//	I       K           R
//	J       I           G
//	K       I R         R
//	L       H           D
//
// A vertex is found in a dump by its contents: magic (8 bytes in the byte order of the dump) at offset 0, its letter as one
// ASCII byte at offset 8, its successors from offset 16, one pointer each, in the order of the table. A Vertex has 40 bytes in a
// 48 byte slot with 8 byte pointers, 28 bytes in a 32 byte slot with 4 byte pointers.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
)

// magic marks a Vertex: "LT1979fg" read as a big-endian number.
const magic uint64 = 0x4c54313937396667

// Vertex has its successors in place and not in a slice, so that no other object stands between two vertices.
type Vertex struct {
	Magic      uint64
	Letter     [8]byte // only the first byte is set: an array has the same bytes in either byte order
	Successors [3]*Vertex
}

// flowGraph is the only reference to the graph from outside; it points to R.
var flowGraph *Vertex

var successors = [...]struct {
	letter  byte
	targets string
}{
	{'R', "ABC"}, {'A', "D"}, {'B', "ADE"}, {'C', "FG"}, {'D', "L"}, {'E', "H"}, {'F', "I"},
	{'G', "IJ"}, {'H', "EK"}, {'I', "K"}, {'J', "I"}, {'K', "IR"}, {'L', "H"},
}

// build leaves the graph in flowGraph. It runs in a goroutine of its own that is gone before the dump is written: the stack of
// the dumping goroutine then never held a pointer to a vertex, not even in a dead slot.
func build(built chan<- struct{}) {
	var vertices [256]*Vertex
	for _, entry := range successors {
		vertices[entry.letter] = &Vertex{Magic: magic, Letter: [8]byte{entry.letter}}
	}
	for _, entry := range successors {
		for i := 0; i < len(entry.targets); i++ {
			vertices[entry.letter].Successors[i] = vertices[entry.targets[i]]
		}
	}
	flowGraph = vertices['R']
	close(built)
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: dominators OUTPUT")
		os.Exit(2)
	}
	output, err := os.Create(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	built := make(chan struct{})
	go build(built)
	<-built
	for runtime.NumGoroutine() > 1 {
		runtime.Gosched()
	}
	runtime.GC()
	runtime.GC()
	debug.WriteHeapDump(output.Fd())
	if err := output.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
