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
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class Driver {
    static final String ARTIFACT = "aliyun-java-sdk-core";
    static final Gson JSON = new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

    static String keptKey;
    static DefaultAcsClient keptClient;

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        System.setOut(System.err);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        in.readLine();
        out.println(JSON.toJson(ready()));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            JsonObject call = new JsonParser().parse(line).getAsJsonObject();
            Map<String, Object> reply = new LinkedHashMap<>();
            reply.put("id", call.get("id").getAsLong());
            try {
                answer(call, reply);
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
        ready.put("protocol", 1);
        ready.put("name", "com.aliyun:" + ARTIFACT);
        ready.put("version", String.valueOf(jars.remove(ARTIFACT)));
        ready.put("runtime", "Java " + System.getProperty("java.version"));
        ready.put("dependencies", jars);
        ready.put("view", "typed");
        ready.put("methods", new String[] {"GET", "POST"});
        ready.put("formats", new String[] {"json", "xml"});
        return ready;
    }

    @SuppressWarnings("unchecked")
    static void answer(JsonObject call, Map<String, Object> reply) throws Exception {
        JsonObject operation = call.getAsJsonObject("operation");
        String name = "com.aliyuncs." + operation.get("product").getAsString().toLowerCase() + ".model.v"
                + operation.get("version").getAsString().replace("-", "") + "." + operation.get("action").getAsString() + "Request";
        AcsRequest<AcsResponse> request = (AcsRequest<AcsResponse>) Class.forName(name).getDeclaredConstructor().newInstance();
        for (Map.Entry<String, JsonElement> given : call.getAsJsonObject("parameters").entrySet()) {
            if (!set(request, given.getKey(), given.getValue())) {
                reply.put("ok", false);
                reply.put("unsupported", given.getKey());
                return;
            }
        }
        int milliseconds = (int) (call.get("timeout").getAsDouble() * 1000);
        request.setSysReadTimeout(milliseconds);
        request.setSysConnectTimeout(milliseconds);
        request.setSysEndpoint(call.get("endpoint").getAsString().substring("http://".length()));
        request.setSysProtocol(ProtocolType.HTTP);
        if (call.has("method")) request.setSysMethod(MethodType.valueOf(call.get("method").getAsString()));
        if (call.has("format")) request.setSysAcceptFormat(FormatType.valueOf(call.get("format").getAsString().toUpperCase()));
        AcsResponse response = client(call).getAcsResponse(request);
        reply.put("ok", true);
        reply.put("result", view(response));
    }

    static boolean set(AcsRequest<?> request, String name, JsonElement value) throws Exception {
        for (Method method : request.getClass().getMethods()) {
            if (method.getParameterCount() != 1) continue;
            boolean plural = value.isJsonArray() && method.getName().equals("set" + name + "s");
            if (plural || method.getName().equals("set" + name)) {
                Object converted = JSON.fromJson(value, method.getGenericParameterTypes()[0]);
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

    static void fail(Map<String, Object> reply, Throwable problem) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("message", problem.getMessage());
        if (problem instanceof ClientException) {
            ClientException known = (ClientException) problem;
            error.put("code", known.getErrCode());
            error.put("message", known.getErrMsg() == null ? known.getMessage() : known.getErrMsg());
            error.put("request_id", known.getRequestId());
        }
        StringWriter text = new StringWriter();
        problem.printStackTrace(new PrintWriter(text));
        error.put("type", problem.getClass().getName());
        error.put("declared", problem instanceof ClientException || problem instanceof ServerException);
        error.put("text", text.toString());
        reply.remove("result");
        reply.put("ok", false);
        reply.put("error", error);
    }
}
