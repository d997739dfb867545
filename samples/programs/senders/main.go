// Senders asks for thumbnails with a time limit; whoever is late sends to a channel that nobody receives from any more.
//
//	senders OUTPUT
//
// What leaks: the goroutines of main.render, each with the image that it cannot hand over.
package main

import (
	"os"
	"runtime"
	"time"
)

const (
	requestCount = 120
	imageSize    = 16 << 10
)

type Image struct {
	Number int
	Pixels []byte
}

// render is too slow for whoever asked.
func render(number int, done chan *Image) {
	image := &Image{Number: number, Pixels: make([]byte, imageSize)}
	image.Pixels[0] = byte(number)
	time.Sleep(20 * time.Millisecond)
	done <- image
}

// thumbnail is the bug: the channel has no room, and after the time limit nobody receives.
func thumbnail(number int) *Image {
	done := make(chan *Image)
	go render(number, done)
	select {
	case image := <-done:
		return image
	case <-time.After(time.Microsecond):
		return nil
	}
}

func main() {
	before := heapInUse()
	for i := 0; i < requestCount; i++ {
		thumbnail(i)
	}
	time.Sleep(300 * time.Millisecond)
	after := heapInUse()
	tell("main.render", "main.render", runtime.NumGoroutine()-1, after-before)
	dump(os.Args[1])
}
