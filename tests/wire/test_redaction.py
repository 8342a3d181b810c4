import base64
import json
import shlex
import subprocess
import tracemalloc
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.wire.client import Client
from conformance.wire.curl import curl_line
from conformance.wire.exchange import Call, Channel, Credentials, HttpRequest, HttpResponse
from conformance.wire.redaction import (
    gives_away,
    redact_request,
    redact_response,
    redact_text,
    redact_values,
    secrets_in,
    secrets_of,
)

KEY = Credentials("LTAI5tSecretKeyId0001", "verySecretValue/+=", "CAISsecurity+token/==")
SECRETS = secrets_of(KEY)


def request_over(channel):
    parameters = (("RegionId", "cn-hangzhou"), ("TaskIds", "t-1,t-2"))
    return Client("http://127.0.0.1:8000", KEY).prepare(Call("DescribeTasks", "2014-05-26", parameters, channel))


def signature_of(request):
    text = request.url + dict(request.headers).get("Authorization", "") + request.body.decode()
    return text.split("Signature=")[1].split("&")[0]


def leaks(text, request):
    values = [*SECRETS, signature_of(request)]
    return [value for value in values for form in (value, quote(value, safe="")) if form in text]


@pytest.mark.parametrize("known", [(), SECRETS], ids=["by name", "by value"])
@pytest.mark.parametrize("signature", ["v1", "v3"])
@pytest.mark.parametrize("placement", ["query", "form"])
def test_no_secret_is_left_in_a_request_or_its_curl_line(signature, placement, known):
    request = request_over(Channel(signature=signature, placement=placement))
    assert leaks(repr(request), request)
    assert leaks(repr(redact_request(request, known)), request) == []
    line = curl_line(request, known)
    assert leaks(line, request) == []
    assert "\n" not in line
    assert "RegionId=cn-hangzhou" in line
    assert "DescribeTasks" in line


ECHOES = [
    json.dumps({"AccessKeyId": KEY.access_key_id, "SecurityToken": KEY.security_token, "RequestId": "R"}),
    json.dumps({"inner": json.dumps({"AccessKeySecret": KEY.access_key_secret})}),
    f"<Error><AccessKeyId>{KEY.access_key_id}</AccessKeyId><RequestId>R</RequestId></Error>",
    "GET&%2F&"
    + quote(f"AccessKeyId={KEY.access_key_id}&SecurityToken={quote(KEY.security_token, safe='')}&A=B", safe=""),
    f"x-acs-security-token:{KEY.security_token}\nhost:h",
    f"the key {KEY.access_key_id} is unknown",
]


@pytest.mark.parametrize("text", ECHOES, ids=range(len(ECHOES)))
def test_what_a_server_echoes_is_redacted_without_knowing_the_values(text):
    shown = redact_text(text)
    assert not any(secret in shown or quote(secret, safe="") in shown for secret in SECRETS)
    assert "REDACTED" in shown
    assert ("RequestId" in shown) == ("RequestId" in text)


def test_cookies_and_headers():
    headers = (("Set-Cookie", "session=1"), ("Cookie", "a=b"), ("Content-Type", "text/plain"))
    response = redact_response(HttpResponse(200, headers, b"\xff Signature=abc&x=1"))
    assert response.headers == (
        ("Set-Cookie", "REDACTED"),
        ("Cookie", "REDACTED"),
        ("Content-Type", "text/plain"),
    )
    assert response.body == b"\xff Signature=REDACTED&x=1"


def test_other_text_is_left_alone():
    text = '{"Message": "The Signature does not match.", "Code": "SignatureDoesNotMatch", "Designature": "x"}'
    assert redact_text(text) == text
    assert redact_text("SignatureNonce=1&SignatureMethod=HMAC-SHA1") == "SignatureNonce=1&SignatureMethod=HMAC-SHA1"


def test_authorization_keeps_how_it_was_signed():
    headers = dict(redact_request(request_over(Channel()), ()).headers)
    assert headers["Authorization"].startswith("ACS3-HMAC-SHA256 Credential=REDACTED,SignedHeaders=host;")


@pytest.mark.parametrize("scheme", ["ACS3-HMAC-SHA256 ", "ACS9-HMAC-SHA256 ", ""])
def test_how_a_request_was_signed_takes_no_name_of_a_header_with_it(scheme):
    signed = f"{scheme}Credential=an-id,SignedHeaders=content-type;host;x-acs-action,Signature={'0f' * 32}"
    request = HttpRequest(
        "POST", "http://h/", (("x-acs-action", "A"), ("content-type", "text/xml"), ("Authorization", signed))
    )
    shown = redact_request(request, secrets_in(request))
    assert [name for name, _ in shown.headers] == ["x-acs-action", "content-type", "Authorization"]
    assert "0f0f0f0f" not in str(shown.headers)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=4, max_size=20), st.text(), st.text())
