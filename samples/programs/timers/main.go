// Timers closes idle connections after a day with time.AfterFunc, and does not stop the timer of a connection that is closed before.
//
//	timers OUTPUT
//
// What leaks: every Connection that was closed, behind the closure of its timer (main.accept.func1); nothing else leads to it.
package main

import (
	"os"
	"time"
)

const (
	connectionCount = 500
	bufferSize      = 4096
)

type Connection struct {
	Number int
	Buffer []byte
	closed bool
}

func (c *Connection) Close() { c.closed = true }

// accept is the bug: it drops the timer, so Close cannot stop it.
func accept(number int) *Connection {
	connection := &Connection{Number: number, Buffer: make([]byte, bufferSize)}
	connection.Buffer[0] = byte(number)
	time.AfterFunc(24*time.Hour, func() {
		if !connection.closed {
			connection.Close()
		}
	})
	return connection
}

func main() {
	before := heapInUse()
	served := make(chan int)
	go func() {
		for i := 0; i < connectionCount; i++ {
			accept(i).Close()
		}
		served <- connectionCount
	}()
	number := <-served
	after := heapInUse()
	tell("main.accept.func1", "main.accept.func1", number, after-before)
	dump(os.Args[1])
}
