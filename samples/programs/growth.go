// What the programs of pairs have in common: each of their two dumps has a truth, and what grew is the difference of the two.
// make.sh copies this file and truth.go beside their main.go.
package main

import "runtime"

// heapSize is what the heap holds after garbage is gone.
type heapSize struct{ bytes, objects uint64 }

// measureHeap needs a single processor: with more, others may make something of the runtime's own meanwhile. Objects without
// pointers and below 16 bytes share slots, and are counted one by one; the programs make none.
func measureHeap() heapSize {
	runtime.GOMAXPROCS(1)
	heapInUse()
	bytes := heapInUse()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return heapSize{bytes, stats.HeapObjects}
}

func (size heapSize) plus(other heapSize) heapSize {
	return heapSize{size.bytes + other.bytes, size.objects + other.objects}
}

func (size heapSize) minus(other heapSize) heapSize {
	return heapSize{size.bytes - other.bytes, size.objects - other.objects}
}

// tellHeld prints what the dump that follows holds at one place: the variable or function, what it is called where variables have no
// names, how many things, and the size of all that hangs there.
func tellHeld(cause, unnamed string, number int, held heapSize) {
	tell(cause, unnamed, number, held.bytes)
	println("objects", held.objects)
}
