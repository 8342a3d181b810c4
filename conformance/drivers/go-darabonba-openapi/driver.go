// Drives github.com/alibabacloud-go/darabonba-openapi, which the modules of single APIs stand on: any operation by name, as
// they call it. The installer replaces the import path "module.under.test" by that of the release's major version, and
// "package.under.test" by its package.
package main

import (
	"encoding/base64"
	"fmt"
	"reflect"
	"runtime"
	"strings"

	openapi "module.under.test/client"
	util "module.under.test/utils"
)

func ready() object {
	name := "package.under.test"
	version, others := modules(name)
	return object{
		"ready": true, "protocol": 2, "name": name, "version": version, "runtime": runtime.Version(),
		"dependencies": others, "view": "json", "methods": []string{"POST", "GET"}, "signatures": []string{"v3", "v1"},
		"structures": true, "can": []string{"nulls", "bytes", "raw", "threads", "tls"},
	}
}

func answer(asked *call) object {
	client, err := clientFor(asked, openapi.NewClient)
	if err != nil {
		return failure(err)
	}
	method := reflect.ValueOf(client).MethodByName("CallApi")
	params := &openapi.Params{}
	for name, value := range map[string]string{
		"Action": asked.Operation.Action, "Version": asked.Operation.Version, "Pathname": "/", "AuthType": "AK", "Style": "RPC",
		"Protocol": strings.ToUpper(strings.SplitN(asked.Endpoint, ":", 2)[0]), "ReqBodyType": "formData",
		"BodyType": map[bool]string{true: "byte", false: "json"}[asked.Raw],
		"Method":   map[bool]string{true: asked.Method, false: "POST"}[asked.Method != ""],
	} {
		set(reflect.ValueOf(params), name, value)
	}
	for _, name := range asked.Bytes {
		asked.Parameters[name] = []byte(fmt.Sprint(asked.Parameters[name]))
	}
	options := optionsFor(asked, method.Type().In(2))
	result, err := made(asked, func() (any, error) {
		request := &openapi.OpenApiRequest{Query: util.Query(asked.Parameters)}
		results := method.Call([]reflect.Value{reflect.ValueOf(params), reflect.ValueOf(request), options})
		if err, failed := results[1].Interface().(error); failed {
			return nil, err
		}
		body := results[0].Interface().(map[string]any)["body"]
		if asked.Raw {
			whole, err := bodyOf(body)
			return unparsed(whole), err
		}
		return body, nil
	})
	if err != nil {
		return failure(err)
	}
	return object{"ok": true, "result": result}
}

// The engine makes JSON of its own result and reads that again, by which bytes become a text in base64.
func bodyOf(body any) ([]byte, error) {
	if whole, ok := body.([]byte); ok {
		return whole, nil
	}
	text, ok := body.(string)
	if !ok {
		return nil, fmt.Errorf("the engine handed over a body of type %T", body)
	}
	return base64.StdEncoding.DecodeString(text)
}
