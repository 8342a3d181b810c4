// Drives com.aliyun:tea-openapi, which the artifacts of single APIs stand on: any operation by name, as they call it.

import com.aliyun.tea.TeaModel;
import com.google.gson.JsonObject;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Map;

public class Driver implements Conversation.Answering {
    static final String CLIENT = "com.aliyun.teaopenapi.Client";

    public static void main(String[] arguments) throws Exception {
        Conversation.converse(new Driver());
    }

    public Map<String, Object> ready() throws Throwable {
        Class.forName("com.aliyun.teaopenapi.models.Params");
        Map<String, Object> ready = Conversation.about("com.aliyun", "tea-openapi", "json");
        ready.put("structures", true);
        ready.put("methods", new String[] {"POST", "GET"});
        ready.put("signatures", new String[] {"v3", "v1"});
        return ready;
    }

    public Map<String, Object> answer(JsonObject call) throws Exception {
        JsonObject operation = call.getAsJsonObject("operation");
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("action", operation.get("action").getAsString());
        about.put("version", operation.get("version").getAsString());
        about.put("protocol", call.get("endpoint").getAsString().split("://")[0].toUpperCase());
        about.put("pathname", "/");
        about.put("method", call.has("method") ? call.get("method").getAsString() : "POST");
        about.put("authType", "AK");
        about.put("style", "RPC");
        about.put("reqBodyType", "formData");
        about.put("bodyType", call.has("raw") ? "byte" : "json");
        Object client = Tea.client(call, CLIENT);
        Method method = method(client.getClass(), "callApi");
        Object given = Conversation.given(call);
        Method query = method(Class.forName("com.aliyun.openapiutil.Client"), "query");
        return Conversation.made(call, () -> {
            Class<?>[] types = method.getParameterTypes();
            Object params = TeaModel.toModel(about, (TeaModel) types[0].getDeclaredConstructor().newInstance());
            Object request = types[1].getDeclaredConstructor().newInstance();
            Tea.set(request, "query", query.invoke(null, given));
            Object options = types[2].getDeclaredConstructor().newInstance();
            Tea.patience(options, call);
            Object body = ((Map<?, ?>) method.invoke(client, params, request, options)).get("body");
            return call.has("raw") ? Conversation.unparsed((byte[]) body) : body;
        });
    }

    public Map<String, Object> error(Throwable problem) {
        return Tea.error(problem);
    }

    static Method method(Class<?> type, String name) throws NoSuchMethodException {
        for (Method method : type.getMethods()) if (method.getName().equals(name)) return method;
        throw new NoSuchMethodException(name);
    }
}