def test_a_known_value_never_survives(secret, before, after):
    assert secret not in redact_text(before + secret + after, [secret]).replace("REDACTED", "\0")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20))
def test_curl_words_are_what_was_sent(value):
    body = b"a=" + value.encode()
    line = curl_line(HttpRequest("POST", "http://127.0.0.1/", (("X-A", "it's"),), body))
    assert "\n" not in line
    if value.isprintable():
        words = shlex.split(line)
        assert words[:2] == ["curl", "-sS"]
        assert words[-1] == f"a={value}"
        assert "X-A: it's" in words


def test_control_characters_are_quoted_for_bash():
    line = curl_line(HttpRequest("POST", "http://127.0.0.1/", (), b"a=\x01\n'\\\xff"))
    argument = line.split("--data-raw ")[1]
    shown = subprocess.run(["bash", "-c", f"printf %s {argument}"], capture_output=True, check=True).stdout
    assert shown == b"a=\x01\n'\\\xff"


def test_curl_says_the_method_only_where_curl_would_guess_wrong():
    assert "-X" not in curl_line(HttpRequest("GET", "http://h/"))
    assert "-X POST" in curl_line(HttpRequest("POST", "http://h/"))
    assert "--head" in curl_line(HttpRequest("HEAD", "http://h/"))
    assert "--globoff" in curl_line(HttpRequest("GET", "http://[::1]/"))


@pytest.mark.parametrize(
    "written",
    [
        "a/b+c=d&e<f\"g'h",
        "a%2Fb%2Bc%3Dd%26e%3Cf%22g%27h",
        "a%252Fb%252Bc%253Dd%2526e%253Cf%2522g%2527h",
        "a/b+c=d&e<f\\\"g'h",
        "a\\/b+c=d&e<f\\\"g'h",
        "a/b+c=d&amp;e&lt;f\"g'h",
        "a/b+c=d&amp;e&lt;f&quot;g&#x27;h",
        "a/b+c=d&amp;e&lt;f&quot;g&apos;h",
        "YS9iK2M9ZCZlPGYiZydo",
        "a%2fb%2bc%3dd%26e%3cf%22g%27h",
        "a%252fb%252bc%253dd%2526e%253cf%2522g%2527h",
        r"""a/b+c=d&e<f\\\"g'h""",
        "a/b+c=d&amp;e&lt;f&quot;g&#39;h",
    ],
)
def test_a_value_goes_however_it_is_written(written):
    assert redact_values(f"said: {written}.", ["a/b+c=d&e<f\"g'h"]) == "said: REDACTED."


@pytest.mark.parametrize("end", ["", "… (900 characters)", "..."])
def test_the_beginning_of_a_value_that_a_cut_left_goes_too(end):
    assert redact_values(f"said 'abcdefghij{end}", ["abcdefghijklmnop"]) == f"said 'REDACTED{end}"
    assert redact_values("abcdefg is another word", ["abcdefghijklmnop"]) == "abcdefg is another word"


@pytest.mark.parametrize("written", [str, str.upper, str.swapcase, lambda piece: f"t-{piece}zz0zz"])
def test_any_eight_characters_in_a_row_of_a_value_go(written):
    secret = "CAISsecret+token/==abcdefgh0123456"
    for start in range(len(secret) - 7):
        piece = secret[start : start + 8]
        assert piece.lower() not in redact_values(f"an id t-1{written(piece)}.", [secret]).lower()


SPELT = (
    lambda text: text[::-1],
    lambda text: text.encode().hex(),
    lambda text: text.encode().hex(" ").upper(),
    lambda text: text.encode().hex(":"),
    lambda text: str(list(text.encode())),
    lambda text: ",".join(map(str, text.encode())),
    lambda text: "".join(f"\\u{ord(sign):04x}" for sign in text),
    lambda text: "".join(f"\\\\u{ord(sign):04X}" for sign in text),
    lambda text: "".join(f"\\x{ord(sign):02x}" for sign in text),
    lambda text: "".join(f"%{ord(sign):02X}" for sign in text),
    lambda text: "".join(f"%25{ord(sign):02x}" for sign in text),
    lambda text: "".join(f"&#{ord(sign)};" for sign in text),
    lambda text: "".join(f"&#x{ord(sign):X};" for sign in text),
    lambda text: "".join(f"&amp;#{ord(sign)};" for sign in text),
)


