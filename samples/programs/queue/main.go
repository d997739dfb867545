// Queue is a document pipeline that holds on to more memory than its lengths tell: popped items in front of a slice, and big
// arrays behind small slices and strings.
//
//	queue OUTPUT
//
// What leaks:
//   - JobQueue.pending: Pop does pending = pending[1:], so the backing array keeps every Job popped since it was allocated, each
//     with its Payload, in front of where the slice points (an interior pointer);
//   - ThumbnailCache.previews: 24 byte sub-slices, each pinning a Document's whole array of 32 KiB;
//   - LogIndex.firstLines: substrings, each pinning a log of 12 KiB;
//   - RecentDocuments: a list whose elements are never removed.
package main

import (
	"bytes"
	"container/list"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
)

const (
	jobCount      = 600
	poppedCount   = 540
	payloadSize   = 200
	documentCount = 16
	documentSize  = 32 << 10
	previewSize   = 24
	logCount      = 8
	cursorCount   = 5000
)

type Job struct {
	Number  int
	Payload []byte
	Outcome chan error
	Next    *Job
}

type JobQueue struct {
	mutex    sync.Mutex
	notEmpty *sync.Cond
	pending  []*Job
	popped   int
}

func newJobQueue() *JobQueue {
	queue := &JobQueue{pending: make([]*Job, 0, jobCount)}
	queue.notEmpty = sync.NewCond(&queue.mutex)
	return queue
}

func (queue *JobQueue) Push(job *Job) {
	queue.mutex.Lock()
	queue.pending = append(queue.pending, job)
	queue.mutex.Unlock()
	queue.notEmpty.Signal()
}

// Pop is the bug: it neither clears the popped element nor moves the rest to a new array.
func (queue *JobQueue) Pop() *Job {
	queue.mutex.Lock()
	defer queue.mutex.Unlock()
	for len(queue.pending) == 0 {
		queue.notEmpty.Wait()
	}
	job := queue.pending[0]
	queue.pending = queue.pending[1:]
	queue.popped++
	return job
}

type ThumbnailCache struct {
	mutex    sync.RWMutex
	previews map[string][]byte
}

// Remember is the bug: the preview shares the array of the document instead of copying previewSize bytes.
func (cache *ThumbnailCache) Remember(title string, document []byte) {
	cache.mutex.Lock()
	defer cache.mutex.Unlock()
	cache.previews[title] = document[documentSize/2 : documentSize/2+previewSize]
}

type LogIndex struct {
	firstLines []string
}

func (index *LogIndex) Add(log string) {
	index.firstLines = append(index.firstLines, log[:strings.IndexByte(log, '\n')])
}

type Document struct {
	Title  string
	Author interface{}
}

type RecentDocuments struct {
	order   *list.List
	byTitle map[string]*list.Element
}

// CursorPage makes a slice of pointers larger than 32 KiB: a large object with pointers, in a span of its own.
type CursorPage struct {
	cursors []*int
}

type Pipeline struct {
	queue      *JobQueue
	idle       *JobQueue
	thumbnails *ThumbnailCache
	logs       *LogIndex
	recent     *RecentDocuments
	cursors    *CursorPage
	scratch    sync.Pool
	byDay      [7]map[int]*Job
}

var pipeline = &Pipeline{
	queue:      newJobQueue(),
	idle:       newJobQueue(),
	thumbnails: &ThumbnailCache{previews: map[string][]byte{}},
	logs:       &LogIndex{},
	recent:     &RecentDocuments{order: list.New(), byTitle: map[string]*list.Element{}},
	cursors:    &CursorPage{cursors: make([]*int, cursorCount)},
	scratch:    sync.Pool{New: func() interface{} { return new(bytes.Buffer) }},
}

//go:noinline
func (pipeline *Pipeline) runJobs() {
	for number := 0; number < jobCount; number++ {
		job := &Job{Number: number, Payload: bytes.Repeat([]byte("payload "), payloadSize/8)}
		if number%50 == 0 {
			job.Outcome = make(chan error, 1)
			job.Outcome <- fmt.Errorf("job %d was refused", number)
		}
		pipeline.queue.Push(job)
	}
	for popped := 0; popped < poppedCount; popped++ {
		pipeline.queue.Pop()
	}
	for day := range pipeline.byDay {
		pipeline.byDay[day] = map[int]*Job{day: pipeline.queue.Pop()}
	}
	for i := 0; i < cursorCount; i += 100 {
		pipeline.cursors.cursors[i] = &pipeline.queue.pending[0].Number
	}
}

//go:noinline
func (pipeline *Pipeline) readDocuments() {
	for i := 0; i < documentCount; i++ {
		title := fmt.Sprintf("document %02d", i)
		body := make([]byte, documentSize)
		for position := range body {
			body[position] = title[position%len(title)]
		}
		pipeline.thumbnails.Remember(title, body)
		document := &Document{Title: title, Author: i}
		if i%2 == 1 {
			document.Author = "author of " + title
		}
		pipeline.recent.byTitle[title] = pipeline.recent.order.PushFront(document)
		buffer := pipeline.scratch.Get().(*bytes.Buffer)
		buffer.WriteString(title)
		pipeline.scratch.Put(buffer)
	}
	for i := 0; i < logCount; i++ {
		pipeline.logs.Add(fmt.Sprintf("log %d opened\n", i) + strings.Repeat("a line that nobody will read\n", 430))
	}
}

func writeHeapDump(path string) {
	runtime.GC()
	runtime.GC()
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

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: queue OUTPUT")
		os.Exit(2)
	}
	pipeline.runJobs()
	pipeline.readDocuments()
	waiting := make(chan struct{})
	go func() {
		close(waiting)
		pipeline.idle.Pop()
	}()
	<-waiting
	runtime.Gosched()
	writeHeapDump(os.Args[1])
	fmt.Println(len(pipeline.queue.pending), "jobs pending,", pipeline.queue.popped, "popped")
}
