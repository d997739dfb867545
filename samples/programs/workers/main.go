// Workers is a download service that leaks goroutines and whatever their stacks hold, and that blocks the finalizer goroutine.
//
//	workers OUTPUT
//
// What leaks:
//   - fetchFirst asks every mirror and takes the first answer from an unbuffered channel: the other goroutines stay blocked in
//     "chan send" for ever, each with its DownloadBuffer;
//   - startPool starts workers on a channel that nobody closes: blocked in "chan receive", each with its ScratchBuffer;
//   - removeTemporaryFile, a finalizer, waits for a disk that never answers: all finalizers behind it stay queued, and so do
//     their TemporaryFiles;
//   - refreshCatalogue holds locks (deferred in a loop) while it waits for ever.
//
// The dump is written by the crash handler, while a panic runs, so that it has a panic record and its deferred calls.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

const (
	downloadCount      = 12
	downloadBufferSize = 4096
	poolSize           = 6
	scratchBufferSize  = 2048
	temporaryFileCount = 20
)

type DownloadBuffer struct {
	Address string
	Body    []byte
	used    int
}

type ScratchBuffer struct {
	Worker int
	Bytes  [scratchBufferSize]byte
}

type Job struct {
	Name    string
	Result  chan *DownloadBuffer
	Created time.Time
}

// Mirror is met by a pointer type and by a func type.
type Mirror interface {
	Download(address string, buffer *DownloadBuffer)
}

type RemoteMirror struct {
	Host   string
	weight int
}

type LocalMirror func(address string) []byte

func (mirror *RemoteMirror) Download(address string, buffer *DownloadBuffer) {
	buffer.Address = mirror.Host + address
	buffer.used = copy(buffer.Body, bytes.Repeat([]byte(buffer.Address+"\n"), 40))
}

func (mirror LocalMirror) Download(address string, buffer *DownloadBuffer) {
	buffer.Address = address
	buffer.used = copy(buffer.Body, mirror(address))
}

type TemporaryFile struct {
	Name    string
	Content []byte
}

// DownloadError is the argument of the panic.
type DownloadError struct {
	Address string
	Buffer  *DownloadBuffer
}

func (err *DownloadError) Error() string { return "no mirror has " + err.Address }

type Catalogue struct {
	sections [3]sync.Mutex
	titles   map[string]int
	updates  chan string
}

type Service struct {
	mirrors   []Mirror
	jobs      chan *Job
	disk      chan struct{}
	catalogue *Catalogue
	buffers   sync.Pool
	settings  atomic.Value
	started   sync.WaitGroup
}

var service *Service

func newService() *Service {
	base := []byte("local copy of ")
	service := &Service{
		mirrors: []Mirror{
			&RemoteMirror{Host: "one.example.org", weight: 1},
			&RemoteMirror{Host: "two.example.org", weight: 2},
			&RemoteMirror{Host: "three.example.org", weight: 3},
			LocalMirror(func(address string) []byte { return append(base, address...) }),
		},
		jobs:      make(chan *Job),
		disk:      make(chan struct{}),
		catalogue: &Catalogue{titles: map[string]int{"first": 1, "second": 2}, updates: make(chan string, 4)},
	}
	service.buffers.New = func() interface{} { return new(bytes.Buffer) }
	service.settings.Store(map[string]string{"retries": "3"})
	return service
}

// fetchFirst is the bug: all but one of the goroutines that it starts can never send.
func (service *Service) fetchFirst(address string) *DownloadBuffer {
	answers := make(chan *DownloadBuffer)
	for _, mirror := range service.mirrors {
		service.started.Add(1)
		go service.download(mirror, address, answers)
	}
	return <-answers
}

func (service *Service) download(mirror Mirror, address string, answers chan<- *DownloadBuffer) {
	buffer := &DownloadBuffer{Body: make([]byte, downloadBufferSize)}
	mirror.Download(address, buffer)
	service.started.Done()
	answers <- buffer
	runtime.KeepAlive(buffer)
}

func (service *Service) startPool() {
	for worker := 0; worker < poolSize; worker++ {
		service.started.Add(1)
		go service.work(worker)
	}
}

func (service *Service) work(worker int) {
	scratch := &ScratchBuffer{Worker: worker}
	copy(scratch.Bytes[:], "scratch of a worker that waits for a job that never comes")
	service.started.Done()
	for job := range service.jobs {
		job.Result <- &DownloadBuffer{Address: job.Name, Body: scratch.Bytes[:8]}
	}
	runtime.KeepAlive(scratch)
}

func (service *Service) refreshCatalogue() {
	for i := range service.catalogue.sections {
		section := &service.catalogue.sections[i]
		section.Lock()
		defer section.Unlock()
	}
	service.started.Done()
	service.catalogue.titles[<-service.catalogue.updates]++
}

func (service *Service) removeTemporaryFile(file *TemporaryFile) {
	<-service.disk
	file.Content = nil
}

//go:noinline
func (service *Service) makeTemporaryFiles() {
	for i := 0; i < temporaryFileCount; i++ {
		file := &TemporaryFile{Name: fmt.Sprintf("temporary-%02d", i), Content: bytes.Repeat([]byte{'t'}, 300)}
		runtime.SetFinalizer(file, service.removeTemporaryFile)
	}
}

func writeHeapDump(path string) {
	output, err := os.Create(path)
	if err == nil {
		debug.WriteHeapDump(output.Fd())
		err = output.Close()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (service *Service) handleRequest(address, output string) {
	defer func() {
		service.collect()
		writeHeapDump(output)
		fmt.Println("handled:", recover())
	}()
	panic(&DownloadError{Address: address, Buffer: service.fetchFirst(address)})
}

// collect makes the heap clean: two collections, with a pause in between for the finalizer goroutine to start and to block.
func (service *Service) collect() {
	runtime.GC()
	time.Sleep(100 * time.Millisecond)
	runtime.GC()
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: workers OUTPUT")
		os.Exit(2)
	}
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	service = newService()
	service.startPool()
	service.started.Add(1)
	go service.refreshCatalogue()
	for i := 0; i < downloadCount; i++ {
		service.fetchFirst(fmt.Sprintf("/package-%02d", i))
	}
	service.makeTemporaryFiles()
	service.started.Wait()
	service.handleRequest("/missing", os.Args[1])
	fmt.Println(runtime.NumGoroutine(), "goroutines")
}
