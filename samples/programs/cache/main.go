// Cache is a web gateway that remembers every answer under its path with the query, and forgets none.
//
//	cache OUTPUT
//
// What leaks: gateway.responses.byURL has an entry for every URL ever asked for; no entry is ever removed.
package main

import (
	"os"
	"strconv"
	"sync"
)

const (
	requestCount = 900
	bodySize     = 2048
)

type Response struct {
	Status  int
	Headers []string
	Body    []byte
}

type ResponseCache struct {
	mutex sync.Mutex
	byURL map[string]*Response
}

type Gateway struct {
	name      string
	responses *ResponseCache
	hits      int
}

var gateway = &Gateway{name: "edge", responses: &ResponseCache{byURL: map[string]*Response{}}}

func (g *Gateway) serve(url string) *Response {
	g.responses.mutex.Lock()
	defer g.responses.mutex.Unlock()
	if response, ok := g.responses.byURL[url]; ok {
		g.hits++
		return response
	}
	response := &Response{Status: 200, Headers: []string{"Content-Type", "text/html"}, Body: make([]byte, bodySize)}
	copy(response.Body, url)
	g.responses.byURL[url] = response
	return response
}

func main() {
	before := heapInUse()
	for i := 0; i < requestCount; i++ {
		gateway.serve("/search?q=" + strconv.Itoa(i*7919))
	}
	after := heapInUse()
	tell("main.gateway.responses.byURL", "map[string]*main.Response", len(gateway.responses.byURL), after-before)
	dump(os.Args[1])
}
