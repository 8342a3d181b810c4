"""The published vectors, as far as they can be reproduced."""

from hashlib import sha256

import pytest

from conformance.wire import signature_v1, signature_v3

REGIONS = (
    ("Timestamp", "2016-02-23T12:46:24Z"),
    ("Format", "XML"),
    ("AccessKeyId", "testid"),
    ("Action", "DescribeRegions"),
    ("SignatureMethod", "HMAC-SHA1"),
    ("SignatureNonce", "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf"),
    ("Version", "2014-05-26"),
    ("SignatureVersion", "1.0"),
)
HOSTS = (
    ("SignatureVersion", "1.0"),
    ("Action", "DescribeDedicatedHosts"),
    ("Format", "JSON"),
    ("SignatureNonce", "edb2b34af0af9a6d14deaf7c1a5315eb"),
    ("Version", "2014-05-26"),
    ("AccessKeyId", "testid"),
    ("SignatureMethod", "HMAC-SHA1"),
    ("Timestamp", "2023-03-13T08:34:30Z"),
    ("RegionId", "cn-beijing"),
)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [(REGIONS, "OLeaidS1JvxuMvnyHOwuJ+uX5qY="), (HOSTS, "9NaGiOspFP5UPcwX8Iwt2YJXXuk=")],
    ids=["DescribeRegions", "DescribeDedicatedHosts"],
)
def test_v1_vectors(parameters, expected):
    assert signature_v1.signature("GET", parameters, "testsecret") == expected
    assert signature_v1.signature("GET", (*reversed(parameters), ("Signature", "x")), "testsecret") == expected
    assert signature_v1.signature("POST", parameters, "testsecret") != expected


RUN_INSTANCES_HEADERS = {
    "host": "ecs.cn-shanghai.aliyuncs.com",
    "x-acs-action": "RunInstances",
    "x-acs-content-sha256": signature_v3.EMPTY_DIGEST,
    "x-acs-date": "2023-10-26T10:22:32Z",
    "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    "x-acs-version": "2014-05-26",
}
RUN_INSTANCES_QUERY = (
    ("RegionId", "cn-shanghai"),
    ("ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"),
)


def run_instances(method):
    return signature_v3.canonical_request(
        method,
        "/",
        RUN_INSTANCES_QUERY,
        RUN_INSTANCES_HEADERS,
        sorted(RUN_INSTANCES_HEADERS),
        signature_v3.body_digest(b""),
    )


def test_v3_vector():
    canonical = run_instances("POST")
    digest = sha256(canonical.encode()).hexdigest()
    assert digest == "7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259"
    signature = signature_v3.signature(canonical, "YourAccessKeySecret")
    assert signature == "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    assert signature_v3.signature(run_instances("GET"), "YourAccessKeySecret") != signature


def test_v3_authorization_is_read_back():
    text = "ACS3-HMAC-SHA256 Credential=key,SignedHeaders=host;x-acs-date,Signature=ab12"
    read = signature_v3.parse_authorization(text.replace(",", " , "))
    assert read == signature_v3.Authorization("ACS3-HMAC-SHA256", "key", ("host", "x-acs-date"), "ab12")
    assert str(read) == text
    assert signature_v3.parse_authorization("") == signature_v3.Authorization()
