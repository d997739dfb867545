// Handover is a fleet of devices. Between its two dumps, which are of one process, a monitor begins to watch all devices, so that
// from then on they have two holders; and more devices come.
//
//	handover BEFORE AFTER
//
// What grows: fleet.devices, a slice of pointers, by 300 devices; and monitor.watch.devices, which has pointers to all of them and
// nothing else. What dominates the devices is fleet.devices before, and nothing but the heap after.
package main

import "os"

const (
	devicesBefore  = 500
	devicesBetween = 300
	stateSize      = 208
)

type Device struct {
	Serial int
	State  []byte
}

type Fleet struct {
	region  string
	devices []*Device
}

type Watch struct{ devices []*Device }

type Monitor struct {
	name  string
	watch *Watch
}

var (
	fleet   *Fleet
	monitor *Monitor
)

//go:noinline
func (fleet *Fleet) add(count int) {
	for i := 0; i < count; i++ {
		device := &Device{Serial: len(fleet.devices), State: make([]byte, stateSize)}
		device.State[0] = 1
		fleet.devices = append(fleet.devices, device)
	}
}

func main() {
	fleet, monitor = &Fleet{region: "north"}, &Monitor{name: "pulse", watch: &Watch{}}
	empty := measureHeap()
	fleet.add(devicesBefore)
	held := measureHeap().minus(empty)
	tellHeld("main.fleet.devices", "main.Fleet.devices", len(fleet.devices), held)
	dump(os.Args[1])
	before := measureHeap()
	fleet.add(devicesBetween)
	held = held.plus(measureHeap().minus(before))
	monitor.watch.devices = append(monitor.watch.devices, fleet.devices...)
	tellHeld("main.fleet.devices", "main.Fleet.devices", len(fleet.devices), held)
	dump(os.Args[2])
}
