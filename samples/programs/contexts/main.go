// Contexts makes a context for every request from the one of its server, and throws the function away that cancels it.
//
//	contexts OUTPUT
//
// What leaks: the server's context, server.base, keeps every request's context as a child, and with it what the request put there.
package main

import (
	"context"
	"os"
)

const requestCount = 2500

type Request struct {
	Number  int
	Headers [60]int64
}

type requestKey struct{}

type Server struct {
	address string
	base    context.Context
	served  int
}

var server = &Server{address: ":8080"}

// handle is the bug: whoever derives a context has to cancel it.
func (s *Server) handle(request *Request) {
	ctx, cancel := context.WithCancel(context.WithValue(s.base, requestKey{}, request))
	keep(cancel)
	if ctx.Err() == nil && ctx.Value(requestKey{}) == request {
		s.served++
	}
}

// keep does not keep it: go vet would tell of a function that is assigned and not called.
func keep(context.CancelFunc) {}

func main() {
	server.base, _ = context.WithCancel(context.Background())
	before := heapInUse()
	done := make(chan bool)
	go func() {
		for i := 0; i < requestCount; i++ {
			server.handle(&Request{Number: i, Headers: [60]int64{int64(i)}})
		}
		close(done)
	}()
	<-done
	after := heapInUse()
	tell("main.server.base", "context.cancelCtx.children", server.served, after-before)
	dump(os.Args[1])
}
