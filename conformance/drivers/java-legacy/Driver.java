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
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
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
        ready.put("structures", true);
        return ready;
    }

    public Map<String, Object> answer(JsonObject call) throws Exception {
        List<String> lost = new ArrayList<>();
        AcsRequest<AcsResponse> tried = request(call, lost);
        if (tried == null || !lost.isEmpty()) return Conversation.unsupported(String.join(", ", lost));
        Map<String, Object> mistyped = Conversation.mistyped(call, tried);
        if (mistyped != null) return mistyped;
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
            boolean isRegion = given.getKey().equals("RegionId") && setter(request, "RegionId") == null;
            if (isRegion) request.setSysRegionId(given.getValue().getAsString()); // every request of this SDK has a region, by a setter of its own
            else set(request, given.getKey(), given.getValue(), given.getKey(), lost);
        }
        int milliseconds = (int) (call.get("timeout").getAsDouble() * 1000);
        request.setSysReadTimeout(milliseconds);
        request.setSysConnectTimeout(milliseconds);
        String[] endpoint = call.get("endpoint").getAsString().split("://");
        request.setSysEndpoint(endpoint[1]);
        request.setSysProtocol(ProtocolType.valueOf(endpoint[0].toUpperCase()));
        if (call.has("method")) request.setSysMethod(MethodType.valueOf(call.get("method").getAsString()));
        if (call.has("format")) request.setSysAcceptFormat(FormatType.valueOf(call.get("format").getAsString().toUpperCase()));
        return request;
    }

    // Sets a parameter of a request, or a member of a structure, by its setter; `path` is what the caller calls it, and `lost` gets the
    // names of what there is no setter for. Members of a structure may have setters of their own: SystemDisk.Size is setSystemDiskSize.
    static void set(Object target, String name, JsonElement value, String path, List<String> lost) throws Exception {
        Method setter = value.isJsonArray() ? setter(target, name + "s") : null;
        if (setter == null) setter = setter(target, name);
        if (value.isJsonObject() && setter != null && Map.class.isAssignableFrom(setter.getParameterTypes()[0])) {
            setter.invoke(target, Conversation.plain(value));
        } else if (value.isJsonObject()) {
            Object structure = setter == null ? null : structure(setter.getGenericParameterTypes()[0]);
            boolean isTaken = false;
            for (Map.Entry<String, JsonElement> member : value.getAsJsonObject().entrySet()) {
                String place = path + "." + member.getKey();
                boolean own = structure != null && (setter(structure, member.getKey()) != null || setter(structure, member.getKey() + "s") != null);
                isTaken |= own;
                set(own ? structure : target, own ? member.getKey() : name + "." + member.getKey(), member.getValue(), place, lost);
            }
            if (isTaken) setter.invoke(target, structure);
        } else if (setter == null && value.isJsonArray() && holdsObjects(value.getAsJsonArray())) {
            int number = 0; // what is in a list of structures may have setters of its own, too (Filter.1.Key)
            for (JsonElement one : value.getAsJsonArray()) {
                number += 1;
                for (Map.Entry<String, JsonElement> member : one.getAsJsonObject().entrySet()) {
                    String place = "." + number + "." + member.getKey();
                    set(target, name + place, member.getValue(), path + place, lost);
                }
            }
        } else if (setter == null) {
            lost.add(path);
        } else if (value.isJsonArray() && holdsObjects(value.getAsJsonArray())) {
            Type list = setter.getGenericParameterTypes()[0];
            Type item = list instanceof ParameterizedType ? ((ParameterizedType) list).getActualTypeArguments()[0] : String.class;
            List<Object> items = new ArrayList<>();
            for (JsonElement one : value.getAsJsonArray()) {
                Object structure = structure(item);
                String place = path + "." + (items.size() + 1);
                if (structure == null) {
                    lost.add(place);
                    return;
                }
                for (Map.Entry<String, JsonElement> member : one.getAsJsonObject().entrySet()) {
                    set(structure, member.getKey(), member.getValue(), place + "." + member.getKey(), lost);
                }
                items.add(structure);
            }
            setter.invoke(target, items);
        } else {
            setter.invoke(target, (Object) Conversation.JSON.fromJson(value, setter.getGenericParameterTypes()[0]));
        }
    }

    static boolean holdsObjects(JsonArray values) {
        for (JsonElement one : values) if (one.isJsonObject()) return true;
        return false;
    }

    // By the very name: setKey gives Tag.1.Key, and not Tag.1.key.
    static Method setter(Object target, String name) {
        String named = "set" + name.replace(".", "");
        for (Method method : target.getClass().getMethods()) {
            if (method.getParameterCount() == 1 && method.getName().equals(named)) return method;
        }
        return null;
    }

    // A new structure of that type; null where it is none of the SDK's own.
    static Object structure(Type type) throws Exception {
        boolean own = type instanceof Class && ((Class<?>) type).getName().startsWith("com.aliyuncs.");
        return own ? ((Class<?>) type).getDeclaredConstructor().newInstance() : null;
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

    // What the getters of the response's own class give, by the names that the getters have. Where a class of that name was there
    // already, the generator put a number behind that of the getter (getTags1 for Tags): the same without it, where there is no other.
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
        for (String name : new ArrayList<>(members.keySet())) members.putIfAbsent(name.replaceFirst("\\d+$", ""), members.get(name));
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
