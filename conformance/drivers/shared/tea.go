// What drivers of SDKs on the Tea runtime share: how a client is set up, and what their errors tell. By reflection, because the
// types of settings have moved between modules over the releases.
package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

var kept struct {
	key    string
	client any
}

// One client as long as the settings of calls stay the same, as a program would have it; made by that function.
func clientFor(asked *call, newClient any) (any, error) {
	key := fmt.Sprint(asked.Endpoint, asked.Region, asked.Credentials, asked.Signature)
	if kept.key == key {
		return kept.client, nil
	}
	config := reflect.New(reflect.TypeOf(newClient).In(0).Elem())
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
	results := reflect.ValueOf(newClient).Call([]reflect.Value{config})
	if err, failed := results[1].Interface().(error); failed {
		return nil, err
	}
	kept.key, kept.client = key, results[0].Interface()
	return kept.client, nil
}

// The options of one call, which have its timeouts.
func optionsFor(asked *call, kind reflect.Type) reflect.Value {
	options := reflect.New(kind.Elem())
	milliseconds := int(asked.Timeout * 1000)
	set(options, "ReadTimeout", milliseconds)
	set(options, "ConnectTimeout", milliseconds)
	return options
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