@pytest.mark.parametrize("spell", SPELT, ids=range(len(SPELT)))
@pytest.mark.parametrize("case", [str, str.upper, str.lower])
def test_any_eight_characters_in_a_row_go_however_each_is_spelt(spell, case):
    secret = "CAISsecret+token/==abcdefgh0123456"
    for start in range(len(secret) - 7):
        piece = spell(case(secret[start : start + 8]))
        left = redact_values(f"said [zz {piece}], zz", [secret])
        assert "REDACTED" in left
        assert piece not in left
        assert left.startswith("said [")
    seven = spell(secret[2:9])
    assert redact_values(f"said {seven} zz", [secret]) == f"said {seven} zz", "fewer could be anything"


ESCAPES = (
    "\\u{:04x}", "\\\\u{:04X}", "\\u{{{:x}}}", "\\x{:02x}", "\\{:03o}", "%{:02X}", "%25{:02x}", "%2525{:02x}",
    "%u{:04x}", "&#{};", "&#x{:X};", "&amp;#{};", "&amp;amp;#x{:x};", "\\u0026#{};", "%26%23{}%3B",
    "&#37;{:02x}", "%5Cu{:04x}", "\\u005cx{:02x}", "&amp;#92;u{:04x}",
)  # fmt: skip


@pytest.mark.parametrize("way", ESCAPES)
@pytest.mark.parametrize("each", [1, 2, 3, 7])
def test_any_eight_characters_go_of_which_some_are_escaped(way, each):
    secret = "CAISsecret+token/==abcdefgh0123456"
    for start in range(len(secret) - 7):
        piece = secret[start : start + 8]
        text = "".join(sign if n % each else way.format(ord(sign)) for n, sign in enumerate(piece))
        assert redact_values(f"said [{text}], zz", [secret]) == "said [REDACTED], zz"
        assert gives_away(f"x{text}", Credentials("LTAIkey-of-nobody", secret))
    seven = "".join(sign if n % each else way.format(ord(sign)) for n, sign in enumerate(secret[2:9]))
    assert redact_values(f"said {seven} zz", [secret]) == f"said {seven} zz", "fewer could be anything"


@pytest.mark.parametrize("way", ESCAPES)
@pytest.mark.parametrize("secret", ["hunt", "p4ss/", "s3crt+7"])
def test_a_short_secret_goes_whole_whichever_of_its_characters_are_escaped(secret, way):
    for which in range(1, 1 << len(secret)):
        text = "".join(way.format(ord(sign)) if which >> n & 1 else sign for n, sign in enumerate(secret))
        assert redact_values(f"said [{text}], {text}", [secret]) == "said [REDACTED], REDACTED"
    assert redact_values(f"{way.format(ord('x'))} {secret[:-1]}", [secret]) == f"{way.format(ord('x'))} {secret[:-1]}"
    many = "\\u0041" * 100_001
    assert redact_values(f"{many} {way.format(ord(secret[0]))}{secret[1:]}", [secret]) == "REDACTED"


@given(st.lists(st.sampled_from(ESCAPES) | st.none(), min_size=34, max_size=34), st.text(max_size=9))
def test_a_secret_goes_whichever_of_its_characters_are_escaped_in_whichever_way(ways, around):
    secret = "CAISsecret+token/==abcdefgh0123456"
    text = "".join(way.format(ord(sign)) if way else sign for way, sign in zip(ways, secret, strict=True))
    around = around.replace("\\", "/")
    assert redact_values(f"{around} [{text}] {around}", [secret]) == f"{around} [REDACTED] {around}"


@pytest.mark.parametrize(
    "text", ["%4", "&#99999999;", "\\u12", "\\ud83d\\ude00 %F0%9F%98%80", "&#1114112;", "\\" * 99, "%25" * 50]
)
def test_escapes_of_nothing_stay(text):
    assert redact_values(f"{text} %41%42", ["CAISsecret+token/==abcdefgh0123456"]) == f"{text} %41%42"


def test_of_more_escapes_than_are_noted_nothing_is_kept_where_there_is_a_secret():
    many = "\\u0041" * 100_001
    assert redact_values(f"{many} secr\\u0065t-of-nobody", ["secret-of-nobody"]) == "REDACTED"
    assert redact_values(f"{many} nothing", ["secret-of-nobody"]) == f"{many} nothing"


