"""The official fal client, unmodified, against the emulator.

The client knows real host names only, so it is led to the emulator by HTTPS_PROXY and made to trust its certificate:
nothing of it is patched. Run by scripts/check-official-client.sh; the first argument is the command `seedream`.
"""

import asyncio
import hashlib
import http.server
import io
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

COMMAND = sys.argv[1]
EDIT = "fal-ai/bytedance/seedream/v4/edit"
TEXT = "fal-ai/bytedance/seedream/v4/text-to-image"

work = tempfile.TemporaryDirectory()
authority = os.path.join(work.name, "ca.pem")
emulator = subprocess.Popen(
    [COMMAND, "emulate", "--tls", "--ca-file", authority, "--json"], stdout=subprocess.PIPE, text=True
)
address = json.loads(emulator.stdout.readline())
page = address["page"]
os.environ.update(
    FAL_KEY="fake-id:fake-secret",
    HTTPS_PROXY=page.rstrip("/"),
    SSL_CERT_FILE=authority,
    NO_PROXY="",
)
for name in ("HTTP_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy", "no_proxy"):
    os.environ.pop(name, None)

# The environment is read when the client is imported.
import fal_client  # noqa: E402
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: E402
from PIL import Image  # noqa: E402


def control(path, value=None, method=None):
    """Calls one of the emulator's own paths, not through the proxy."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    data = None if value is None else json.dumps(value).encode()
    request = urllib.request.Request(
        page + "_emulator/" + path, data=data, method=method or ("GET" if data is None else "POST")
    )
    with opener.open(request) as reply:
        return json.load(reply)


def faults(*rules):
    control("faults", {"rules": list(rules)})


def picture(size=(640, 480), color=(200, 30, 30), kind="PNG"):
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, kind)
    return out.getvalue()


def arguments(**changes):
    values = {
        "prompt": "put the dog in a hat",
        "image_urls": [fal_client.encode(picture(), "image/png")],
        "image_size": {"width": 1024, "height": 1024},
        "num_images": 2,
        "max_images": 1,
        "seed": 7,
    }
    values.update(changes)
    return values


def fetched(url):
    """The picture at a URL of a result, through the proxy as a user's program would."""
    import httpx

    reply = httpx.get(url, verify=authority)
    assert reply.status_code == 200, reply.status_code
    assert len(reply.content) == int(reply.headers["content-length"])
    return Image.open(io.BytesIO(reply.content))


def refused(call, status, error_type=None):
    """The error that the client raises."""
    try:
        call()
    except fal_client.FalClientHTTPError as error:
        assert error.status_code == status, (error.status_code, error.message)
        assert error_type is None or error.error_type == error_type, error.error_type
        return error
    raise AssertionError(f"expected {status}, but the call went through")


def check_run():
    result = fal_client.run(EDIT, arguments=arguments())
    assert result["seed"] == 7 and len(result["images"]) == 2
    for image in result["images"]:
        assert image["url"].startswith("https://v3.fal.media/files/b/"), image["url"]
        assert set(image) == {"url", "content_type", "file_name", "file_size", "width", "height"}
        assert fetched(image["url"]).size == (1024, 1024)


def check_run_inline():
    result = fal_client.run(
        TEXT, arguments={"prompt": "a dog", "sync_mode": True, "image_size": "square_hd"}
    )
    assert result["images"][0]["url"].startswith("data:image/png;base64,")


def check_submit_status_result():
    handle = fal_client.submit(
        EDIT,
        arguments=arguments(),
        hint="abc",
        priority="low",
        start_timeout=25.5,
        headers={"X-Fal-Object-Lifecycle-Preference": '{"expiration_duration_seconds": 3600}'},
    )
    root = "https://queue.fal.run/fal-ai/bytedance/requests/" + handle.request_id
    assert handle.response_url == root and handle.status_url == root + "/status"
    assert isinstance(handle.status(), fal_client.Queued)
    seen = [type(event).__name__ for event in handle.iter_events(with_logs=True, interval=0.05)]
    assert seen[-1] == "Completed" and "InProgress" in seen, seen
    done = handle.status(with_logs=True)
    assert done.logs[0]["message"] == "Generating..." and done.metrics["inference_time"] > 0
    assert len(handle.get()["images"]) == 2
    assert fal_client.result(EDIT, handle.request_id)["seed"] == 7
    assert isinstance(fal_client.status(EDIT, handle.request_id), fal_client.Completed)
    refused(handle.cancel, 400)


