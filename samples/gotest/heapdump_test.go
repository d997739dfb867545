// A file to copy: put it beside the tests of a package, and change the package's name below.

package gotest

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

// dumpHeap writes what is on the heap now into a file for gohd check, and beside it the executable that gohd takes the types from. Both
// go into the directory that HEAPDUMP_DIR names; without it, nothing is written, so that the test runs as any other does.
//
//	$HEAPDUMP_DIR/gotest.test          the executable
//	$HEAPDUMP_DIR/TestSessions.dump    the dump of this test
//
// Build the test with go test -c, and run what that makes. Plain go test strips the executable that it runs of all symbols and debug
// information, and deletes it when the tests are done: of such a one gohd knows the types, but no variable.
//
// Call it where the test has what it wants to measure in use, and nothing is under way: what no variable leads to any more is garbage,
// and what goroutines are just about to do differs from run to run. Values that only the test itself holds are kept alive by
// runtime.KeepAlive after the call.
func dumpHeap(t *testing.T) {
	t.Helper()
	directory := os.Getenv("HEAPDUMP_DIR")
	if directory == "" {
		return
	}
	if err := os.MkdirAll(directory, 0o700); err != nil {
		t.Fatal(err)
	}
	// First, while nothing can have deleted it.
	if err := copyExecutable(directory); err != nil {
		t.Fatal(err)
	}
	name := strings.NewReplacer("/", "-", "\\", "-", ":", "-").Replace(t.Name())
	// A dump has the memory of the process, with all secrets in it: nobody else may read it.
	file, err := os.OpenFile(filepath.Join(directory, name+".dump"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	// The first one finds what is garbage; what finalizers and pools held is garbage for the second one only.
	runtime.GC()
	runtime.GC()
	debug.WriteHeapDump(file.Fd())
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// copyExecutable copies the executable that runs, unless it is in that directory itself.
func copyExecutable(directory string) error {
	path, err := os.Executable()
	if err != nil {
		return err
	}
	to := filepath.Join(directory, filepath.Base(path))
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	facts, err := from.Stat()
	if err != nil {
		return err
	}
	if known, err := os.Stat(to); err == nil {
		if os.SameFile(known, facts) {
			return nil
		}
	}
	part, err := os.OpenFile(to+".part", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o700)
	if err != nil {
		return err
	}
	if _, err := io.Copy(part, from); err != nil {
		part.Close()
		return fmt.Errorf("copying %s: %w", path, err)
	}
	if err := part.Close(); err != nil {
		return err
	}
	return os.Rename(to+".part", to)
}
