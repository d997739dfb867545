// Lru keeps what it has read in a cache that has a limit and does not heed it: a list says what was used last, a map where it is.
//
//	lru OUTPUT
//
// What leaks: the cache of the server has 4,000 entries and may have 100. Each element of the list is held by its neighbours and by
// the map, so that neither the list nor the map has it for itself.
package main

import (
	"container/list"
	"os"
	"strconv"
	"sync"
)

const (
	entryCount = 4000
	limit      = 100
	valueSize  = 200
)

type entry struct {
	key   string
	value []byte
}

type LRU struct {
	lock  sync.Mutex
	limit int
	items map[string]*list.Element
	order *list.List
}

// add is the bug: nothing looks at cache.limit.
func (cache *LRU) add(key string, value []byte) {
	cache.lock.Lock()
	defer cache.lock.Unlock()
	if element, ok := cache.items[key]; ok {
		cache.order.MoveToFront(element)
		element.Value.(*entry).value = value
		return
	}
	cache.items[key] = cache.order.PushFront(&entry{key, value})
}

type Server struct {
	name  string
	cache *LRU
}

func newLRU(limit int) *LRU {
	return &LRU{limit: limit, items: map[string]*list.Element{}, order: list.New()}
}

var server *Server

func main() {
	server = &Server{name: "objects", cache: newLRU(limit)}
	before := heapInUse()
	done := make(chan bool)
	go func() {
		for i := 0; i < entryCount; i++ {
			value := make([]byte, valueSize)
			copy(value, "object "+strconv.Itoa(i))
			server.cache.add("object/"+strconv.Itoa(i), value)
		}
		close(done)
	}()
	<-done
	after := heapInUse()
	tell("main.server.cache", "main.LRU", entryCount, after-before)
	dump(os.Args[1])
}
