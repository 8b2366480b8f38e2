#!/usr/bin/env bash
# What one would guess: ClientId says who asked, and one client has one operation at a time: a history in which a client reads
#   within its own open write is refused, or its operations are put in the client's order.
# What happens: Porcupine's checker does not look at ClientId, which is for its picture alone. Operations of one client that overlap
#   are operations like any others: reads of the new and of the old value within one's own write are legal.
# Why a user of chaos meets it: recorders written for Porcupine give every goroutine of a pool one ClientId, or leave it at 0. Such a
#   history is fine there; as Jepsen's or ours, where a process has one open operation, it cannot be told which completion belongs
#   to which invocation.
# Versions: github.com/anishathalye/porcupine v1.3.1, any Go from 1.19 on. 2026-11-29.
set -euo pipefail

command -v go >/dev/null || { echo 'needs Go (Debian: golang-go)' >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >go.mod <<'GO'
module finding

go 1.19

require github.com/anishathalye/porcupine v1.3.1
GO
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/anishathalye/porcupine"
)

type input struct {
	write bool
	value int
}

var register = porcupine.Model{
	Init: func() interface{} { return 0 },
	Step: func(state, in, out interface{}) (bool, interface{}) {
		if in.(input).write {
			return true, in.(input).value
		}
		return out.(int) == state.(int), state
	},
}

// A write of 1, and within it a read of the old value and a read of the new one, by these clients.
func within(writer, first, second int) bool {
	return porcupine.CheckOperations(register, []porcupine.Operation{
		{ClientId: writer, Input: input{true, 1}, Call: 0, Output: 0, Return: 100},
		{ClientId: first, Input: input{}, Call: 10, Output: 0, Return: 20},
		{ClientId: second, Input: input{}, Call: 30, Output: 1, Return: 40},
	})
}

func main() {
	three, one := within(0, 1, 2), within(0, 0, 0)
	fmt.Println("three clients, two reads within a write: ", three)
	fmt.Println("all three by one client, at the same time:", one)
	if !three || !one {
		os.Exit(1)
	}
}
GO
go mod tidy >/dev/null 2>&1
go version
go list -m github.com/anishathalye/porcupine
timeout 120 go run .
