// Steady makes the same things in every run: two dumps of two processes, of which one has had other goroutines before, and other
// addresses where the system gives them. What is not alike then is the runtime's choice: see the list in samples/README.md.
//
//	steady OUTPUT GOROUTINES
package main

import (
	"container/list"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

type Account struct {
	Owner   string
	Limit   int
	History []*Posting
	Parent  *Account
	Notify  func(amount int) bool
	Seal    Sealer
}

type Posting struct {
	Amount int
	Text   string
	At     time.Time
}

type Sealer interface{ Seal() string }

type Stamp struct{ Name, Place string }

func (stamp *Stamp) Seal() string { return stamp.Name + stamp.Place }

// Flag has one byte: it shares a slot with other small things that have no pointers.
type Flag struct{ On bool }

type Bank struct {
	accounts []*Account
	byOwner  map[string]*Account
	recent   *list.List
	jobs     chan *Posting
	sessions sync.Map
	buffers  sync.Pool
	flags    []*Flag
	matrix   [][]float64
	counts   map[int]int
}

var bank = &Bank{
	byOwner: map[string]*Account{},
	recent:  list.New(),
	jobs:    make(chan *Posting, 64),
	buffers: sync.Pool{New: func() interface{} { return make([]byte, 2048) }},
	counts:  map[int]int{},
}

//go:noinline
func open(number int) *Account {
	account := &Account{Owner: "owner number " + strconv.Itoa(1000000+number), Limit: number}
	if number > 0 {
		account.Parent = bank.accounts[number/2]
	}
	for i := 0; i < number%7; i++ {
		posting := &Posting{Amount: i, Text: "posting number " + strconv.Itoa(1000000+i), At: time.Unix(int64(number), 0).UTC()}
		account.History = append(account.History, posting)
		if i == 3 {
			bank.recent.PushBack(posting)
		}
	}
	account.Notify = func(amount int) bool { return amount > account.Limit }
	if number%3 == 0 {
		account.Seal = &Stamp{Name: account.Owner, Place: "here"}
	}
	return account
}

// work waits for ever with an account of its own.
func work(account *Account, started *sync.WaitGroup, never chan bool) {
	buffer := make([]byte, 1000+account.Limit)
	started.Done()
	<-never
	account.Limit += len(buffer)
}

// Mailbox is shared by two goroutines, of relay and of drain. Their numbers tell nothing of which was first: each processor has numbers
// of its own to give away.
type Mailbox struct {
	letters chan *Posting
	kept    [32]*Posting
}

func relay(box *Mailbox, started *sync.WaitGroup, never chan bool) {
	for i := range box.kept {
		box.kept[i] = &Posting{Amount: i, Text: "a letter"}
	}
	started.Done()
	<-never
	box.letters <- box.kept[0]
}

func drain(box *Mailbox, started *sync.WaitGroup, never chan bool) {
	started.Done()
	<-never
	box.kept[0] = <-box.letters
}

// startPairs starts goroutines that share mailboxes, each kind by another goroutine.
func startPairs(started *sync.WaitGroup, never chan bool) {
	boxes := make(chan *Mailbox)
	taken := make(chan bool)
	go func() {
		for box := range boxes {
			started.Add(1)
			go drain(box, started, never)
			started.Wait()
			taken <- true
		}
		close(taken)
	}()
	for i := 0; i < 12; i++ {
		box := &Mailbox{letters: make(chan *Posting, 4)}
		started.Add(1)
		go relay(box, started, never)
		started.Wait()
		boxes <- box
		<-taken
	}
	close(boxes)
	<-taken
}

// endInTurn starts goroutines that wait, then go on in their order, and end in the reverse order. So what the runtime keeps of
// them for reuse, goroutines and waiters, is taken again in other pairs.
func endInTurn(count int) {
	processors := runtime.GOMAXPROCS(1)
	var turn int32
	begin, ended := make(chan bool), make(chan bool)
	for i := 0; i < count; i++ {
		go func(last int32) {
			<-begin
			for atomic.LoadInt32(&turn) != last {
				runtime.Gosched()
			}
			atomic.AddInt32(&turn, 1)
			if last == int32(count-1) {
				close(ended)
			}
		}(int32(count - 1 - i))
		runtime.Gosched()
	}
	for i := 0; i < count; i++ {
		begin <- true
	}
	<-ended
	runtime.Gosched()
	runtime.GOMAXPROCS(processors)
}

//go:noinline
func fill() {
	for i := 0; i < 700; i++ {
		account := open(i)
		bank.accounts = append(bank.accounts, account)
		bank.byOwner[account.Owner] = account
		bank.sessions.Store(account.Owner, &Stamp{Name: "session", Place: account.Owner})
		bank.flags = append(bank.flags, &Flag{On: i%2 == 0})
		bank.matrix = append(bank.matrix, make([]float64, i%50))
		bank.counts[i*i] = i
	}
	for i := 0; i < 40; i++ {
		bank.jobs <- &Posting{Amount: i, Text: "a job that waits"}
	}
	for i := 0; i < 8; i++ {
		bank.buffers.Put(make([]byte, 2048))
	}
}

func main() {
	goroutines, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	endInTurn(goroutines)
	fill()
	var started sync.WaitGroup
	never := make(chan bool)
	for i := 0; i < 25; i++ {
		started.Add(1)
		go work(open(i), &started, never)
	}
	started.Wait()
	startPairs(&started, never)
	time.AfterFunc(time.Hour, func() { bank.jobs <- nil })
	time.Sleep(50 * time.Millisecond)
	heapInUse()
	dump(os.Args[1])
}
