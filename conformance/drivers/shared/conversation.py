"""What drivers in Python share: the conversation with the suite, calls at once, what callers see of an exception."""

import base64
import concurrent.futures
import importlib.metadata
import json
import logging
import os
import platform
import sys
import traceback

# what any Python is able to do: give None and bytes, take bytes, share a client between threads and forked processes
ABILITIES = ["nulls", "bytes", "raw", "threads"] + ["processes"] * hasattr(os, "fork")


def converse(start, error):
    """Answer the suite until its end. `start` gives what to say of the SDK, and what makes a call; or raises."""
    out = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # what the SDK prints must not get between the answers
    logging.basicConfig(level=logging.DEBUG)

    def say(message):
        out.write(json.dumps(message, default=str) + "\n")
        out.flush()

    json.loads(sys.stdin.readline())
    try:
        ready, answer = start()
    except (Exception, SystemExit) as exception:
        say({"ready": False, "reason": f"{type(exception).__name__}: {exception}"})
        return
    say(ready)
    for line in sys.stdin:
        call = json.loads(line)
        call["parameters"].update({name: call["parameters"][name].encode() for name in call.get("bytes", ())})
        try:
            reply = answer(call)
        except (Exception, SystemExit) as exception:  # who ends the program of a caller is no word of the driver
            reply = {"ok": False, "error": error(exception)}
        say({"id": call["id"], **reply})


def about(package, **more):
    """What `ready` says of the package under test, and of all that is installed beside it."""
    here = {d.metadata["Name"]: d.version for d in importlib.metadata.distributions()}
    own = package.replace("-", "_")
    return {
        "ready": True,
        "protocol": 2,
        "name": package,
        "version": importlib.metadata.version(package),
        "runtime": f"{platform.python_implementation()} {platform.python_version()}",
        "dependencies": {name: version for name, version in here.items() if name.replace("-", "_") != own},
        **more,
    }


def made(call, result):
    """The answer of a call that succeeds: what `result` gives, once or as often as a burst asks for."""
    return {"ok": True, "result": at_once(call["burst"], result) if "burst" in call else result()}


def unparsed(body):
    """The result of a call that asks for the body as it came."""
    return {"bytes": base64.b64encode(body).decode("ascii")}


def parses_all():
    """The answer to a call that asks for the body as it came, of an SDK that hands over only what it has read."""
    return {"ok": False, "unsupported": "unparsed body"}


def at_once(burst, result):
    """The results of calls that are made by threads, or by forked processes, which share the client."""
    if burst["by"] == "threads":
        with concurrent.futures.ThreadPoolExecutor(burst["workers"]) as pool:
            return [future.result() for future in [pool.submit(result) for _ in range(burst["calls"])]]
    readers = []
    for _ in range(burst["workers"]):
        reader, writer = os.pipe()
        if os.fork() == 0:
            try:
                with os.fdopen(writer, "w") as stream:
                    json.dump([result() for _ in range(burst["calls"] // burst["workers"])], stream, default=str)
            finally:
                os._exit(0)
        os.close(writer)
        readers.append(reader)
    texts = [os.fdopen(reader).read() for reader in readers]
    for _ in readers:
        os.wait()
    return [one for text in texts for one in json.loads(text)]


def described(exception, own, **known):
    """What a caller sees of an exception; it is declared where one of its classes is of the modules `own`."""
    return {
        "message": str(exception),
        **known,
        "type": f"{type(exception).__module__}.{type(exception).__qualname__}",
        "declared": any((c.__module__ + ".").startswith(own) for c in type(exception).__mro__),
        "text": "".join(traceback.format_exception(type(exception), exception, exception.__traceback__)),
    }
