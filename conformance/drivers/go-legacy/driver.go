// Drives github.com/aliyun/alibaba-cloud-sdk-go: request structs with tags, responses as structs. By reflection, so that
// one file serves every operation and every release.
package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"
)

const module = "github.com/aliyun/alibaba-cloud-sdk-go"

var kept struct {
	key    string
	client *ecs.Client
}

func ready() object {
	version, others := modules(module)
	return object{
		"ready": true, "protocol": 2, "name": module, "version": version, "runtime": runtime.Version(),
		"dependencies": others, "view": "typed", "methods": []string{"GET", "POST"}, "formats": []string{"json", "xml"},
		"structures": true, "can": []string{"nulls", "bytes", "raw", "threads", "tls"},
	}
}

func answer(asked *call) object {
	client, err := clientFor(asked)
	if err != nil {
		return failure(err)
	}
	method := reflect.ValueOf(client).MethodByName(asked.Operation.Action)
	if !method.IsValid() {
		return object{"ok": false, "unsupported": asked.Operation.Action}
	}
	kind := method.Type().In(0).Elem()
	if name := nothing(asked); name != "" && tagged(reflect.New(kind).Elem(), name).IsValid() {
		return notInGo(name, fmt.Sprintf("it is a %s, which has no nil", tagged(reflect.New(kind).Elem(), name).Type()))
	}
	for _, name := range asked.Bytes {
		if field := tagged(reflect.New(kind).Elem(), name); field.IsValid() {
			return notInGo(name, fmt.Sprintf("it is a %s, which takes no []byte", field.Type()))
		}
	}
	if _, lost, mistyped := requestFor(asked, kind); len(mistyped) > 0 {
		what := "no Go program compiles that gives this to " + strings.Join(mistyped, ", ")
		return object{"ok": false, "error": object{"type": "compile", "declared": true, "message": what, "text": what}}
	} else if len(lost) > 0 {
		return object{"ok": false, "unsupported": strings.Join(lost, ", ")}
	}
	result, err := made(asked, func() (any, error) {
		request, _, _ := requestFor(asked, kind)
		results := method.Call([]reflect.Value{request})
		if err, failed := results[1].Interface().(error); failed {
			return nil, err
		}
		if response, ok := results[0].Interface().(interface{ GetHttpContentBytes() []byte }); ok && asked.Raw {
			return unparsed(response.GetHttpContentBytes()), nil
		}
		return results[0].Interface(), nil
	})
	if err != nil {
		return failure(err)
	}
	return object{"ok": true, "result": result}
}

// What the SDK's own Create…Request does, and then the caller's values by the names in the tags; the names of what the request
// has no field for, and of fields of another kind.
func requestFor(asked *call, kind reflect.Type) (made reflect.Value, lost, mistyped []string) {
	rpc := &requests.RpcRequest{}
	request := reflect.New(kind)
	request.Elem().FieldByName("RpcRequest").Set(reflect.ValueOf(rpc))
	rpc.InitWithApiInfo(asked.Operation.Product, asked.Operation.Version, asked.Operation.Action, strings.ToLower(asked.Operation.Product), "openAPI")
	rpc.Method = requests.POST
	if asked.Method != "" {
		rpc.Method = asked.Method
	}
	if asked.Format != "" {
		rpc.AcceptFormat = strings.ToUpper(asked.Format)
	}
	protocol, host, _ := strings.Cut(asked.Endpoint, "://")
	rpc.Domain, rpc.Scheme = host, strings.ToUpper(protocol)
	patience := time.Duration(asked.Timeout * float64(time.Second))
	rpc.ConnectTimeout, rpc.ReadTimeout = patience, patience
	for name, value := range asked.Parameters {
		if name == "RegionId" {
			rpc.RegionId = fmt.Sprint(value)
			continue
		}
		more, wrong := set(request.Elem(), name, name, value)
		lost, mistyped = append(lost, more...), append(mistyped, wrong...)
	}
	return request, lost, mistyped
}

