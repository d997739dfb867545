// Backlog is a shop that takes more orders than it delivers. It writes two dumps of one process, before and after a busy day.
//
//	backlog BEFORE AFTER
//
// What grows: shop.backlog.orders, a slice in a field, by 1,000 orders with their notes.
package main

import (
	"os"
	"strconv"
)

const (
	ordersBefore  = 400
	ordersBetween = 1000
	noteSize      = 96
)

type Order struct {
	Number int
	Note   []byte
}

type Backlog struct {
	orders    []*Order
	delivered int
}

type Shop struct {
	name    string
	backlog *Backlog
}

var shop *Shop

//go:noinline
func (backlog *Backlog) take(count int) {
	for i := 0; i < count; i++ {
		order := &Order{Number: len(backlog.orders), Note: make([]byte, noteSize)}
		copy(order.Note, "order "+strconv.Itoa(order.Number))
		backlog.orders = append(backlog.orders, order)
	}
}

func main() {
	shop = &Shop{name: "corner", backlog: &Backlog{}}
	empty := measureHeap()
	for i, count := range []int{ordersBefore, ordersBetween} {
		shop.backlog.take(count)
		tellHeld("main.shop.backlog.orders", "main.Shop.backlog.orders", len(shop.backlog.orders), measureHeap().minus(empty))
		dump(os.Args[1+i])
	}
}
