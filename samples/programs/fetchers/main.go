// Fetchers asks a server for pages and stops listening after the first answer. It is run twice, as two processes: one has
// answered few requests, the other many.
//
//	fetchers OUTPUT REQUESTS
//
// What grows: the goroutines of fetch, one a request, each with a page of 4 KiB, in a send that nobody receives; and what the
// runtime has for each.
package main

import (
	"os"
	"runtime"
	"strconv"
	"time"
)

const bufferSize = 4 << 10

type Page struct {
	Number int
	Body   []byte
}

// newPage is not inlined, so that pages are on the heap.
//
//go:noinline
func newPage(number int) *Page {
	return &Page{Number: number, Body: make([]byte, bufferSize)}
}

func fetch(number int, answers chan int) {
	page := newPage(number)
	answers <- page.Number
	page.Body[0]++
}

// ask is the bug: of all the answers it waits for the first alone.
//
//go:noinline
func ask(requests int) {
	answers := make(chan int)
	for i := 0; i <= requests; i++ {
		go fetch(i, answers)
	}
	<-answers
}

// countSlots tells how many slots of each size are in use.
func countSlots() *runtime.MemStats {
	measureHeap()
	stats := &runtime.MemStats{}
	runtime.ReadMemStats(stats)
	return stats
}

// sizeOfEach is the size of what there is once, or several times, for each of so many things: so many more slots of one size, give or
// take few.
func sizeOfEach(before, after *runtime.MemStats, things int64) (sum heapSize) {
	for i, class := range after.BySize {
		more := int64(class.Mallocs-class.Frees) - int64(before.BySize[i].Mallocs-before.BySize[i].Frees)
		objects := uint64((more+things/2)/things) * uint64(things)
		sum = sum.plus(heapSize{objects * uint64(class.Size), objects})
	}
	return sum
}

func main() {
	requests, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	empty := countSlots()
	ask(requests)
	for runtime.NumGoroutine() != requests+1 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond)
	tellHeld("main.fetch", "main.fetch", requests, sizeOfEach(empty, countSlots(), int64(requests)))
	dump(os.Args[1])
}
