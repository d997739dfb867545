// Trie routes requests by a tree with a node for each letter, and adds a route for every address that it has not seen.
//
//	trie OUTPUT
//
// What leaks: main.router.routes, whose nodes lead to one another through maps, so that no type points to its like.
package main

import (
	"os"
	"strconv"
)

const routeCount = 600

type node struct {
	children map[rune]*node
	handler  func(string)
	route    string
}

func (top *node) insert(route string, handler func(string)) {
	at := top
	for _, letter := range route {
		if at.children == nil {
			at.children = map[rune]*node{}
		}
		next := at.children[letter]
		if next == nil {
			next = &node{}
			at.children[letter] = next
		}
		at = next
	}
	at.route, at.handler = route, handler
}

func (top *node) count() int {
	sum := 1
	for _, child := range top.children {
		sum += child.count()
	}
	return sum
}

type Router struct {
	hits   int
	routes *node
}

var router *Router

func (r *Router) handle(string) { r.hits++ }

func main() {
	router = &Router{routes: &node{}}
	before := heapInUse()
	done := make(chan bool)
	go func() {
		for i := 0; i < routeCount; i++ {
			router.routes.insert("/orders/"+strconv.Itoa(i*37)+"/items", router.handle)
		}
		close(done)
	}()
	<-done
	after := heapInUse()
	tell("main.router.routes", "main.node", router.routes.count(), after-before)
	dump(os.Args[1])
}
