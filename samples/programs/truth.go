// What the programs of one leak each have in common: they tell on standard error what a report has to find, and write a dump.
// make.sh copies this file beside their main.go.
package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// heapInUse is what the heap holds after garbage is gone.
func heapInUse() uint64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// tell prints the truth that the report has to find: the variable or function at fault, what it is called where
// variables have no names, how many, and the bytes that the heap grew by.
func tell(cause, unnamed string, number int, bytes uint64) {
	println("cause", cause)
	println("unnamed", unnamed)
	println("number", number)
	println("bytes", bytes)
}

func dump(path string) {
	file, err := os.Create(path)
	if err != nil {
		panic(err)
	}
	debug.WriteHeapDump(file.Fd())
	if err := file.Close(); err != nil {
		panic(err)
	}
}