def check_subscribe():
    updates, numbers = [], []
    result = fal_client.subscribe(
        EDIT,
        arguments=arguments(),
        with_logs=True,
        on_enqueue=numbers.append,
        on_queue_update=lambda update: updates.append(type(update).__name__),
    )
    assert len(result["images"]) == 2 and len(numbers) == 1
    assert updates[0] == "Queued" and updates[-1] == "Completed", updates


def check_subscribe_timeout():
    faults({"operation": "fal.submit", "fault": "job-hangs"})
    try:
        fal_client.subscribe(EDIT, arguments=arguments(), client_timeout=2)
        raise AssertionError("the call came back")
    except fal_client.FalClientTimeoutError as error:
        identifier = error.request_id
    refused(lambda: fal_client.result(EDIT, identifier), 499, "client_cancelled")


def check_cancel():
    faults({"operation": "fal.submit", "fault": "job-hangs"})
    handle = fal_client.submit(EDIT, arguments=arguments())
    handle.cancel()
    refused(handle.get, 499, "client_cancelled")


def check_uploads():
    bytes_of_file = picture(color=(0, 90, 0))
    path = os.path.join(work.name, "dog.png")
    with open(path, "wb") as file:
        file.write(bytes_of_file)
    urls = [
        fal_client.upload_file(path, lifecycle=fal_client.StorageSettings(expires_in="1d")),
        fal_client.upload(bytes_of_file, "image/png"),
        fal_client.upload_image(Image.new("RGB", (400, 300), (0, 0, 90))),
    ]
    assert urls[0].endswith("_dog.png"), urls[0]
    assert fetched(urls[0]).size == (640, 480)
    before = control("ledger")["accepted"]
    result = fal_client.run(EDIT, arguments=arguments(image_urls=urls, num_images=1))
    assert len(result["images"]) == 1
    entry = control("ledger")["entries"][before]
    assert entry["inputs"][0] == hashlib.sha256(bytes_of_file).hexdigest()


def check_multipart_upload():
    import fal_client.client as module

    # Only the sizes from which and in which the client splits are lowered.
    path = os.path.join(work.name, "big.png")
    noise = Image.effect_noise((1200, 1200), 90)
    noise.save(path)
    size = os.path.getsize(path)
    threshold = module.MULTIPART_THRESHOLD if hasattr(module, "MULTIPART_THRESHOLD") else None
    if threshold is None:
        return "the client has no such setting"
    module.MULTIPART_THRESHOLD = size // 2
    try:
        url = fal_client.upload_file(path)
    finally:
        module.MULTIPART_THRESHOLD = threshold
    assert fetched(url).size == (1200, 1200)
    return None


def check_non_ascii_name():
    path = os.path.join(work.name, "dog photo é.png")
    with open(path, "wb") as file:
        file.write(picture())
    # A defect of the client: the name goes raw into a header, and the fallback is dead.
    error = refused(lambda: fal_client.upload_file(path), 400)
    assert "Invalid storage type" in str(error)


class Hook(http.server.BaseHTTPRequestHandler):
    deliveries: "queue.Queue" = queue.Queue()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        Hook.deliveries.put((self.headers, body))

    def log_message(self, *arguments):
        pass


def check_webhooks():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/hook?a=1&b=2"
    import httpx

    keys = httpx.get("https://rest.fal.ai/.well-known/jwks.json", verify=authority).json()["keys"]
    import base64

    key = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(keys[0]["x"] + "=="))
    for rule, status in (({"operation": "none", "fault": "moderated"}, "OK"),
                         ({"operation": "fal.submit", "fault": "moderated"}, "ERROR")):
        faults(rule)
        handle = fal_client.submit(EDIT, arguments=arguments(), webhook_url=url)
        headers, body = Hook.deliveries.get(timeout=20)
        value = json.loads(body)
        assert value["request_id"] == handle.request_id and value["status"] == status, value
        message = "\n".join(
            [headers["X-Fal-Webhook-Request-Id"], headers["X-Fal-Webhook-User-Id"],
             headers["X-Fal-Webhook-Timestamp"], hashlib.sha256(body).hexdigest()]
        )
        assert abs(time.time() - int(headers["X-Fal-Webhook-Timestamp"])) < 300
        key.verify(bytes.fromhex(headers["X-Fal-Webhook-Signature"]), message.encode())
    server.shutdown()


