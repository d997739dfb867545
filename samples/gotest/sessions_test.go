package gotest

import (
	"fmt"
	"os"
	"testing"
)

// TestSessions logs 500 users in, each of them twice, and 400 out. With LEAK set nobody is logged out: that is the mistake that
// gohd check is to find.
func TestSessions(t *testing.T) {
	store = NewStore(4)
	for round := 0; round < 2; round++ {
		for i := 0; i < 500; i++ {
			store.Login(fmt.Sprintf("user-%03d", i))
		}
	}
	if os.Getenv("LEAK") == "" {
		for i := 0; i < 400; i++ {
			store.Logout(fmt.Sprintf("user-%03d", i))
		}
	}
	// A heap at rest is the same in every run.
	store.Rest()
	dumpHeap(t)
	store.Close()
}
