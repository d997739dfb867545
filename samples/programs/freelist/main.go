// Freelist keeps the buffers of encoders for later in a list of its own, however large they have grown.
//
//	freelist OUTPUT
//
// What leaks: encoders.free.idle holds the buffers of the one hour when everybody exported at once; each has room for the largest
// export, and none is in use.
package main

import (
	"os"
	"sync"
)

const (
	exportCount = 16
	exportSize  = 128 << 10
)

type Buffer struct {
	bytes []byte
}

type FreeList struct {
	mutex sync.Mutex
	idle  []*Buffer
}

func (list *FreeList) get() *Buffer {
	list.mutex.Lock()
	defer list.mutex.Unlock()
	if last := len(list.idle) - 1; last >= 0 {
		buffer := list.idle[last]
		list.idle[last] = nil
		list.idle = list.idle[:last]
		return buffer
	}
	return &Buffer{}
}

// put is the bug: it takes back buffers of any size.
func (list *FreeList) put(buffer *Buffer) {
	buffer.bytes = buffer.bytes[:0]
	list.mutex.Lock()
	defer list.mutex.Unlock()
	list.idle = append(list.idle, buffer)
}

type Encoders struct {
	format string
	free   FreeList
}

var encoders = &Encoders{format: "csv"}

func (e *Encoders) export(number int, started, finish *sync.WaitGroup) {
	buffer := e.free.get()
	buffer.bytes = append(buffer.bytes, make([]byte, exportSize)...)
	buffer.bytes[0] = byte(number)
	started.Done()
	started.Wait()
	e.free.put(buffer)
	finish.Done()
}

func main() {
	before := heapInUse()
	exportAll()
	after := heapInUse()
	tell("main.encoders.free.idle", "[]*main.Buffer", len(encoders.free.idle), after-before)
	dump(os.Args[1])
}

func exportAll() {
	var started, finish sync.WaitGroup
	started.Add(exportCount)
	finish.Add(exportCount)
	for i := 0; i < exportCount; i++ {
		go encoders.export(i, &started, &finish)
	}
	finish.Wait()
}
