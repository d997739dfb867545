//go:build !go1.23
// +build !go1.23

package main

func startMore() {}
