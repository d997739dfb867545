// Stacks blocks goroutines in every way, then writes a dump to the file that it is told, and beside it (.goroutine, .heap)
// their stacks as Go prints them, and the allocation profile.
package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"sync"
	"syscall"
	"time"
)

var never = make(chan int)
var keep []interface{}

type service struct {
	name  string
	mutex sync.Mutex
	peer  *service
}

type waiter interface{ Wait(depth int) int }

func (s *service) Wait(depth int) int { return s.block(depth) + 1 }

func (s *service) block(depth int) int {
	if depth > 0 {
		return s.block(depth-1) + depth
	}
	return receive(never)
}

func receive(c chan int) int { return <-c }

type embedding struct {
	padding int
	*service
}

type byValue struct{ s *service }

func (b byValue) Wait(depth int) int { return b.s.Wait(depth) }

func outer(x int) int  { return middle(x) * 2 }
func middle(x int) int { return inner(x) + 1 }
func inner(x int) int {
	if x < 0 {
		return 0
	}
	return receive(never)
}

func panicsThenWaits() {
	defer func() {
		fmt.Fprintln(&bytes.Buffer{}, recover())
		receive(never)
	}()
	var m map[string]int
	m["x"] = 1
}

func faultsThenWaits(s *service) (n int) {
	defer func() { n = receive(never) }()
	return len(s.peer.peer.name)
}

func divides(a, b int) (n int) {
	defer func() { n = outer(a) }()
	return a / b
}

func spins() {
	for {
	}
}

func runs(f func(int) int) { f(3) }

func finalize(s *service) { outer(len(s.name)) }

//go:noinline
func makeGarbage() { runtime.SetFinalizer(&service{name: "garbage"}, finalize) }

type node struct {
	text string
	next *node
}

func newNode(text string, next *node) *node { return &node{text: text + "!", next: next} }

func (n *node) push(text string) *node { return newNode(text, n) }

func grow(text string) []byte { return append(make([]byte, 0, 100), text...) }

func allocate() {
	var list *node
	push := list.push
	for i := 0; i < 10000; i++ {
		list = list.push(fmt.Sprint(i))
		keep = append(keep, newNode("x", nil), grow("abc"), push("y"))
		keep = append(keep, strings.Repeat("ab", 20), new([3]int), map[int]*node{i: list})
		push = list.push
	}
	keep = append(keep, list)
}

func start() {
	s := &service{name: "one", peer: &service{}}
	go outer(1)
	go func() { outer(2) }()
	go s.Wait(2)
	for _, w := range []waiter{s, embedding{1, s}, &embedding{2, s}, byValue{s}, &byValue{s}} {
		go w.Wait(1)
		go func(w waiter) { w.Wait(0) }(w)
		go runs(w.Wait)
	}
	go panicsThenWaits()
	go faultsThenWaits(s)
	go divides(1, 0)
	go func() {
		defer outer(3)
		runtime.Goexit()
	}()
	var held sync.Mutex
	held.Lock()
	go func() { held.Lock() }()
	var group sync.WaitGroup
	group.Add(1)
	go group.Wait()
	var shared sync.RWMutex
	shared.Lock()
	go func() {
		shared.RLock()
		defer shared.RUnlock()
	}()
	go sync.NewCond(&sync.Mutex{}).L.Lock()
	go func() {
		c := sync.NewCond(new(sync.Mutex))
		c.L.Lock()
		c.Wait()
	}()
	var once sync.Once
	go once.Do(func() { receive(never) })
	go time.Sleep(time.Hour)
	go func() {
		select {
		case <-never:
		case <-time.After(time.Hour):
		}
	}()
	go func() { select {} }()
	go func() { never <- <-make(chan int) }()
	go func() {
		var fds [2]int
		_ = syscall.Pipe(fds[:])
		_, _ = syscall.Read(fds[0], make([]byte, 1))
	}()
	go func() {
		r, _, _ := os.Pipe()
		_, _ = r.Read(make([]byte, 1))
	}()
	go strings.Map(func(r rune) rune { return rune(receive(never)) }, "abc")
	if runtime.NumCPU() > 1 {
		go spins()
	}
	startMore()
	makeGarbage()
}

func main() {
	runtime.MemProfileRate = 256
	start()
	allocate()
	for i := 0; i < 3; i++ {
		runtime.GC()
		time.Sleep(50 * time.Millisecond)
	}
	out, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	debug.WriteHeapDump(out.Fd())
	for _, name := range []string{"heap", "goroutine"} {
		f, _ := os.Create(os.Args[1] + "." + name)
		_ = pprof.Lookup(name).WriteTo(f, map[string]int{"heap": 0, "goroutine": 2}[name])
		_ = f.Close()
	}
	fmt.Println(len(keep), cap(never))
}
