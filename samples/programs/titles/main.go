// Titles reads pages, keeps the title of each as a substring, and means to forget the rest.
//
//	titles OUTPUT
//
// What leaks: catalogue.index.titles has strings of 16 bytes, each of which keeps its page of 8 KiB.
package main

import (
	"os"
	"strconv"
	"strings"
)

const (
	pageCount = 250
	pageSize  = 8192
	titleSize = 16
)

type Index struct {
	titles map[int]string
}

type Catalogue struct {
	name  string
	index Index
}

var catalogue = &Catalogue{name: "library", index: Index{titles: map[int]string{}}}

// add is the bug: strings.Clone, or a conversion to []byte and back, would let go of the page.
func (c *Catalogue) add(number int, page string) {
	c.index.titles[number] = page[:titleSize]
}

func read(number int) string {
	title := strconv.Itoa(1000000+number) + " and its sequel"
	return title + strings.Repeat(".", pageSize-len(title))
}

func main() {
	before := heapInUse()
	done := make(chan bool)
	go func() {
		for i := 0; i < pageCount; i++ {
			catalogue.add(i, read(i))
		}
		close(done)
	}()
	<-done
	after := heapInUse()
	tell("main.catalogue.index.titles", "map[int]string", len(catalogue.index.titles), after-before)
	dump(os.Args[1])
}
