// Drives the artifact that its second argument names, of those for one API each (com.aliyun:ecs20140526), any release:
// typed requests and responses, errors as exceptions. By reflection, so that one file serves every operation.

import com.aliyun.tea.TeaModel;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

public class Driver implements Conversation.Answering {
    final String artifact;
    final String root;

    Driver(String artifact) {
        this.artifact = artifact;
        root = "com.aliyun." + artifact + ".";
    }

    public static void main(String[] arguments) throws Exception {
        Conversation.converse(new Driver(arguments[1].split(":")[1]));
    }

    public Map<String, Object> ready() throws Throwable {
        Class.forName(root + "Client");
        Map<String, Object> ready = Conversation.about("com.aliyun", artifact, "typed");
        ready.put("structures", true);
        ready.put("signatures", Tea.has(Tea.CONFIG) ? new String[] {"v3", "v1"} : new String[] {"v1"});
        return ready;
    }

    public Map<String, Object> answer(JsonObject call) throws Exception {
        if (call.has("raw")) return Conversation.parsesAll();
        String action = call.getAsJsonObject("operation").get("action").getAsString();
        if (!Tea.has(root + "models." + action + "Request")) return Conversation.unsupported(action);
        Map<String, Object> given = new LinkedHashMap<>();
        List<String> nulls = new ArrayList<>();
        for (Map.Entry<String, JsonElement> one : call.getAsJsonObject("parameters").entrySet()) {
            if (one.getValue().isJsonNull()) nulls.add(one.getKey());
            else given.put(one.getKey(), Conversation.plain(one.getValue()));
        }
        TeaModel request = (TeaModel) Class.forName(root + "models." + action + "Request").getDeclaredConstructor().newInstance();
        Map<String, Object> mistyped = Conversation.mistyped(call, request);
        if (mistyped != null) return mistyped;
        TeaModel.toModel(given, request);
        List<String> lost = new ArrayList<>();
        missing(given, request.toMap(), "", lost);
        for (String name : nulls) if (!setToNull(request, name)) lost.add(name);
        if (!lost.isEmpty()) return Conversation.unsupported(String.join(", ", lost));
        Object client = Tea.client(call, root + "Client");
        String wanted = Character.toLowerCase(action.charAt(0)) + action.substring(1) + "WithOptions";
        for (Method method : client.getClass().getMethods()) {
            if (!method.getName().equals(wanted)) continue;
            TeaModel options = (TeaModel) method.getParameterTypes()[1].getDeclaredConstructor().newInstance();
            Tea.patience(options, call);
            return Conversation.made(call, () -> {
                Map<String, Object> response = ((TeaModel) method.invoke(client, request, options)).toMap();
                return response.containsKey("body") ? response.get("body") : response;
            });
        }
        return Conversation.unsupported(action);
    }

    public Map<String, Object> error(Throwable problem) {
        return Tea.error(problem);
    }

    // By the setter, as a program would.
    static boolean setToNull(TeaModel request, String name) throws Exception {
        for (Method method : request.getClass().getMethods()) {
            if (!method.getName().equals("set" + name) || method.getParameterCount() != 1) continue;
            method.invoke(request, (Object) null);
            return true;
        }
        return false;
    }

    // The dotted names of what the request does not hold, though it was given.
    static void missing(Object given, Object kept, String path, List<String> lost) {
        if (given instanceof Map && kept instanceof Map) {
            for (Map.Entry<?, ?> one : ((Map<?, ?>) given).entrySet()) {
                String name = path.isEmpty() ? String.valueOf(one.getKey()) : path + "." + one.getKey();
                missing(one.getValue(), ((Map<?, ?>) kept).get(one.getKey()), name, lost);
            }
        } else if (given instanceof List && kept instanceof List && ((List<?>) given).size() == ((List<?>) kept).size()) {
            for (int n = 0; n < ((List<?>) given).size(); n++) {
                missing(((List<?>) given).get(n), ((List<?>) kept).get(n), path + "." + (n + 1), lost);
            }
        } else if (kept == null || given instanceof Map || given instanceof List) {
            lost.add(path);
        }
    }
}
