// Command porcupine times the checker github.com/anishathalye/porcupine on histories that the bench has written.
//
//	porcupine LIMIT_MS FILE...
//
// A file is a line "register" or "kv", then one operation a line, fields separated by tabs:
//
//	client  kind  key  first  second  call  return
//
// kind is r, w, c (register: read, write, cas; values are whole numbers) or g, p, a (kv: get, put, append; texts). A return
// of -1 is an operation of unknown outcome. For each file it prints: file, verdict, milliseconds (median of several runs
// where they are short), parsing apart.
package main

import (
	"bufio"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"
)

type input struct {
	kind          byte
	key           string
	first, second int
	text          string
}

type output struct {
	unknown bool
	value   int
	text    string
}

const never = 1 << 40

var register = porcupine.Model{
	Partition: byKey,
	Init:      func() interface{} { return -1 },
	Step: func(state, in, out interface{}) (bool, interface{}) {
		held, asked, answer := state.(int), in.(input), out.(output)
		switch asked.kind {
		case 'r':
			return answer.unknown || answer.value == held, state
		case 'w':
			return true, asked.first
		default:
			if held == asked.first {
				return true, asked.second
			}
			return answer.unknown, state
		}
	},
}

var kv = porcupine.Model{
	Partition: byKey,
	Init:      func() interface{} { return "" },
	Step: func(state, in, out interface{}) (bool, interface{}) {
		held, asked, answer := state.(string), in.(input), out.(output)
		switch asked.kind {
		case 'g':
			return answer.unknown || answer.text == held, state
		case 'p':
			return true, asked.text
		default:
			return true, held + asked.text
		}
	},
}

func byKey(history []porcupine.Operation) [][]porcupine.Operation {
	parts := map[string][]porcupine.Operation{}
	for _, op := range history {
		key := op.Input.(input).key
		parts[key] = append(parts[key], op)
	}
	result := make([][]porcupine.Operation, 0, len(parts))
	for _, part := range parts {
		result = append(result, part)
	}
	return result
}

func read(path string) (porcupine.Model, []porcupine.Operation, error) {
	file, err := os.Open(path)
	if err != nil {
		return register, nil, err
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	scanner.Buffer(make([]byte, 1<<20), 1<<26)
	scanner.Scan()
	model := register
	if scanner.Text() == "kv" {
		model = kv
	}
	var operations []porcupine.Operation
	for scanner.Scan() {
		field := strings.Split(scanner.Text(), "\t")
		if len(field) != 7 {
			return model, nil, fmt.Errorf("%s: not an operation: %q", path, scanner.Text())
		}
		client, _ := strconv.Atoi(field[0])
		call, _ := strconv.ParseInt(field[5], 10, 64)
		end, _ := strconv.ParseInt(field[6], 10, 64)
		asked := input{kind: field[1][0], key: field[2]}
		answer := output{unknown: end < 0}
		if end < 0 {
			end = never
		}
		switch asked.kind {
		case 'g':
			answer.text = field[3]
		case 'p', 'a':
			asked.text = field[3]
		case 'r':
			answer.value, _ = strconv.Atoi(field[3])
		default:
			asked.first, _ = strconv.Atoi(field[3])
			asked.second, _ = strconv.Atoi(field[4])
		}
		operations = append(operations, porcupine.Operation{ClientId: client, Input: asked, Call: call, Output: answer, Return: end})
	}
	return model, operations, scanner.Err()
}

func main() {
	limit, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	for _, path := range os.Args[2:] {
		model, operations, err := read(path)
		if err != nil {
			panic(err)
		}
		var took []float64
		var verdict porcupine.CheckResult
		// To ask the clock takes as long as an empty history: where one check is short, many are timed together.
		together := 1
		for begin := time.Now(); len(took) == 0 || (len(took) < 15 && time.Since(begin) < 300*time.Millisecond); {
			start := time.Now()
			for i := 0; i < together; i++ {
				verdict = porcupine.CheckOperationsTimeout(model, operations, time.Duration(limit)*time.Millisecond)
			}
			took = append(took, float64(time.Since(start).Nanoseconds())/1e6/float64(together))
			if len(took) == 1 && took[0] < 0.02 {
				together = 50
			}
		}
		sort.Float64s(took)
		fmt.Printf("%s\t%s\t%.6f\n", path, verdict, took[len(took)/2])
	}
}
