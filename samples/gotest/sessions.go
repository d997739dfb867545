// Package gotest is a small service with a test whose heap gohd check looks at.
package gotest

import (
	"fmt"
	"sync"
)

// Session is what the service keeps of a user.
type Session struct {
	User    string
	History []string
	payload []byte
}

// Store has the sessions of all users, and workers that serve them.
type Store struct {
	mu       sync.Mutex
	sessions map[string]*Session
	jobs     chan *Session
	pending  sync.WaitGroup
	done     sync.WaitGroup
}

// Store of the process, as services have one.
var store *Store

var buffers = sync.Pool{New: func() interface{} { return new([4096]byte) }}

// NewStore starts a store with workers.
func NewStore(workers int) *Store {
	s := &Store{sessions: map[string]*Session{}, jobs: make(chan *Session)}
	for i := 0; i < workers; i++ {
		s.done.Add(1)
		go s.work()
	}
	return s
}

// Login opens a session for a user, or gives the one that is open.
func (s *Store) Login(user string) *Session {
	s.mu.Lock()
	session, ok := s.sessions[user]
	if !ok {
		session = &Session{User: user, payload: make([]byte, 1024)}
		s.sessions[user] = session
	}
	s.mu.Unlock()
	s.pending.Add(1)
	s.jobs <- session
	return session
}

// Logout closes a session.
func (s *Store) Logout(user string) {
	s.mu.Lock()
	delete(s.sessions, user)
	s.mu.Unlock()
}

// Rest waits until all that was asked for is done.
func (s *Store) Rest() {
	s.pending.Wait()
}

// Close ends the workers.
func (s *Store) Close() {
	close(s.jobs)
	s.done.Wait()
}

func (s *Store) work() {
	defer s.done.Done()
	for session := range s.jobs {
		buffer := buffers.Get().(*[4096]byte)
		s.mu.Lock()
		session.History = append(session.History, fmt.Sprintf("served %s", session.User))
		s.mu.Unlock()
		buffers.Put(buffer)
		s.pending.Done()
	}
}
