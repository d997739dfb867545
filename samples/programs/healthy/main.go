// Healthy is a service of the standard library alone that wastes nothing worth a word: it has caches, queues, maps, pools, timers,
// contexts, templates and goroutines, each of them as it should be.
//
//	healthy OUTPUT
//
// Every inspection looks at something here, and none may find anything.
package main

import (
	"bytes"
	"container/list"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"text/template"
	"time"
)

const (
	orderCount    = 12000
	documentCount = 900
)

// Order has no field that is mostly unset, and fits its size class.
type Order struct {
	ID       int64
	Customer string
	Lines    []Line
	Placed   int64
	Total    int64
}

type Line struct {
	Article  string
	Quantity int64
	Cents    int64
}

// Orders are found by number, and in the order in which they came.
type Orders struct {
	mu       sync.RWMutex
	byID     map[int64]*Order
	inOrder  []*Order
	articles []string
}

func (o *Orders) add(id int64) {
	order := &Order{ID: id + 1, Customer: fmt.Sprintf("customer-%06d", id*7919%1000003), Lines: make([]Line, 0, 2), Placed: 1700000000 + id, Total: id + 995}
	for i := int64(0); i < 2; i++ {
		order.Lines = append(order.Lines, Line{Article: o.articles[(id+i)%int64(len(o.articles))], Quantity: i + 1, Cents: 495 + id})
	}
	o.byID[id] = order
	o.inOrder = append(o.inOrder, order)
}

// Cache drops what was not used for longest.
type Cache struct {
	mu    sync.Mutex
	order *list.List
	byKey map[string]*list.Element
	room  int
}

type Document struct {
	key  string
	text []byte
}

func (c *Cache) put(key string, text []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byKey[key] = c.order.PushFront(&Document{key, text})
	for c.order.Len() > c.room {
		last := c.order.Back()
		delete(c.byKey, last.Value.(*Document).key)
		c.order.Remove(last)
	}
}

// Queue clears what it gives away, and moves to a new array when the old one is mostly behind it.
type Queue struct {
	mu    sync.Mutex
	items []*Order
}

func (q *Queue) push(order *Order) { q.items = append(q.items, order) }

func (q *Queue) pop() *Order {
	order := q.items[0]
	q.items[0] = nil
	q.items = q.items[1:]
	if len(q.items) < cap(q.items)/2 {
		q.items = append(make([]*Order, 0, len(q.items)+len(q.items)/4), q.items...)
	}
	return order
}

type Service struct {
	orders  *Orders
	cache   *Cache
	queue   *Queue
	page    *template.Template
	routes  []*regexp.Regexp
	buffers sync.Pool
	jobs    chan *Order
	stop    context.CancelFunc
}

func newService() *Service {
	ctx, stop := context.WithCancel(context.Background())
	s := &Service{
		orders: &Orders{byID: make(map[int64]*Order, orderCount), inOrder: make([]*Order, 0, orderCount)},
		cache:  &Cache{order: list.New(), byKey: map[string]*list.Element{}, room: documentCount},
		queue:  &Queue{},
		page:   template.Must(template.New("order").Parse(`Order {{.ID}} of {{.Customer}}:{{range .Lines}} {{.Quantity}} x {{.Article}}{{end}}`)),
		jobs:   make(chan *Order, 64),
		stop:   stop,
	}
	s.buffers.New = func() interface{} { return new(bytes.Buffer) }
	for i := 0; i < 500; i++ {
		s.orders.articles = append(s.orders.articles, fmt.Sprintf("article-%04d", i))
	}
	for i := 0; i < 20; i++ {
		s.routes = append(s.routes, regexp.MustCompile(fmt.Sprintf(`^/orders/%d/([0-9a-f]{8})/?$`, i)))
	}
	for i := 0; i < 4; i++ {
		go s.work(ctx)
	}
	go s.report(ctx)
	return s
}

// work handles orders with a time limit for each.
func (s *Service) work(ctx context.Context) {
	for {
		select {
		case order := <-s.jobs:
			limited, cancel := context.WithTimeout(ctx, time.Minute)
			s.render(limited, order)
			cancel()
		case <-ctx.Done():
			return
		}
	}
}

func (s *Service) render(ctx context.Context, order *Order) {
	if ctx.Err() != nil {
		return
	}
	buffer := s.buffers.Get().(*bytes.Buffer)
	buffer.Reset()
	if err := s.page.Execute(buffer, order); err != nil {
		panic(err)
	}
	encoded, err := json.Marshal(order)
	if err != nil {
		panic(err)
	}
	text := make([]byte, 0, buffer.Len()+1+len(encoded))
	text = append(append(append(text, buffer.Bytes()...), '\n'), encoded...)
	s.buffers.Put(buffer)
	s.cache.put(fmt.Sprintf("/orders/%d", order.ID), text)
}

func (s *Service) report(ctx context.Context) {
	ticker := time.NewTicker(time.Hour)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			fmt.Fprintln(os.Stderr, strings.Repeat("-", 40))
		case <-ctx.Done():
			return
		}
	}
}

func main() {
	service := newService()
	for id := int64(0); id < orderCount; id++ {
		service.orders.add(id)
		service.queue.push(service.orders.byID[id])
		if id%2 == 1 {
			service.jobs <- service.queue.pop()
		}
	}
	for len(service.jobs) > 0 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond)
	dump(os.Args[1])
	runtime.KeepAlive(service)
}

func dump(path string) {
	file, err := os.Create(path)
	if err != nil {
		panic(err)
	}
	runtime.GC()
	runtime.GC()
	debug.WriteHeapDump(file.Fd())
	if err := file.Close(); err != nil {
		panic(err)
	}
}
