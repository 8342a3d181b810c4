// Drives github.com/aliyun/alibaba-cloud-sdk-go: request structs with tags, responses as structs. By reflection, so that
// one file serves every operation and every release.
package main

import (
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
		"can": []string{"raw", "threads", "tls"},
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
	if _, missing := requestFor(asked, kind); missing != "" {
		return object{"ok": false, "unsupported": missing}
	}
	result, err := made(asked, func() (any, error) {
		request, _ := requestFor(asked, kind)
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
	protocol, host, _ := strings.Cut(asked.Endpoint, "://")
	rpc.Domain, rpc.Scheme = host, strings.ToUpper(protocol)
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
		default:
			field.SetString(fmt.Sprint(given))
		}
		return true
	}
	return false
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
