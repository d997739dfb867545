// Waits has goroutines that wait for everything that a goroutine can wait for.
//
//	waits OUTPUT
//
// Nothing leaks but the senders to a channel that is nil.
package main

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

const waiters = 30

type Job struct {
	Number int
	Name   string
}

type Stats struct {
	mu   sync.RWMutex
	jobs int
}

type Pool struct {
	tasks   chan Job
	results chan *Job
	mu      sync.Mutex
	stats   Stats
	pending sync.WaitGroup
	idle    *sync.Cond
}

type Client struct {
	name string
	out  chan []byte
}

type Hub struct {
	ctx      context.Context
	ticker   *time.Ticker
	quit     chan struct{}
	topics   map[int]chan string
	clients  []*Client
	visitors []context.Context
}

var (
	jobs  = make(chan *Job, 16)
	never chan int
	pool  *Pool
	hub   *Hub
)

// board is outside of the heap, and large, so that stacks are a small part of the dump as they are elsewhere.
var board struct {
	first *Job
	seats [2 << 20]byte
}

//go:noinline
func serve(number int) { jobs <- &Job{Number: number} }

//go:noinline
func (p *Pool) submit(number int) { p.tasks <- Job{Number: number} }

//go:noinline
func (p *Pool) collect() { <-p.results }

//go:noinline
func (c *Client) write() { c.out <- []byte(c.name) }

//go:noinline
func (h *Hub) listen(topic chan string) {
	select {
	case <-topic:
	case <-h.quit:
	}
}

// follow ends with the hub, which never does.
//
//go:noinline
func (h *Hub) follow() { <-h.ctx.Done() }

// visit ends with its own context, at the latest in an hour.
//
//go:noinline
func visit(ctx context.Context) { <-ctx.Done() }

//go:noinline
func (h *Hub) beat() { <-h.ticker.C }

//go:noinline
func send(number int) { never <- number }

//go:noinline
func report(done chan string) { done <- "done" }

//go:noinline
func (p *Pool) lock() { p.mu.Lock() }

//go:noinline
func (p *Pool) read() { p.stats.mu.RLock() }

//go:noinline
func (p *Pool) wait() { p.pending.Wait() }

//go:noinline
func (p *Pool) rest() {
	p.idle.L.Lock()
	p.idle.Wait()
}

// hold has both locks while it sleeps.
//
//go:noinline
func (p *Pool) hold(held chan<- bool) {
	p.mu.Lock()
	p.stats.mu.Lock()
	held <- true
	time.Sleep(time.Hour)
	p.stats.mu.Unlock()
	p.mu.Unlock()
}

// drain is too slow: it has taken one job, and works on it.
//
//go:noinline
func (p *Pool) drain() {
	for range p.tasks {
		time.Sleep(time.Hour)
	}
}

func main() {
	pool = &Pool{tasks: make(chan Job), results: make(chan *Job, 8), idle: sync.NewCond(&sync.Mutex{})}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	hub = &Hub{ctx: ctx, ticker: time.NewTicker(time.Hour), quit: make(chan struct{}), topics: map[int]chan string{}}
	done := make(chan string, 1)
	pool.pending.Add(1)
	held := make(chan bool)
	go pool.hold(held)
	<-held
	go pool.drain()
	pool.tasks <- Job{}
	for i := 0; i < cap(jobs); i++ {
		jobs <- &Job{Number: i}
	}
	done <- "first"
	for i := 0; i < waiters; i++ {
		client := &Client{name: "client", out: make(chan []byte)}
		topic := make(chan string, 1)
		hub.clients = append(hub.clients, client)
		hub.topics[i] = topic
		go serve(i)
		go pool.submit(i)
		go pool.collect()
		go client.write()
		go hub.listen(topic)
		go hub.follow()
		visitor, leave := context.WithTimeout(context.Background(), time.Hour)
		defer leave()
		hub.visitors = append(hub.visitors, visitor)
		go visit(visitor)
		go hub.beat()
		go send(i)
		go report(done)
		go pool.lock()
		go pool.read()
		go pool.wait()
		go pool.rest()
	}
	time.Sleep(300 * time.Millisecond)
	runtime.GC()
	runtime.GC()
	dump(os.Args[1])
	runtime.KeepAlive(done)
	runtime.KeepAlive(board.first)
	<-done
}

func dump(name string) {
	file, err := os.Create(name)
	if err != nil {
		panic(err)
	}
	debug.WriteHeapDump(file.Fd())
	file.Close()
}
