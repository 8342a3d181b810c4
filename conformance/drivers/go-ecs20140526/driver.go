// Drives github.com/alibabacloud-go packages for one API each (ecs-20140526): typed requests and responses. By reflection, so that one file serves
// every operation, and every release whatever release of its libraries it is built with. The installer replaces the
// import path "module.under.test" by that of the release's major version, and "package.under.test" by its package.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"

	ecs "module.under.test/client"
)

type object = map[string]any

type call struct {
	Id          int
	Endpoint    string
	Operation   struct{ Product, Version, Action string }
	Region      string
	Credentials map[string]string
	Parameters  map[string]json.RawMessage
	Timeout     float64
	Signature   string
	Burst       *burst
}

type burst struct {
	Calls   int
	By      string
	Workers int
}

var kept struct {
	key    string
	client *ecs.Client
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
		if err := json.Unmarshal(line, &asked); err != nil {
			panic(err)
		}
		reply := answer(&asked)
		reply["id"] = asked.Id
		say(reply)
	}
}

func ready() object {
	name, version, others := "package.under.test", "", map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dependency := range info.Deps {
			if strings.HasPrefix(dependency.Path, name) {
				version = dependency.Version
				continue
			}
			others[dependency.Path] = dependency.Version
		}
	}
	return object{
		"ready": true, "protocol": 2, "name": name, "version": version, "runtime": runtime.Version(),
		"dependencies": others, "view": "typed", "signatures": []string{"v3", "v1"}, "structures": true,
		"can": []string{"threads", "tls"},
	}
}

func answer(asked *call) (reply object) {
	defer func() {
		if problem := recover(); problem != nil {
			text := fmt.Sprintf("%v\n%s", problem, debug.Stack())
			reply = object{"ok": false, "error": object{"type": "panic", "declared": false, "message": fmt.Sprint(problem), "text": text}}
		}
	}()
	client, err := clientFor(asked)
	if err != nil {
		return failure(err)
	}
	method := reflect.ValueOf(client).MethodByName(asked.Operation.Action + "WithOptions")
	if !method.IsValid() {
		return object{"ok": false, "unsupported": asked.Operation.Action}
	}
	request := reflect.New(method.Type().In(0).Elem())
	given, _ := json.Marshal(asked.Parameters)
	if err := json.Unmarshal(given, request.Interface()); err != nil {
		return failure(err)
	}
	sent := map[string]any{}
	back, _ := json.Marshal(request.Interface())
	json.Unmarshal(back, &sent)
	wanted := map[string]any{}
	json.Unmarshal(given, &wanted)
	if lost := missing(wanted, sent, ""); len(lost) > 0 {
		return object{"ok": false, "unsupported": strings.Join(lost, ", ")}
	}
	options := reflect.New(method.Type().In(1).Elem())
	milliseconds := int(asked.Timeout * 1000)
	set(options, "ReadTimeout", milliseconds)
	set(options, "ConnectTimeout", milliseconds)
	once := func() (any, error) {
		results := method.Call([]reflect.Value{request, options})
		if err, failed := results[1].Interface().(error); failed {
			return nil, err
		}
		return results[0].Elem().FieldByName("Body").Interface(), nil
	}
	var result any
	if asked.Burst != nil {
		result, err = atOnce(*asked.Burst, once)
	} else {
		result, err = once()
	}
	if err != nil {
		return failure(err)
	}
	return object{"ok": true, "result": result}
}

// The results of calls that so many goroutines make through one client; the first error if there is one.
func atOnce(burst burst, once func() (any, error)) ([]any, error) {
	found := make([]any, burst.Calls)
	failed := make([]error, burst.Calls)
	places := make(chan int)
	var all sync.WaitGroup
	for range make([]struct{}, burst.Workers) {
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

// A panic is an error too: in a goroutine it would end the driver.
func guarded(once func() (any, error)) (result any, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("panic: %v\n%s", problem, debug.Stack())
		}
	}()
	return once()
}

// The dotted names of what the request does not hold, though it was given.
func missing(given, kept any, path string) (lost []string) {
	switch wanted := given.(type) {
	case map[string]any:
		if held, ok := kept.(map[string]any); ok {
			for name, value := range wanted {
				lost = append(lost, missing(value, held[name], strings.TrimPrefix(path+"."+name, "."))...)
			}
			return lost
		}
	case []any:
		if held, ok := kept.([]any); ok && len(held) == len(wanted) {
			for number, value := range wanted {
				lost = append(lost, missing(value, held[number], fmt.Sprintf("%s.%d", path, number+1))...)
			}
			return lost
		}
	default:
		if kept != nil {
			return nil
		}
	}
	return []string{path}
}

func clientFor(asked *call) (*ecs.Client, error) {
	key := fmt.Sprint(asked.Endpoint, asked.Region, asked.Credentials, asked.Signature)
	if kept.key == key {
		return kept.client, nil
	}
	config := reflect.New(reflect.TypeOf(ecs.NewClient).In(0).Elem())
	set(config, "AccessKeyId", asked.Credentials["access_key_id"])
	set(config, "AccessKeySecret", asked.Credentials["access_key_secret"])
	if token := asked.Credentials["security_token"]; token != "" {
		set(config, "SecurityToken", token)
	}
	protocol, host, _ := strings.Cut(asked.Endpoint, "://")
	set(config, "Endpoint", host)
	set(config, "Protocol", protocol)
	set(config, "RegionId", asked.Region)
	if asked.Signature == "v1" {
		set(config, "SignatureAlgorithm", "v2") // the SDK's word for the signature that the documentation numbers 1.0
	}
	results := reflect.ValueOf(ecs.NewClient).Call([]reflect.Value{config})
	if err, failed := results[1].Interface().(error); failed {
		return nil, err
	}
	kept.key, kept.client = key, results[0].Interface().(*ecs.Client)
	return kept.client, nil
}

// Sets a field that is a pointer to a scalar.
func set(model reflect.Value, name string, value any) {
	pointer := reflect.New(reflect.TypeOf(value))
	pointer.Elem().Set(reflect.ValueOf(value))
	model.Elem().FieldByName(name).Set(pointer)
}

func failure(err error) object {
	kind := fmt.Sprintf("%T", err)
	described := object{
		"type": kind, "message": err.Error(), "text": fmt.Sprintf("%v\n%+v", err, err),
		"declared": strings.Contains(kind, "tea.") || strings.Contains(kind, "dara.") || strings.Contains(kind, "client.") ||
			strings.Contains(kind, "url.") || strings.Contains(kind, "net."),
	}
	value := reflect.Indirect(reflect.ValueOf(err))
	if value.Kind() == reflect.Struct {
		for field, name := range map[string]string{"Code": "code", "Message": "message", "StatusCode": "http_status", "RequestId": "request_id"} {
			if found := value.FieldByName(field); found.IsValid() && found.Kind() == reflect.Pointer && !found.IsNil() {
				described[name] = found.Elem().Interface()
			}
		}
		if data := value.FieldByName("Data"); data.IsValid() && data.Kind() == reflect.Pointer && !data.IsNil() {
			body := map[string]any{}
			json.Unmarshal([]byte(fmt.Sprint(data.Elem().Interface())), &body)
			if id, ok := body["RequestId"].(string); ok {
				described["request_id"] = id
			}
		}
	}
	return object{"ok": false, "error": described}
}
