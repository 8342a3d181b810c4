// What drivers in Java share: the conversation with the suite, calls at once, and what a caller sees of an exception.

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
import java.util.Base64;
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

class Conversation {
    static final Gson JSON = new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

    // What a driver has of its own.
    interface Answering {
        Map<String, Object> ready() throws Throwable;

        Map<String, Object> answer(JsonObject call) throws Exception;

        Map<String, Object> error(Throwable problem);
    }

    // Answer the suite until its end.
    static void converse(Answering driver) throws Exception {
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        System.setOut(System.err);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        in.readLine();
        try {
            out.println(JSON.toJson(driver.ready()));
        } catch (Throwable problem) {
            out.println(JSON.toJson(Map.of("ready", false, "reason", problem.toString())));
            return;
        }
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            JsonObject call = new JsonParser().parse(line).getAsJsonObject();
            Map<String, Object> reply = new LinkedHashMap<>();
            reply.put("id", call.get("id").getAsLong());
            try {
                reply.putAll(driver.answer(call));
            } catch (InvocationTargetException wrapped) {
                reply.putAll(failed(driver, wrapped.getCause()));
            } catch (Throwable problem) {
                reply.putAll(failed(driver, problem));
            }
            out.println(JSON.toJson(reply));
        }
        System.exit(0);
    }

    private static Map<String, Object> failed(Answering driver, Throwable problem) {
        Map<String, Object> reply = new LinkedHashMap<>();
        reply.put("ok", false);
        reply.put("error", driver.error(problem));
        return reply;
    }

    // What `ready` says of the artifact under test, and of all jars beside it.
    static Map<String, Object> about(String group, String artifact, String view) {
        Map<String, String> jars = new TreeMap<>();
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Matcher parts = Pattern.compile("(.+?)-(\\d.*)\\.jar").matcher(new File(path).getName());
            if (parts.matches()) jars.put(parts.group(1), parts.group(2));
        }
        Map<String, Object> ready = new LinkedHashMap<>();
        ready.put("ready", true);
        ready.put("protocol", 2);
        ready.put("name", group + ":" + artifact);
        ready.put("version", String.valueOf(jars.remove(artifact)));
        ready.put("runtime", "Java " + System.getProperty("java.version"));
        ready.put("dependencies", jars);
        ready.put("view", view);
        ready.put("can", new String[] {"nulls", "bytes", "raw", "threads", "tls"});
        return ready;
    }

    static Map<String, Object> unsupported(String what) {
        Map<String, Object> reply = new LinkedHashMap<>();
        reply.put("ok", false);
        reply.put("unsupported", what);
        return reply;
    }

    // The answer to a call that gives bytes to a setter which takes none; null where it gives none, or the SDK has no such setter.
    static Map<String, Object> mistyped(JsonObject call, Object request) {
        if (!call.has("bytes")) return null;
        for (JsonElement given : call.getAsJsonArray("bytes")) {
            String name = given.getAsString();
            for (Method method : request.getClass().getMethods()) {
                if (!method.getName().equals("set" + name) || method.getParameterCount() != 1) continue;
                Map<String, Object> reply = unsupported(name);
                reply.put("by", "language");
                reply.put("because", "set" + name + " takes a " + method.getParameterTypes()[0].getSimpleName() + ", and no byte[]");
                return reply;
            }
        }
        return null;
    }

    // The parameters of a call as values of Java; those that `bytes` names are byte[].
    static Map<String, Object> given(JsonObject call) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Map.Entry<String, JsonElement> one : call.getAsJsonObject("parameters").entrySet()) values.put(one.getKey(), plain(one.getValue()));
        if (call.has("bytes")) {
            for (JsonElement name : call.getAsJsonArray("bytes")) {
                values.computeIfPresent(name.getAsString(), (key, text) -> text.toString().getBytes(StandardCharsets.UTF_8));
            }
        }
        return values;
    }

    // The answer to a call that asks for the body as it came, of an SDK that hands over nothing but what it has read.
    static Map<String, Object> parsesAll() {
        return unsupported("unparsed body");
    }

    // The answer of a call that succeeds: what `once` gives, once or as often as a burst asks for, by so many threads.
    static Map<String, Object> made(JsonObject call, Callable<Object> once) throws Exception {
        Map<String, Object> reply = new LinkedHashMap<>();
        reply.put("result", call.has("burst") ? atOnce(call.getAsJsonObject("burst"), once) : once.call());
        reply.put("ok", true);
        return reply;
    }

    // The result of a call that asks for the body as it came.
    static Map<String, Object> unparsed(byte[] body) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("bytes", Base64.getEncoder().encodeToString(body));
        return result;
    }

    private static List<Object> atOnce(JsonObject burst, Callable<Object> once) throws Exception {
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

    // Values as a program would write them: a small integer is an Integer.
    static Object plain(JsonElement value) {
        if (value.isJsonNull()) return null;
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

    static Map<String, Object> described(Throwable problem, boolean declared) {
        StringWriter text = new StringWriter();
        problem.printStackTrace(new PrintWriter(text));
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("message", problem.getMessage());
        error.put("type", problem.getClass().getName());
        error.put("declared", declared);
        error.put("text", text.toString());
        return error;
    }
}