// Sets the field of a structure whose tag has that name; `path` is what the caller calls it. What is in a structure may have
// fields beside it (SystemDisk.Size), and so may what its own type does not have.
func set(holder reflect.Value, name, path string, value any) (lost, mistyped []string) {
	field := tagged(holder, name)
	switch given := value.(type) {
	case map[string]any:
		if field.IsValid() && field.Kind() == reflect.Map {
			text, _ := json.Marshal(given)
			if json.Unmarshal(text, field.Addr().Interface()) != nil {
				return nil, []string{path}
			}
			return nil, nil
		}
		for member, inner := range given {
			into, called := holder, name+"."+member
			if field.IsValid() && field.Kind() == reflect.Struct && tagged(field, member).IsValid() {
				into, called = field, member
			} else if field.IsValid() && field.Kind() != reflect.Struct {
				return nil, []string{path}
			}
			more, wrong := set(into, called, path+"."+member, inner)
			lost, mistyped = append(lost, more...), append(mistyped, wrong...)
		}
		return lost, mistyped
	case []any:
		if !field.IsValid() { // what is in a list of structures may have fields of its own, too (Filter.1.Key)
			for number, one := range given {
				members, structured := one.(map[string]any)
				if !structured {
					return []string{path}, nil
				}
				for member, inner := range members {
					place := fmt.Sprintf(".%d.%s", number+1, member)
					more, wrong := set(holder, name+place, path+place, inner)
					lost, mistyped = append(lost, more...), append(mistyped, wrong...)
				}
			}
			return lost, mistyped
		}
		list := field.Type()
		if list.Kind() == reflect.Pointer {
			list = list.Elem()
		}
		if list.Kind() != reflect.Slice {
			return nil, []string{path}
		}
		made := reflect.MakeSlice(list, len(given), len(given))
		for number, one := range given {
			place := fmt.Sprintf("%s.%d", path, number+1)
			members, structured := one.(map[string]any)
			if structured != (list.Elem().Kind() == reflect.Struct) {
				return nil, []string{path}
			}
			if !structured {
				made.Index(number).SetString(fmt.Sprint(one))
			}
			for member, inner := range members {
				more, wrong := set(made.Index(number), member, place+"."+member, inner)
				lost, mistyped = append(lost, more...), append(mistyped, wrong...)
			}
		}
		if field.Kind() == reflect.Pointer {
			pointer := reflect.New(list)
			pointer.Elem().Set(made)
			made = pointer
		}
		field.Set(made)
		return lost, mistyped
	}
	if !field.IsValid() {
		return []string{path}, nil
	}
	if field.Kind() != reflect.String {
		return nil, []string{path}
	}
	field.SetString(fmt.Sprint(value))
	return nil, nil
}

// The field of a structure whose tag has that name.
func tagged(holder reflect.Value, name string) reflect.Value {
	for i := 0; i < holder.NumField(); i++ {
		if holder.Type().Field(i).Tag.Get("name") == name {
			return holder.Field(i)
		}
	}
	return reflect.Value{}
}

func clientFor(asked *call) (*ecs.Client, error) {
	key := fmt.Sprint(asked.Endpoint, asked.Region, asked.Credentials)
	if kept.key == key {
		return kept.client, nil
	}
	id, secret, token := asked.Credentials["access_key_id"], asked.Credentials["access_key_secret"], asked.Credentials["security_token"]
	var credential auth.Credential = credentials.NewAccessKeyCredential(id, secret)
	if token != "" {
		credential = credentials.NewStsTokenCredential(id, secret, token)
	}
	scheme := strings.ToUpper(strings.SplitN(asked.Endpoint, ":", 2)[0])
	client, err := ecs.NewClientWithOptions(asked.Region, sdk.NewConfig().WithScheme(scheme), credential)
	if err == nil {
		kept.key, kept.client = key, client
	}
	return client, err
}

func failure(err error) object {
	_, own := err.(errors.Error)
	described := object{
		"type": fmt.Sprintf("%T", err), "message": err.Error(), "text": fmt.Sprintf("%v\n%+v", err, err),
		"declared": own || strings.Contains(fmt.Sprintf("%T", err), "net") || strings.Contains(fmt.Sprintf("%T", err), "url"),
	}
	if server, ok := err.(*errors.ServerError); ok {
		described["code"], described["message"] = server.ErrorCode(), server.Message()
		described["http_status"], described["request_id"] = server.HttpStatus(), server.RequestId()
	} else if own {
		described["code"] = err.(errors.Error).ErrorCode()
	}
	return object{"ok": false, "error": described}
}
