//go:build go1.23
// +build go1.23

package main

import (
	"iter"
	"maps"
	"slices"
	"sync"
)

type list[T any] struct {
	value T
	next  *list[T]
}

func (l *list[T]) each(yield func(T) bool) {
	for at := l; at != nil; at = at.next {
		if !yield(at.value) {
			return
		}
	}
}

func apply[T, U any](values []T, f func(T) U) (result []U) {
	for _, value := range values {
		result = append(result, f(value))
	}
	return result
}

// startMore blocks goroutines in generic functions, iterators and coroutines.
func startMore() {
	l := &list[string]{"a", &list[string]{value: "b"}}
	go func() {
		for range l.each {
			receive(never)
		}
	}()
	go apply([]string{"x"}, func(string) int { return receive(never) })
	go apply([]int{1}, func(int) *list[int] { return &list[int]{value: receive(never)} })
	go slices.SortFunc([]int{2, 1}, func(a, b int) int { return receive(never) })
	go func() {
		for range maps.Keys(map[int]int{1: 1}) {
			receive(never)
		}
	}()
	next, _ := iter.Pull(l.each)
	next()
	go func() {
		next, _ := iter.Pull(func(yield func(int) bool) { yield(receive(never)) })
		next()
	}()
	go sync.OnceFunc(func() { outer(4) })()
	keep = append(keep, next)
}
