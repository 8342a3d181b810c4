// What drivers of SDKs on the Tea runtime share: how a client is set up, and what their exceptions tell. By reflection, because
// the classes of settings have moved between packages over the releases.

import com.aliyun.tea.TeaException;
import com.google.gson.JsonObject;
import java.util.Map;

class Tea {
    static final String CONFIG = "com.aliyun.teaopenapi.models.Config";

    private static String keptKey;
    private static Object keptClient;

    static boolean has(String name) {
        try {
            Class.forName(name);
            return true;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }

    // One client of that class as long as its settings stay the same, as a program would have it.
    static Object client(JsonObject call, String name) throws Exception {
        String key = call.get("endpoint") + " " + call.get("region") + call.get("credentials") + call.get("signature");
        if (!key.equals(keptKey)) {
            Class<?> type = Class.forName(has(CONFIG) ? CONFIG : "com.aliyun.tearpc.models.Config");
            Object config = type.getDeclaredConstructor().newInstance();
            JsonObject secrets = call.getAsJsonObject("credentials");
            set(config, "accessKeyId", secrets.get("access_key_id").getAsString());
            set(config, "accessKeySecret", secrets.get("access_key_secret").getAsString());
            if (secrets.has("security_token")) set(config, "securityToken", secrets.get("security_token").getAsString());
            String[] endpoint = call.get("endpoint").getAsString().split("://");
            set(config, "endpoint", endpoint[1]);
            set(config, "protocol", endpoint[0]);
            set(config, "regionId", call.get("region").getAsString());
            // The SDK's word for the signature that the documentation numbers 1.0.
            if (call.has("signature") && call.get("signature").getAsString().equals("v1")) set(config, "signatureAlgorithm", "v2");
            keptClient = Class.forName(name).getConstructor(type).newInstance(config);
            keptKey = key;
        }
        return keptClient;
    }

    static void set(Object model, String field, Object value) throws Exception {
        model.getClass().getField(field).set(model, value);
    }

    // The options of one call, which have its timeouts.
    static void patience(Object options, JsonObject call) throws Exception {
        int milliseconds = (int) (call.get("timeout").getAsDouble() * 1000);
        set(options, "readTimeout", milliseconds);
        set(options, "connectTimeout", milliseconds);
    }

    static Map<String, Object> error(Throwable problem) {
        boolean declared = problem instanceof java.io.IOException;
        for (Class<?> c = problem.getClass(); c != null; c = c.getSuperclass()) {
            declared |= c.getName().startsWith("com.aliyun.");
        }
        Map<String, Object> error = Conversation.described(problem, declared);
        for (Throwable t = problem; t != null && !(t == t.getCause()); t = t.getCause()) {
            if (!(t instanceof TeaException)) continue;
            TeaException tea = (TeaException) t;
            Map<String, Object> data = tea.getData() == null ? Map.of() : tea.getData();
            Object status = data.get("statusCode");
            error.put("code", tea.getCode());
            error.put("http_status", status instanceof Number ? ((Number) status).intValue() : null);
            error.put("request_id", data.get("RequestId") == null ? null : String.valueOf(data.get("RequestId")));
            break;
        }
        return error;
    }
}