def check_errors():
    error = refused(lambda: fal_client.run(EDIT, arguments={"prompt": "x"}), 422)
    assert error.message[0]["loc"] == ["body", "image_urls"], error.message
    tiny = fal_client.encode(picture(size=(14, 14)), "image/png")
    error = refused(lambda: fal_client.run(EDIT, arguments=arguments(image_urls=[tiny])), 422)
    assert error.message[0]["type"] == "image_too_small", error.message
    assert error.message[0]["loc"] == ["body", "image_urls", 0]
    faults({"operation": "fal.run", "fault": "moderated"})
    error = refused(lambda: fal_client.run(EDIT, arguments=arguments()), 422)
    assert error.message[0]["type"] == "content_policy_violation"
    faults({"operation": "fal.run", "fault": "job-fails"})
    refused(lambda: fal_client.run(EDIT, arguments=arguments()), 500)
    faults({"operation": "fal.submit", "fault": "moderated"})
    refused(lambda: fal_client.subscribe(EDIT, arguments=arguments()), 422)
    faults()
    missing = "00000000-0000-0000-0000-000000000000"
    refused(lambda: fal_client.status(EDIT, missing), 404)
    refused(lambda: fal_client.run("fal-ai/nothing/here", arguments={}), 404)


def check_retries():
    # The client sends a paid submit again, also when the first one was taken: that is what the ledger shows.
    for rule, duplicates in (
        ({"operation": "fal.submit", "fault": "status", "status": 429, "count": 2}, 0),
        ({"operation": "fal.submit", "fault": "html", "status": 502, "count": 2}, 0),
        ({"operation": "fal.submit", "fault": "reset", "at": "before-headers", "count": 1}, 0),
        ({"operation": "fal.submit", "fault": "reset", "at": "after-accept", "count": 1}, 1),
    ):
        control("reset", {})
        faults(rule)
        fal_client.submit(EDIT, arguments=arguments())
        ledger = control("ledger")
        assert ledger["duplicates"] == duplicates, (rule, ledger["duplicates"])
        assert ledger["accepted"] == duplicates + 1, (rule, ledger["accepted"])


def check_documented_example():
    path = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "emulator.md")
    document = open(path, encoding="utf-8").read()
    example = document.split("<!-- emulator-python start -->")[1].split("```python\n")[1].split("```")[0]
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    done = subprocess.run([sys.executable, "-c", example], cwd=root, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "https://v3.fal.media/files/b/" in done.stdout and "InProgress" in done.stdout, done.stdout


def check_asynchronous_client():
    async def calls():
        client = fal_client.AsyncClient()
        result = await client.run(EDIT, arguments=arguments())
        handle = await client.submit(EDIT, arguments=arguments())
        async for _ in handle.iter_events(with_logs=True):
            pass
        again = await handle.get()
        updated = await client.subscribe(EDIT, arguments=arguments())
        url = await client.upload(picture(), "image/png")
        return result, again, updated, url

    result, again, updated, url = asyncio.run(calls())
    assert len(result["images"]) == len(again["images"]) == len(updated["images"]) == 2
    assert fetched(url).size == (640, 480)


def main():
    failures = 0
    checks = [value for name, value in globals().items() if name.startswith("check_")]
    for check in checks:
        faults()
        started = time.time()
        try:
            remark = check()
            state = "ok" if remark is None else f"skipped: {remark}"
        except Exception as error:  # noqa: BLE001 - every failure is reported, and the others still run
            state = f"FAILED: {type(error).__name__}: {error}"
            failures += 1
        print(f"{check.__name__.removeprefix('check_').replace('_', ' '):24} {time.time() - started:5.1f} s  {state}")
    print(f"fal-client {fal_client.__version__ if hasattr(fal_client, '__version__') else ''}: "
          f"{len(checks) - failures} of {len(checks)} scenarios passed")
    return failures


try:
    code = main()
finally:
    emulator.send_signal(signal.SIGTERM)
    emulator.wait(timeout=20)
    work.cleanup()
sys.exit(1 if code else 0)
