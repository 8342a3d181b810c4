// Drives aliyun-java-sdk-core with aliyun-java-sdk-ecs: request classes with setters, responses flattened by getters.

import com.aliyuncs.AcsRequest;
import com.aliyuncs.AcsResponse;
import com.aliyuncs.DefaultAcsClient;
import com.aliyuncs.exceptions.ClientException;
import com.aliyuncs.exceptions.ServerException;
import com.aliyuncs.http.FormatType;
import com.aliyuncs.http.MethodType;
import com.aliyuncs.http.ProtocolType;
import com.aliyuncs.profile.DefaultProfile;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

public class Driver implements Conversation.Answering {
    static String keptKey;
    static DefaultAcsClient keptClient;

    public static void main(String[] arguments) throws Exception {
        Conversation.converse(new Driver());
    }

    public Map<String, Object> ready() {
        Map<String, Object> ready = Conversation.about("com.aliyun", "aliyun-java-sdk-core", "typed");
        ready.put("methods", new String[] {"GET", "POST"});
        ready.put("formats", new String[] {"json", "xml"});
        return ready;
    }

    public Map<String, Object> answer(JsonObject call) throws Exception {
        List<String> lost = new ArrayList<>();
        if (request(call, lost) == null || !lost.isEmpty()) return Conversation.unsupported(String.join(", ", lost));
        DefaultAcsClient client = client(call);
        return Conversation.made(call, () -> {
            AcsRequest<AcsResponse> request = request(call, lost);
            return call.has("raw") ? Conversation.unparsed(client.doAction(request).getHttpContent()) : view(client.getAcsResponse(request));
        });
    }

    // A new request; `lost` has the names of what it has no setter for, or the action where there is no such request.
    @SuppressWarnings("unchecked")
    static AcsRequest<AcsResponse> request(JsonObject call, List<String> lost) throws Exception {
        JsonObject operation = call.getAsJsonObject("operation");
        String action = operation.get("action").getAsString();
        String name = "com.aliyuncs." + operation.get("product").getAsString().toLowerCase() + ".model.v"
                + operation.get("version").getAsString().replace("-", "") + "." + action + "Request";
        AcsRequest<AcsResponse> request;
        try {
            request = (AcsRequest<AcsResponse>) Class.forName(name).getDeclaredConstructor().newInstance();
        } catch (ClassNotFoundException absent) {
            lost.add(action);
            return null;
        }
        for (Map.Entry<String, JsonElement> given : call.getAsJsonObject("parameters").entrySet()) {
            if (!set(request, given.getKey(), given.getValue())) lost.add(given.getKey());
        }
        int milliseconds = (int) (call.get("timeout").getAsDouble() * 1000);
        request.setSysReadTimeout(milliseconds);
        request.setSysConnectTimeout(milliseconds);
        request.setSysEndpoint(call.get("endpoint").getAsString().substring("http://".length()));
        request.setSysProtocol(ProtocolType.HTTP);
        if (call.has("method")) request.setSysMethod(MethodType.valueOf(call.get("method").getAsString()));
        if (call.has("format")) request.setSysAcceptFormat(FormatType.valueOf(call.get("format").getAsString().toUpperCase()));
        return request;
    }

    static boolean set(AcsRequest<?> request, String name, JsonElement value) throws Exception {
        for (Method method : request.getClass().getMethods()) {
            if (method.getParameterCount() != 1) continue;
            boolean plural = value.isJsonArray() && method.getName().equals("set" + name + "s");
            if (plural || method.getName().equals("set" + name)) {
                Object converted = Conversation.JSON.fromJson(value, method.getGenericParameterTypes()[0]);
                method.invoke(request, converted);
                return true;
            }
        }
        if (!name.equals("RegionId")) return false;
        request.setSysRegionId(value.getAsString()); // every request of this SDK has a region, by a setter of its own
        return true;
    }

    static DefaultAcsClient client(JsonObject call) {
        String key = call.get("endpoint") + " " + call.get("region") + call.get("credentials");
        if (!key.equals(keptKey)) {
            JsonObject secrets = call.getAsJsonObject("credentials");
            String region = call.get("region").getAsString();
            String id = secrets.get("access_key_id").getAsString();
            String secret = secrets.get("access_key_secret").getAsString();
            DefaultProfile profile = secrets.has("security_token")
                    ? DefaultProfile.getProfile(region, id, secret, secrets.get("security_token").getAsString())
                    : DefaultProfile.getProfile(region, id, secret);
            keptClient = new DefaultAcsClient(profile);
            keptKey = key;
        }
        return keptClient;
    }

    // What the getters of the response's own class give, by the names that the getters have.
    static Object view(Object value) throws Exception {
        if (value == null || value instanceof String || value instanceof Number || value instanceof Boolean) return value;
        if (value instanceof List) {
            List<Object> items = new ArrayList<>();
            for (Object item : (List<?>) value) items.add(view(item));
            return items;
        }
        Map<String, Object> members = new LinkedHashMap<>();
        for (Method method : value.getClass().getDeclaredMethods()) {
            if (method.getName().startsWith("get") && method.getParameterCount() == 0) {
                members.put(method.getName().substring(3), view(method.invoke(value)));
            }
        }
        return members;
    }

    public Map<String, Object> error(Throwable problem) {
        Map<String, Object> error = Conversation.described(problem, problem instanceof ClientException || problem instanceof ServerException);
        if (problem instanceof ClientException) {
            ClientException known = (ClientException) problem;
            error.put("code", known.getErrCode());
            error.put("message", known.getErrMsg() == null ? known.getMessage() : known.getErrMsg());
            error.put("request_id", known.getRequestId());
        }
        return error;
    }
}
