// Holds values of every kind, says of each how long it is and what it has room for, and writes a heap dump of itself:
// lengths DUMP > TRUTH. Builds with every Go from 1.15 on.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
	"unsafe"
)

type point struct{ x, y int32 }

type pair struct {
	key   string
	items []string
}

type node struct {
	next *node
	name string
	tags []byte
}

type inner struct {
	names  []string
	counts map[string]int
}

type bigKey struct {
	text string
	pad  [20]uint64
}

type texts struct {
	constant, whole, middle, empty, one string
	bytes, cut, narrow, none            []byte
}

type slices struct {
	ints     []int
	points   []point
	pointers []*point
	pairs    []pair
	nested   [][]string
	deep     [][][]byte
	roomy    []*node
	hollow   []string
	popped   []*pair
	anys     []interface{}
	funcs    []func() int
	bools    []bool
	zero     []struct{}
	named    list
	inner    inner
	array    [3][]int
	pairsOf  [2]pair
}

type list []pair

type maps struct {
	null, empty, one, eight, nine map[string]int
	many                          map[int]*point
	emptied                       map[string]string
	structs                       map[string]pair
	bigKeys                       map[bigKey]string
	bigElems                      map[uint8][40]string
	noPointers                    map[uint64]uint64
	sets                          map[string]struct{}
	ofMaps                        map[string]map[string]int
	ofSlices                      map[point][]string
	anys                          map[interface{}]interface{}
}

type channels struct {
	unbuffered chan int
	empty      chan *point
	half       chan *point
	full       chan string
	plain      chan [3]uint64
	signals    chan struct{}
	closed     chan bool
	waited     chan *pair
	blocked    chan *pair
	structs    chan pair
}

type everything struct {
	texts    *texts
	slices   *slices
	maps     *maps
	channels *channels
	nodes    *node
	any      interface{}
	boxed    interface{}
	str      *string
	buffer   *bytes.Buffer
	reader   *bufio.Reader
	unnamed  []struct {
		label string
		data  []uint16
	}
}

var held *everything
var heldSlice = make([]string, 3, 7)
var heldMap = map[string][]int{}

func text(n int) string { return strings.Repeat(fmt.Sprint(n, " "), n)[:n] }

func makeTexts() *texts {
	long := text(300)
	chunk := make([]byte, 5000)
	return &texts{constant: "constant", whole: text(33), middle: long[100:117], one: text(1), bytes: make([]byte, 70, 200),
		cut: chunk[1000:1012], narrow: chunk[2000:2012:2020]}
}

func makeSlices() *slices {
	s := &slices{ints: make([]int, 5, 9), points: make([]point, 100)[20:30], roomy: make([]*node, 2, 64), hollow: make([]string, 0, 12),
		bools: make([]bool, 3), zero: make([]struct{}, 8), named: list{{"a", []string{text(40)}}}}
	for i := 0; i < 10; i++ {
		s.pointers = append(s.pointers, &point{int32(i), 0})
		s.pairs = append(s.pairs, pair{text(20 + i), []string{text(i + 1), "constant"}})
		s.nested = append(s.nested, make([]string, i, 2*i+1))
		s.popped = append(s.popped, &pair{key: text(50)})
		s.anys = append(s.anys, i, text(60+i), &point{}, []string{text(3)}, pair{text(4), nil}, [2]string{text(5), "x"})
		i := i
		s.funcs = append(s.funcs, func() int { return i })
	}
	s.deep = [][][]byte{{make([]byte, 3), nil}, {make([]byte, 0, 4)}}
	s.roomy[1] = &node{name: text(11)}
	for i := 0; i < 7; i++ {
		s.popped[i] = nil
	}
	s.popped = s.popped[7:]
	s.inner = inner{[]string{text(9)}, map[string]int{"k": 1}}
	s.array = [3][]int{make([]int, 1, 2), nil, make([]int, 3, 4)}
	s.pairsOf = [2]pair{{text(6), nil}, {text(7), []string{"c"}}}
	return s
}

func key(n int) string { return fmt.Sprint("key", n) }

func makeMaps() *maps {
	counts := func(n int) map[string]int {
		m := map[string]int{}
		for i := 0; i < n; i++ {
			m[key(i)] = i
		}
		return m
	}
	m := &maps{empty: map[string]int{}, one: counts(1), eight: counts(8), nine: counts(9), many: map[int]*point{}, emptied: map[string]string{},
		structs: map[string]pair{}, bigKeys: map[bigKey]string{}, bigElems: map[uint8][40]string{}, noPointers: map[uint64]uint64{},
		sets: map[string]struct{}{}, ofMaps: map[string]map[string]int{}, ofSlices: map[point][]string{}, anys: map[interface{}]interface{}{}}
	for i := 0; i < 100000; i++ {
		m.many[i] = &point{}
		m.noPointers[uint64(i)] = 1
	}
	for i := 0; i < 5000; i++ {
		m.emptied[key(i)] = text(i%20 + 1)
	}
	for i := 0; i < 4900; i++ {
		delete(m.emptied, key(i))
	}
	for i := 0; i < 40; i++ {
		m.structs[key(i)] = pair{text(i + 1), []string{text(3)}}
		m.bigKeys[bigKey{text: text(i + 1)}] = text(2)
		m.bigElems[uint8(i)] = [40]string{3: text(i + 1)}
		m.sets[key(i)] = struct{}{}
		m.ofMaps[key(i)] = counts(i)
		m.ofSlices[point{int32(i), 0}] = []string{text(i + 1), "constant"}
		m.anys[key(i)] = text(i + 1)
		m.anys[i] = &point{}
	}
	return m
}

// sent is what waits in channels, where reflection does not see it.
var sent = struct {
	full    []string
	structs []pair
}{}

