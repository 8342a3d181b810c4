// Drives github.com/aliyun/alibaba-cloud-sdk-go: request structs with tags, responses as structs. By reflection, so that
// one file serves every operation and every release.
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
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"
)

const module = "github.com/aliyun/alibaba-cloud-sdk-go"

type object = map[string]any

type call struct {
	Id        int
	Endpoint  string
	Operation struct{ Product, Version, Action string }
	Region    string
	Secrets   struct {
		Id     string `json:"access_key_id"`
		Secret string `json:"access_key_secret"`
		Token  string `json:"security_token"`
	} `json:"credentials"`
	Parameters map[string]any
	Timeout    float64
	Method     string
	Format     string
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
	version, others := "", map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dependency := range info.Deps {
			others[dependency.Path] = dependency.Version
		}
		version = others[module]
		delete(others, module)
	}
	return object{
		"ready": true, "protocol": 1, "name": module, "version": version, "runtime": runtime.Version(),
		"dependencies": others, "view": "typed", "methods": []string{"GET", "POST"}, "formats": []string{"json", "xml"},
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
	method := reflect.ValueOf(client).MethodByName(asked.Operation.Action)
	if !method.IsValid() {
		return object{"ok": false, "unsupported": asked.Operation.Action}
	}
	request, missing := requestFor(asked, method.Type().In(0).Elem())
	if missing != "" {
		return object{"ok": false, "unsupported": missing}
	}
	results := method.Call([]reflect.Value{request})
	if err, failed := results[1].Interface().(error); failed {
		return failure(err)
	}
	return object{"ok": true, "result": results[0].Interface()}
}

// What the SDK's own Create…Request does, and then the caller's values by the names in the tags.
func requestFor(asked *call, kind reflect.Type) (reflect.Value, string) {
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
	rpc.Domain = strings.TrimPrefix(asked.Endpoint, "http://")
	rpc.Scheme = "HTTP"
	patience := time.Duration(asked.Timeout * float64(time.Second))
	rpc.ConnectTimeout, rpc.ReadTimeout = patience, patience
	for name, value := range asked.Parameters {
		if name == "RegionId" {
			rpc.RegionId = fmt.Sprint(value)
			continue
		}
		if !set(request.Elem(), kind, name, value) {
			return request, name
		}
	}
	return request, ""
}

func set(request reflect.Value, kind reflect.Type, name string, value any) bool {
	for i := 0; i < kind.NumField(); i++ {
		if kind.Field(i).Tag.Get("name") != name {
			continue
		}
		field := request.Field(i)
		switch given := value.(type) {
		case []any:
			texts := []string{}
			for _, one := range given {
				texts = append(texts, fmt.Sprint(one))
			}
			field.Set(reflect.ValueOf(&texts))
		case float64:
			field.SetString(fmt.Sprintf("%.0f", given))
		default:
			field.SetString(fmt.Sprint(given))
		}
		return true
	}
	return false
}

func clientFor(asked *call) (*ecs.Client, error) {
	key := fmt.Sprint(asked.Endpoint, asked.Region, asked.Secrets)
	if kept.key == key {
		return kept.client, nil
	}
	var credential auth.Credential = credentials.NewAccessKeyCredential(asked.Secrets.Id, asked.Secrets.Secret)
	if asked.Secrets.Token != "" {
		credential = credentials.NewStsTokenCredential(asked.Secrets.Id, asked.Secrets.Secret, asked.Secrets.Token)
	}
	client, err := ecs.NewClientWithOptions(asked.Region, sdk.NewConfig().WithScheme("HTTP"), credential)
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
