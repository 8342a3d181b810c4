"""Drives the aliyun command-line client: one process a call; the caller reads what it prints."""

import json
import os
import platform
import re
import subprocess
import sys

PACKAGE = "github.com/aliyun/aliyun-cli"
PROGRAM = sys.argv[1]


def built_from():
    """The modules that are in the program, as Go recorded them; a program built elsewhere may have none."""
    try:
        listing = subprocess.run(["go", "version", "-m", PROGRAM], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return {}
    return {words[1]: words[2] for words in map(str.split, listing.splitlines()) if words[:1] == ["dep"]}


def ready():
    said = subprocess.run([PROGRAM, "version"], capture_output=True, text=True, check=True).stdout
    modules = built_from()
    versions = [modules.pop(name) for name in list(modules) if name.startswith(PACKAGE)]
    return {
        "ready": True,
        "protocol": 1,
        "name": PACKAGE,
        "version": versions[0] if versions else said.strip(),
        "runtime": f"{platform.system()} {platform.machine()}",
        "dependencies": modules,
        "view": "json",
    }


def flags(parameters):
    for name, value in parameters.items():
        values = value if isinstance(value, list) else [value]
        for number, one in enumerate(values, start=1):
            yield f"--{name}.{number}" if isinstance(value, list) else f"--{name}"
            yield str(one)


def answer(call):
    secrets, operation = call["credentials"], call["operation"]
    # Secrets go by the environment, as the client's documentation advises: others can read a command line.
    environment = {
        **os.environ,
        "ALIBABA_CLOUD_ACCESS_KEY_ID": secrets["access_key_id"],
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": secrets["access_key_secret"],
        "ALIBABA_CLOUD_IGNORE_PROFILE": "TRUE",
    }
    if "security_token" in secrets:
        environment["ALIBABA_CLOUD_SECURITY_TOKEN"] = secrets["security_token"]
    seconds = str(max(1, round(call["timeout"])))
    settings = [
        "--endpoint",
        call["endpoint"].partition("//")[2],
        "--protocol",
        "http",
        "--region",
        call["region"],
    ]
    settings += ["--read-timeout", seconds, "--connect-timeout", seconds]
    command = [
        PROGRAM,
        operation["product"].lower(),
        operation["action"],
        *flags(call["parameters"]),
        *settings,
    ]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL)
    sys.stderr.write(done.stderr)
    if done.returncode == 0:
        return {"ok": True, "result": json.loads(done.stdout)}
    text = done.stderr + done.stdout

    def said(label):
        found = re.search(rf"{label}: *(.+)", text)
        return found.group(1).strip() if found else None

    return {
        "ok": False,
        "error": {
            "code": said("ErrorCode") or said("Code"),
            "message": said("Message") or text.strip(),
            "request_id": said("RequestId"),
            "type": f"exit status {done.returncode}",
            "declared": done.returncode > 0 and "goroutine" not in text,
            "text": text,
        },
    }


def main():
    def say(message):
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()

    json.loads(sys.stdin.readline())
    try:
        say(ready())
    except (OSError, subprocess.CalledProcessError) as problem:
        say({"ready": False, "reason": str(problem)})
        return
    for line in sys.stdin:
        call = json.loads(line)
        try:
            reply = answer(call)
        except ValueError as problem:
            reply = {
                "ok": False,
                "error": {
                    "type": "not JSON",
                    "declared": True,
                    "message": str(problem),
                    "text": str(problem),
                },
            }
        say({"id": call["id"], **reply})


main()