@pytest.mark.parametrize("before", ["", "a", "ab", "user:"])
def test_a_value_goes_out_of_what_is_in_base_64_with_it(before):
    secret = "CAISsecret+token/==abcdefgh0123456"
    left = redact_values(base64.b64encode(f"{before}{secret}, more".encode()).decode(), [secret])
    begun, _, ended = left.partition("REDACTED")
    said = base64.b64decode(begun[: len(begun) // 4 * 4]) + base64.b64decode(ended[len(ended) % 4 :])
    assert not any(secret[n : n + 4] in said.decode("utf-8", "replace") for n in range(len(secret) - 3))


@pytest.mark.parametrize(
    "text",
    [
        '{"RequestId":"473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E"}',
        "4d6f64656c31323334353637383930",
        "01 02 03 04 05 06 07 08 09 0a",
        "[67, 65, 73, 83, 1, 2, 3, 4, 5, 6]",
        "\\u4f60\\u597d\\u0043\\u0041\\u0049",
    ],
)
def test_numbers_that_are_no_secret_stay(text):
    assert redact_values(text, ["CAISsecret+token/==abcdefgh0123456"]) == text


@pytest.mark.parametrize("address", ["ftp://u:{}@h", "http:/u:{}@h", "socks5h://u:{}@h:1", "HTTPS://u:{}@[::1]/x"])
def test_the_password_in_an_address_of_any_scheme_goes(address):
    assert redact_text(f"no file {address.format('pass1234')} there") == f"no file {address.format('')} there".replace(
        "u:@", "REDACTED@"
    )


def test_what_everybody_says_is_no_piece_of_a_secret():
    assert redact_values("https://a.test, application/json", ["https://b.example/hook", "application/json;x=1"]) == (
        "https://a.test, application/json"
    )


@pytest.mark.parametrize("body", ["abcdefgh", "abcdefg!", "abcdefgh!"])
def test_a_body_full_of_pieces_is_kept_no_part_of(body):
    assert redact_values(body * 200_000, ["abcdefghijklmnop0123"]) == "REDACTED"


NOBODYS = "of-nobody-that-is-known"
UNDER_A_NAME = [
    (f'<Error AccessKeySecret="{NOBODYS}" Code="x"/>', '<Error AccessKeySecret="REDACTED" Code="x"/>'),
    (f'<Task OwnerId="{NOBODYS}"/>', '<Task OwnerId="REDACTED"/>'),
    (f"<OwnerId><![CDATA[{NOBODYS}]]></OwnerId>", "<OwnerId>REDACTED</OwnerId>"),
    (f"<a:SecurityToken>{NOBODYS}</a:SecurityToken><b/>", "<a:SecurityToken>REDACTED</a:SecurityToken><b/>"),
    (f"<SecurityToken>{NOBODYS[:9]}", "<SecurityToken>REDACTED"),
    (f"{{&quot;Password&quot;: &quot;{NOBODYS}&quot;, 1}}", "{&quot;Password&quot;: &quot;REDACTED&quot;, 1}"),
    (f"http://someone:{NOBODYS}@host/path", "http://REDACTED@host/path"),
    (f"X-Api-Key: {NOBODYS}\nHost: h", "X-Api-Key: REDACTED\nHost: h"),
]


@pytest.mark.parametrize(("text", "shown"), UNDER_A_NAME, ids=range(len(UNDER_A_NAME)))
def test_what_stands_under_a_name_goes_wherever_the_name_is(text, shown):
    assert redact_text(text) == shown


@pytest.mark.parametrize("name", ["OwnerId", "SecurityToken"])
def test_what_is_empty_stays_empty(name):
    inner = json.dumps({name: "", "A": "1"})
    for text in (f"<{name} /><A>1</A><{name}></{name}>", f"<{name} x='1'/>", inner, json.dumps(inner)):
        assert redact_text(text) == text


@pytest.mark.parametrize("depth", range(4))
@pytest.mark.parametrize("value", [NOBODYS, f'a"{NOBODYS}', f"a\\{NOBODYS}\\", f'\\"{NOBODYS}\\"', 123456])
@pytest.mark.parametrize("name", ["Password", "Cookie", "Authorization", "OwnerId"])
def test_members_of_json_go_however_deep_and_the_json_stays_whole(name, value, depth):
    kept = value if value == 123456 and name != "OwnerId" else "REDACTED"
    shown = redact_text(_wrapped({name: value, "RequestId": "R"}, depth))
    assert shown == _wrapped({name: kept, "RequestId": "R"}, depth)


def _wrapped(value, depth):
    """JSON text that is itself a string in JSON text, and so on."""
    text = json.dumps(value)
    return _wrapped(text, depth - 1) if depth else text


def test_a_letter_that_is_two_in_small_moves_nothing_and_costs_little():
    secret = "zq7-canary-XW3vT9"
    assert redact_text(f"İİ{secret[3:14].upper()}İ", (secret,)) == "İİREDACTEDİ"
    text = "İ" * 1_000_000
    tracemalloc.start()
    try:
        assert redact_text(text, (secret,)) == text
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()
