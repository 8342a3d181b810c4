// What drivers in Go share: the conversation with the suite, and calls at once. A driver has `ready() object` and
// `answer(*call) (object, error)`.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"sync"
)

type object = map[string]any

// Numbers of parameters stay as they are written.
type call struct {
	Id          int
	Endpoint    string
	Operation   struct{ Product, Version, Action string }
	Region      string
	Credentials map[string]string
	Parameters  map[string]any
	Timeout     float64
	Method      string
	Signature   string
	Format      string
	Burst       *burst
	Raw         bool
	Bytes       []string
}

type burst struct {
	Calls   int
	By      string
	Workers int
}

func main() {
	out := os.Stdout
	os.Stdout = os.Stderr
	say := func(message object) {
		line, _ := json.Marshal(message)
		fmt.Fprintf(out, "%s\n", line)
	}
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	lines.ReadString('\n')
	say(ready())
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var asked call
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.UseNumber()
		if err := decoder.Decode(&asked); err != nil {
			panic(err)
		}
		reply := guardedAnswer(&asked)
		reply["id"] = asked.Id
		say(reply)
	}
}

func guardedAnswer(asked *call) (reply object) {
	defer func() {
		if problem := recover(); problem != nil {
			text := fmt.Sprintf("%v\n%s", problem, debug.Stack())
			reply = object{"ok": false, "error": object{"type": "panic", "declared": false, "message": fmt.Sprint(problem), "text": text}}
		}
	}()
	return answer(asked)
}

// The release of a module that the program is built with, and those of all others. The module of a later major release
// has a longer path.
func modules(name string) (version string, others map[string]string) {
	others = map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dependency := range info.Deps {
			if strings.HasPrefix(dependency.Path, name) {
				version = dependency.Version
				continue
			}
			others[dependency.Path] = dependency.Version
		}
	}
	return version, others
}

// The result of a call, or of so many that goroutines make through one client; the first error if there is one.
func made(asked *call, once func() (any, error)) (any, error) {
	if asked.Burst == nil {
		return once()
	}
	found := make([]any, asked.Burst.Calls)
	failed := make([]error, asked.Burst.Calls)
	places := make(chan int)
	var all sync.WaitGroup
	for range make([]struct{}, asked.Burst.Workers) {
		all.Add(1)
		go func() {
			defer all.Done()
			for place := range places {
				found[place], failed[place] = guarded(once)
			}
		}()
	}
	for place := range found {
		places <- place
	}
	close(places)
	all.Wait()
	for _, err := range failed {
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// The answer to a call that gives what no Go program could.
func notInGo(what, why string) object {
	return object{"ok": false, "unsupported": what, "by": "language", "because": why}
}

// The first parameter that a call sets to nothing; "" where there is none.
func nothing(asked *call) string {
	for name, value := range asked.Parameters {
		if value == nil {
			return name
		}
	}
	return ""
}

// The answer to a call that asks for the body as it came, of an SDK that hands over nothing but what it has read.
func parsesAll() object {
	return object{"ok": false, "unsupported": "unparsed body"}
}

// The result of a call that asks for the body as it came, which is written in base64.
func unparsed(body []byte) object {
	return object{"bytes": body}
}

// A panic is an error too: in a goroutine it would end the driver.
func guarded(once func() (any, error)) (result any, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("panic: %v\n%s", problem, debug.Stack())
		}
	}()
	return once()
}