func makeChannels() *channels {
	c := &channels{make(chan int), make(chan *point, 5), make(chan *point, 10), make(chan string, 4), make(chan [3]uint64, 100),
		make(chan struct{}, 50), make(chan bool, 2), make(chan *pair), make(chan *pair, 1), make(chan pair, 6)}
	for i := 0; i < 7; i++ {
		c.half <- &point{}
		c.signals <- struct{}{}
		c.plain <- [3]uint64{}
	}
	<-c.half
	<-c.half
	for i := 0; i < 4; i++ {
		sent.full = append(sent.full, text(i+10))
		c.full <- sent.full[i]
	}
	sent.structs = []pair{{text(12), nil}}
	c.structs <- sent.structs[0]
	close(c.closed)
	c.blocked <- &pair{}
	for i := 0; i < 3; i++ {
		go func() { <-c.waited }()
		go func() { c.blocked <- &pair{} }()
		go func() {
			select {
			case c.blocked <- nil:
			case <-c.unbuffered:
			}
		}()
	}
	return c
}

// walker says what there is, with the names that gohd has for places.
type walker struct {
	out  *bufio.Writer
	seen map[uintptr]bool
}

func (w *walker) say(kind, place string, address uintptr, numbers ...int) {
	fmt.Fprintf(w.out, "%s\t%s\t%x\t%s\n", kind, place, address, strings.Trim(fmt.Sprint(numbers), "[]"))
}

// element is the place of what a place's pointer, slice or map leads to.
func element(t reflect.Type, place, ending string) string {
	if t.Kind() == reflect.Struct && t.Name() != "" {
		return t.String()
	}
	return place + ending
}

func (w *walker) walk(v reflect.Value, place string) {
	switch v.Kind() {
	case reflect.String:
		s := v.String()
		if len(s) > 0 {
			w.say("string", place, (*reflect.StringHeader)(unsafe.Pointer(&s)).Data, len(s), len(s))
		}
	case reflect.Slice:
		if v.Cap() == 0 || v.Type().Elem().Size() == 0 && v.IsNil() {
			return
		}
		w.say("slice", place, v.Pointer(), v.Len(), v.Cap())
		for i, all := 0, v.Slice(0, v.Cap()); i < all.Len(); i++ {
			w.walk(all.Index(i), element(v.Type().Elem(), place, "[]"))
		}
	case reflect.Array:
		for i := 0; i < v.Len(); i++ {
			w.walk(v.Index(i), place+"[]")
		}
	case reflect.Struct:
		for i := 0; i < v.NumField(); i++ {
			w.walk(v.Field(i), place+"."+v.Type().Field(i).Name)
		}
	case reflect.Ptr:
		if !v.IsNil() && !w.seen[v.Pointer()] {
			w.seen[v.Pointer()] = true
			w.walk(v.Elem(), element(v.Type().Elem(), place, ""))
		}
	case reflect.Interface:
		if !v.IsNil() {
			w.walk(v.Elem(), element(v.Elem().Type(), place, ""))
		}
	case reflect.Map:
		if v.IsNil() {
			return
		}
		w.say("map", place, v.Pointer(), v.Len())
		for r := v.MapRange(); r.Next(); {
			w.walk(r.Key(), element(v.Type().Key(), place, " (key)"))
			w.walk(r.Value(), element(v.Type().Elem(), place, "[]"))
		}
	case reflect.Chan:
		if !v.IsNil() {
			w.say("chan", place, v.Pointer(), v.Len(), v.Cap(), int(v.Type().Elem().Size()))
		}
	}
}

func main() {
	str := text(77)
	held = &everything{texts: makeTexts(), slices: makeSlices(), maps: makeMaps(), channels: makeChannels(), nodes: &node{&node{nil, text(8), make([]byte, 5, 6)}, "n", nil},
		any: []string{text(13)}, boxed: pair{text(14), []string{"p"}}, str: &str, buffer: bytes.NewBuffer(make([]byte, 10, 99)), reader: bufio.NewReaderSize(os.Stdin, 1000)}
	held.unnamed = append(held.unnamed, struct {
		label string
		data  []uint16
	}{text(15), make([]uint16, 4, 8)})
	heldSlice[1] = text(16)
	heldMap[key(1)] = make([]int, 2, 3)
	for len(held.channels.blocked) == 0 || runtime.NumGoroutine() < 10 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond)

	f, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	w := &walker{bufio.NewWriter(os.Stdout), map[uintptr]bool{}}
	w.walk(reflect.ValueOf(held).Elem(), "main.everything")
	for _, c := range []struct {
		place              string
		channel            interface{}
		receivers, senders int
	}{
		{"waited", held.channels.waited, 3, 0}, {"blocked", held.channels.blocked, 0, 6}, {"unbuffered", held.channels.unbuffered, 3, 0},
		{"signals", held.channels.signals, 0, 0}, {"full", held.channels.full, 0, 0},
	} {
		w.say("waiters", "main.channels."+c.place, reflect.ValueOf(c.channel).Pointer(), c.receivers, c.senders)
	}
	w.walk(reflect.ValueOf(heldSlice), "main.heldSlice")
	w.walk(reflect.ValueOf(heldMap), "main.heldMap")
	w.walk(reflect.ValueOf(sent), "main.sent")
	for _, s := range sent.full {
		w.walk(reflect.ValueOf(s), "main.channels.full[]")
	}
	for _, p := range sent.structs {
		w.walk(reflect.ValueOf(p), "main.pair")
	}
	w.out.Flush()
	runtime.GC()
	runtime.GC()
	debug.WriteHeapDump(f.Fd())
	runtime.KeepAlive(w)
}
