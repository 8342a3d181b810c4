// Drives the artifact that its second argument names, of those for one API each (com.aliyun:ecs20140526), any release:
// typed requests and responses, errors as exceptions. By reflection, because
// the classes of settings and options have moved between packages over the releases.

import com.aliyun.tea.TeaException;
import com.aliyun.tea.TeaModel;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class Driver {
    static String artifact;
    static String root;
    static final Gson JSON = new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

    static String keptKey;
    static Object keptClient;

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        System.setOut(System.err);
        artifact = arguments[1].split(":")[1];
        root = "com.aliyun." + artifact + ".";
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        in.readLine();
        try {
            Class.forName(root + "Client");
        } catch (Throwable problem) {
            out.println(JSON.toJson(Map.of("ready", false, "reason", problem.toString())));
            return;
        }
        out.println(JSON.toJson(ready()));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            JsonObject call = new JsonParser().parse(line).getAsJsonObject();
            Map<String, Object> reply = new LinkedHashMap<>();
            reply.put("id", call.get("id").getAsLong());
            try {
                answer(call, reply);
            } catch (InvocationTargetException wrapped) {
                fail(reply, wrapped.getCause());
            } catch (Throwable problem) {
                fail(reply, problem);
            }
            out.println(JSON.toJson(reply));
        }
        System.exit(0);
    }

    static Map<String, Object> ready() {
        Map<String, String> jars = new TreeMap<>();
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Matcher parts = Pattern.compile("(.+?)-(\\d.*)\\.jar").matcher(new File(path).getName());
            if (parts.matches()) jars.put(parts.group(1), parts.group(2));
        }
        Map<String, Object> ready = new LinkedHashMap<>();
        ready.put("ready", true);
        ready.put("protocol", 2);
        ready.put("structures", true);
        ready.put("can", new String[] {"threads"});
        ready.put("name", "com.aliyun:" + artifact);
        ready.put("version", String.valueOf(jars.remove(artifact)));
        ready.put("runtime", "Java " + System.getProperty("java.version"));
        ready.put("dependencies", jars);
        ready.put("view", "typed");
        ready.put("signatures", has("com.aliyun.teaopenapi.models.Config") ? new String[] {"v3", "v1"} : new String[] {"v1"});
        return ready;
    }

    static boolean has(String name) {
        try {
            Class.forName(name);
            return true;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }

    static void answer(JsonObject call, Map<String, Object> reply) throws Exception {
        String action = call.getAsJsonObject("operation").get("action").getAsString();
        Map<String, Object> given = new LinkedHashMap<>();
        for (Map.Entry<String, JsonElement> one : call.getAsJsonObject("parameters").entrySet()) {
            given.put(one.getKey(), plain(one.getValue()));
        }
        if (!has(root + "models." + action + "Request")) {
            reply.put("ok", false);
            reply.put("unsupported", action);
            return;
        }
        TeaModel request = (TeaModel) Class.forName(root + "models." + action + "Request").getDeclaredConstructor().newInstance();
        TeaModel.toModel(given, request);
        List<String> lost = new ArrayList<>();
        missing(given, request.toMap(), "", lost);
        if (!lost.isEmpty()) {
            reply.put("ok", false);
            reply.put("unsupported", String.join(", ", lost));
            return;
        }
        Object client = client(call);
        String wanted = Character.toLowerCase(action.charAt(0)) + action.substring(1) + "WithOptions";
        for (Method method : client.getClass().getMethods()) {
            if (!method.getName().equals(wanted)) continue;
            TeaModel options = (TeaModel) method.getParameterTypes()[1].getDeclaredConstructor().newInstance();
            int milliseconds = (int) (call.get("timeout").getAsDouble() * 1000);
            set(options, "readTimeout", milliseconds);
            set(options, "connectTimeout", milliseconds);
            Callable<Object> once = () -> {
                Map<String, Object> response = ((TeaModel) method.invoke(client, request, options)).toMap();
                return response.containsKey("body") ? response.get("body") : response;
            };
            Object result = call.has("burst") ? atOnce(call.getAsJsonObject("burst"), once) : once.call();
            reply.put("ok", true);
            reply.put("result", result);
            return;
        }
        reply.put("ok", false);
        reply.put("unsupported", action);
    }

    static List<Object> atOnce(JsonObject burst, Callable<Object> once) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(burst.get("workers").getAsInt());
        try {
            List<Object> results = new ArrayList<>();
            for (Future<Object> done : pool.invokeAll(Collections.nCopies(burst.get("calls").getAsInt(), once))) results.add(done.get());
            return results;
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof Exception ? (Exception) failed.getCause() : failed;
        } finally {
            pool.shutdown();
        }
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

    // Values as a program would write them: a small integer is an Integer.
    static Object plain(JsonElement value) {
        if (value.isJsonArray()) {
            List<Object> items = new ArrayList<>();
            for (JsonElement item : value.getAsJsonArray()) items.add(plain(item));
            return items;
        }
        if (value.isJsonObject()) {
            Map<String, Object> members = new LinkedHashMap<>();
            for (Map.Entry<String, JsonElement> one : value.getAsJsonObject().entrySet()) members.put(one.getKey(), plain(one.getValue()));
            return members;
        }
        JsonPrimitive scalar = value.getAsJsonPrimitive();
        if (scalar.isString()) return scalar.getAsString();
        if (scalar.isBoolean()) return scalar.getAsBoolean();
        if (!scalar.getAsString().matches("-?\\d+")) return scalar.getAsDouble();
        long number = scalar.getAsLong();
        return number == (int) number ? (Object) (int) number : (Object) number;
    }

    static Object client(JsonObject call) throws Exception {
        String key = call.get("endpoint") + " " + call.get("region") + call.get("credentials") + call.get("signature");
        if (!key.equals(keptKey)) {
            Class<?> type = Class.forName(has("com.aliyun.teaopenapi.models.Config")
                    ? "com.aliyun.teaopenapi.models.Config" : "com.aliyun.tearpc.models.Config");
            Object config = type.getDeclaredConstructor().newInstance();
            JsonObject secrets = call.getAsJsonObject("credentials");
            set(config, "accessKeyId", secrets.get("access_key_id").getAsString());
            set(config, "accessKeySecret", secrets.get("access_key_secret").getAsString());
            if (secrets.has("security_token")) set(config, "securityToken", secrets.get("security_token").getAsString());
            set(config, "endpoint", call.get("endpoint").getAsString().substring("http://".length()));
            set(config, "protocol", "http");
            set(config, "regionId", call.get("region").getAsString());
            // The SDK's word for the signature that the documentation numbers 1.0.
            if (call.has("signature") && call.get("signature").getAsString().equals("v1")) set(config, "signatureAlgorithm", "v2");
            keptClient = Class.forName(root + "Client").getConstructor(type).newInstance(config);
            keptKey = key;
        }
        return keptClient;
    }

    static void set(Object model, String field, Object value) throws Exception {
        model.getClass().getField(field).set(model, value);
    }

    static void fail(Map<String, Object> reply, Throwable problem) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("message", problem.getMessage());
        boolean declared = problem instanceof java.io.IOException;
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
        for (Class<?> c = problem.getClass(); c != null; c = c.getSuperclass()) {
            declared |= c.getName().startsWith("com.aliyun.");
        }
        StringWriter text = new StringWriter();
        problem.printStackTrace(new PrintWriter(text));
        error.put("type", problem.getClass().getName());
        error.put("declared", declared);
        error.put("text", text.toString());
        reply.remove("result");
        reply.put("ok", false);
        reply.put("error", error);
    }
}
