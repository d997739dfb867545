// Sessions is a login service whose session table only grows: nobody deletes expired sessions, and the sessions of members, who
// do log out, stay alive through the functions that would save their baskets at shutdown. It writes two dumps of one process,
// before and after a busy period, for the comparison of two heaps.
//
//	sessions BEFORE AFTER
//
// What leaks:
//   - SessionStore.byToken: expireSessions wakes up but only counts, so every Session of a visitor who never logs out stays;
//   - SessionStore.onShutdown: a closure per member that captures the Session and is never removed, not even by logOut;
//   - SessionStore.lastSeen: a sync.Map by address, one LastSeen per visitor for ever;
//   - MemoryAudit.events: a slice of strings, two more per login.
//
// Allocations are sampled every 512 bytes, so the dump has a rich allocation profile.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

const (
	loginsBefore   = 150
	loginsBetween  = 350
	memberEvery    = 10
	heatmapEvery   = 16
	connectedCount = 8
)

// epoch stands in for the current time, so that two runs have the same contents.
var epoch = time.Unix(1700000000, 0).UTC()

type User struct {
	Name  string
	Email string
	Roles []string
}

type PageView struct {
	At   time.Time
	Path string
}

// ClickHeatmap is larger than 512 bytes and has pointers: from Go 1.22 such a slot begins with a malloc header.
type ClickHeatmap struct {
	Cells [96]*PageView
	Title string
}

// Connection stands for a resource outside the heap, closed by a finalizer when its Session is forgotten to be closed.
type Connection struct {
	Descriptor int
	Remote     string
}

type Session struct {
	Token      string
	User       *User
	Opened     time.Time
	Attributes map[string]interface{}
	History    []PageView
	Heatmap    *ClickHeatmap
	Connection *Connection
	Expiry     *time.Timer
}

type LastSeen struct {
	Address string
	At      time.Time
}

// AuditSink is met by a pointer type, a struct type and a func type: three shapes of interface values.
type AuditSink interface{ Record(event string) }

type MemoryAudit struct{ events []string }

type PrefixAudit struct {
	Prefix string
	Next   AuditSink
}

type AuditFunc func(event string)

func (audit *MemoryAudit) Record(event string) { audit.events = append(audit.events, event) }
func (audit PrefixAudit) Record(event string)  { audit.Next.Record(audit.Prefix + event) }
func (audit AuditFunc) Record(event string)    { audit(event) }

type SessionStore struct {
	mutex      sync.RWMutex
	byToken    map[string]*Session
	lastSeen   sync.Map
	onShutdown []func()
	audits     []AuditSink
	sweeps     int
}

var store = newSessionStore()

func newSessionStore() *SessionStore {
	memory := &MemoryAudit{}
	prefixed := PrefixAudit{Prefix: "login: ", Next: memory}
	total := 0
	counter := AuditFunc(func(event string) { total += len(event) })
	return &SessionStore{
		byToken: map[string]*Session{},
		audits:  []AuditSink{memory, prefixed, counter},
	}
}

func (store *SessionStore) logIn(number int) *Session {
	user := &User{
		Name:  fmt.Sprintf("visitor %04d", number),
		Email: fmt.Sprintf("visitor%04d@example.org", number),
		Roles: []string{"reader", "commenter"},
	}
	session := &Session{
		Token:  fmt.Sprintf("token-%08d", number),
		User:   user,
		Opened: epoch.Add(time.Duration(number) * time.Second),
		Attributes: map[string]interface{}{
			"theme":  "dark",
			"visits": number * 1000,
			"owner":  user,
			"basket": []string{"apple", "pear"},
			"idle":   time.Minute,
		},
	}
	for page := 0; page < number%4; page++ {
		session.History = append(session.History, PageView{At: session.Opened, Path: fmt.Sprintf("/article/%d", page)})
	}
	if number%heatmapEvery == 0 {
		session.Heatmap = &ClickHeatmap{Title: "heatmap of " + user.Name}
		session.Heatmap.Cells[number%96] = &PageView{At: session.Opened, Path: "/"}
	}
	if number < connectedCount {
		session.Connection = &Connection{Descriptor: number, Remote: "192.0.2.1"}
		runtime.SetFinalizer(session.Connection, func(connection *Connection) { connection.Descriptor = -1 })
		session.Expiry = time.AfterFunc(24*time.Hour, func() { store.logOut(session) })
	}
	store.mutex.Lock()
	store.byToken[session.Token] = session
	if isMember(number) {
		store.onShutdown = append(store.onShutdown, session.saveBasket)
	}
	store.mutex.Unlock()
	store.lastSeen.Store(fmt.Sprintf("198.51.100.%d", number), &LastSeen{Address: user.Email, At: session.Opened})
	for _, audit := range store.audits {
		audit.Record(strings.ToLower(user.Name))
	}
	return session
}

func isMember(number int) bool { return number%memberEvery == memberEvery-1 }

func (session *Session) saveBasket() { delete(session.Attributes, "basket") }

// logOut forgets the token, but not the closure in onShutdown, which still holds the session.
func (store *SessionStore) logOut(session *Session) {
	store.mutex.Lock()
	delete(store.byToken, session.Token)
	store.mutex.Unlock()
}

// expireSessions is the bug: it looks at the sessions on every tick and deletes none.
func (store *SessionStore) expireSessions(tick <-chan time.Time, stop <-chan struct{}) {
	for {
		select {
		case <-tick:
			store.mutex.RLock()
			store.sweeps += len(store.byToken)
			store.mutex.RUnlock()
		case <-stop:
			return
		}
	}
}

//go:noinline
func (store *SessionStore) serve(first, count int) {
	for number := first; number < first+count; number++ {
		session := store.logIn(number)
		if isMember(number) {
			store.logOut(session)
		}
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

// sampleEvery makes a new sampling rate take effect at once. The distance to the next sample was drawn with the old rate, for
// each processor: with a single one, one allocation well beyond that distance makes the runtime draw anew.
func sampleEvery(size int) {
	runtime.GOMAXPROCS(1)
	runtime.MemProfileRate = size
	beyond := make([]byte, 32<<20)
	runtime.KeepAlive(beyond)
}

func main() {
	sampleEvery(512)
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: sessions BEFORE AFTER")
		os.Exit(2)
	}
	ticker := time.NewTicker(time.Hour)
	stop := make(chan struct{})
	go store.expireSessions(ticker.C, stop)
	store.serve(0, loginsBefore)
	writeHeapDump(os.Args[1])
	store.serve(loginsBefore, loginsBetween)
	writeHeapDump(os.Args[2])
	close(stop)
	// The linker switches sampling off in a program that never reads the profile.
	records, _ := runtime.MemProfile(nil, true)
	fmt.Println(len(store.byToken), "sessions in the table,", len(store.onShutdown), "members,", records, "allocation sites")
}
