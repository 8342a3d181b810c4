// Drives github.com/alibabacloud-go packages for one API each (ecs-20140526): typed requests and responses. By reflection, so that one file serves
// every operation, and every release whatever release of its libraries it is built with. The installer replaces the
// import path "module.under.test" by that of the release's major version, and "package.under.test" by its package.
package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"runtime"
	"strings"

	ecs "module.under.test/client"
)

func ready() object {
	name := "package.under.test"
	version, others := modules(name)
	return object{
		"ready": true, "protocol": 2, "name": name, "version": version, "runtime": runtime.Version(),
		"dependencies": others, "view": "typed", "signatures": []string{"v3", "v1"}, "structures": true,
		"can": []string{"nulls", "bytes", "raw", "threads", "tls"},
	}
}

func answer(asked *call) object {
	if asked.Raw {
		return parsesAll()
	}
	client, err := clientFor(asked, ecs.NewClient)
	if err != nil {
		return failure(err)
	}
	method := reflect.ValueOf(client).MethodByName(asked.Operation.Action + "WithOptions")
	if !method.IsValid() {
		return object{"ok": false, "unsupported": asked.Operation.Action}
	}
	request := reflect.New(method.Type().In(0).Elem())
	if name := nothing(asked); name != "" {
		return notInGo(name, "a field that is set to nil is one that was never set")
	}
	for _, name := range asked.Bytes {
		if field := tagged(request.Elem(), name); field.IsValid() && !reflect.TypeOf([]byte{}).AssignableTo(field.Type()) {
			return notInGo(name, fmt.Sprintf("it is a %s, which takes no []byte", field.Type()))
		}
	}
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
	options := optionsFor(asked, method.Type().In(1))
	result, err := made(asked, func() (any, error) {
		results := method.Call([]reflect.Value{request, options})
		if err, failed := results[1].Interface().(error); failed {
			return nil, err
		}
		return results[0].Elem().FieldByName("Body").Interface(), nil
	})
	if err != nil {
		return failure(err)
	}
	return object{"ok": true, "result": result}
}

// The field of a structure whose JSON has that name.
func tagged(holder reflect.Value, name string) reflect.Value {
	for i := 0; i < holder.NumField(); i++ {
		if strings.Split(holder.Type().Field(i).Tag.Get("json"), ",")[0] == name {
			return holder.Field(i)
		}
	}
	return reflect.Value{}
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
