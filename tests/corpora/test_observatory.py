"""The recorded vectors of the MDN HTTP Observatory against our header judgements; prints how many agree."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from launchready_tui.checks.edge.headerrules import Finding, Headers, cookies, cors, csp, frames, simple, sri, transport

ROOT = Path(os.environ.get("LAUNCHREADY_CORPORA") or Path(__file__).parents[3] / "shared" / "corpora")
CASES = ROOT / "http_observatory" / "cases.json"
PRELOADED = {"bugzilla.mozilla.org": True, "facebook.com": False, "cloudflare.com": True}
"""The part of the preload list that the vectors need (their SOURCE.txt)."""

WANTED = 200


def headers(response: dict[str, Any]) -> Headers:
    pairs = [
        (name, value)
        for name, values in response["headers"].items()
        for value in (values if isinstance(values, list) else [values])
    ]
    return Headers.of(pairs, response.get("http_equiv"))


def judge(case: dict[str, Any]) -> Finding:
    given = case["input"]
    responses = given["responses"]
    auto = headers(responses["auto"])
    match case["check"]:
        case "contentSecurityPolicy":
            return csp.judge(auto)
        case "xFrameOptions":
            return frames.judge(auto)
        case "xContentTypeOptions":
            return simple.content_type_options(auto)
        case "referrerPolicy":
            return simple.referrer_policy(auto)
        case "crossOriginEmbedderPolicy":
            return simple.embedder_policy(auto)
        case "crossOriginOpenerPolicy":
            return simple.opener_policy(auto)
        case "crossOriginResourcePolicy":
            return simple.resource_policy(auto)
        case "crossOriginResourceSharing":
            return cors.judge(headers(responses["cors"]), "https://http-observatory.security.mozilla.org")
        case "cookies":
            secured = transport.hsts(headers(responses["https"]), given["host"]).passes
            read = []
            for raw in auto.all("set-cookie"):
                name, *attributes = raw.split(";")
                read.append(cookies.read(name.partition("=")[0], [item.strip() for item in attributes]))
            return cookies.judge(read, hsts=secured)
        case "strictTransportSecurity":
            secure = responses["https"]
            verified = secure.get("verified", True) if secure else True
            return transport.hsts(
                headers(secure) if secure else None, given["host"], verified=verified, known=PRELOADED
            )
        case "redirection":
            chain = [transport.Step(step["url"]) for step in given["http_redirects"]]
            return transport.redirection(chain if responses["http"] else [], known=PRELOADED)
        case "subresourceIntegrity":
            media = (auto.joined("content-type") or "").partition(";")[0]
            return sri.judge(sri.scripts(given["body_html"]), given["session_url"], is_html=media == "text/html")
    raise AssertionError(case["check"])


@pytest.mark.skipif(not CASES.exists(), reason=f"no Observatory vectors in {ROOT} (LAUNCHREADY_CORPORA)")
def test_agreement_with_the_observatory(capsys: pytest.CaptureFixture[str]) -> None:
    cases = json.loads(CASES.read_text(encoding="utf-8"))
    found = [(case, judge(case)) for case in cases]
    alike = sum(finding.passes is case["expect"]["pass"] for case, finding in found)
    named = sum(finding.result == case["expect"]["result"] for case, finding in found)
    with capsys.disabled():
        print(f"\nHTTP Observatory: {alike} of {len(cases)} by pass flag, {named} by name")
        for case, finding in found:
            if finding.passes is not case["expect"]["pass"]:
                print(f"  {case['id']}: {finding.result}, expected {case['expect']['result']}")
    assert alike >= WANTED
