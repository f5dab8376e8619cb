"""The exported scripts: readable, without secrets, accepted by the tools that run them, and sending the same."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from launchready_tui.load.export import to_k6, to_locustfile
from launchready_tui.load.script import Dial
from launchready_tui.model.product import Network, Product
from launchready_tui.model.profile import parse_product
from tests.load.running import NEEDS_LOCUST
from tests.load.site import Reply, Request, Site, profile
from tests.load.test_sending import MARKET, Market

NASTY = r"""
[product]
name = 'Acme "Market" */ \ ${x} `y` QUOTES end'
domain = "acme.test"
[[route]]
id = "home"
url = "https://www.acme.test/?q=a'b"
[[route]]
id = "check\"out"
url = "http://api.acme.test:8080/pay"
[[account]]
role = "buyer"
username = "o'neil\"@acme.test"
[pools]
word = ["oak", 'a"b\c', "'", "\u2028", "</script>"]
[[journey]]
id = "1 buy & go"
weight = 2.5
account = "buyer"
[[journey.step]]
route = "home"
think = "1s..2s"
path = "/l/{word}"
extract = { id = '(?i)(?P<q>["\x27])data-id=(\w+)', other = "json:a.*.b" }
[[journey.step]]
route = 'check"out'
method = "POST"
json = true
times = "2..4"
data = { "a\"b" = "{account.username}", p = "{account.password}", id = "x-{id}-{n}" }
expect_status = [200, 201]
[[journey]]
id = "1-buy-go"
[[journey.step]]
route = "home"
"""


def nasty() -> Product:
    return parse_product(NASTY.replace("QUOTES", '"' * 3), "product.toml", ".")


def test_the_locust_file_is_python_without_secrets(tmp_path: Path) -> None:
    text = to_locustfile(nasty())
    compile(text, "locustfile.py", "exec")
    assert text.isascii()
    assert 'os.environ["LOADTEST_BUYER_PASSWORD"]' in text
    assert "random.randint(2, 4)" in text
    assert "insecure = False" in text


@NEEDS_LOCUST
def test_locust_lists_its_journeys(tmp_path: Path) -> None:
    (tmp_path / "locustfile.py").write_text(to_locustfile(nasty()))
    listed = subprocess.run(
        [sys.executable, "-m", "locust", "-f", "locustfile.py", "--list"], cwd=tmp_path, capture_output=True, text=True
    )
    assert listed.returncode == 0, listed.stderr
    names = [line.strip() for line in listed.stdout.splitlines()[1:] if line.strip()]
    assert len(names) == 2


@NEEDS_LOCUST
def test_the_locust_file_sends_what_the_journeys_say(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("oak\nash\n")
    market = Market()
    with Site(market) as site:
        product = profile(site, MARKET.format(url=site.url), base=str(tmp_path))
        (tmp_path / "locustfile.py").write_text(to_locustfile(product))
        command = [sys.executable, "-m", "locust", "-f", "locustfile.py", "--headless", "--users", "2"]
        done = subprocess.run(
            [*command, "--spawn-rate", "2", "--run-time", "2s", "--json"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env={"PATH": "/usr/bin:/bin", "LOADTEST_BUYER_PASSWORD": "s3cret pass"},
        )
        seen = Counter(request.path.split("/")[1] for request in site.seen)
    assert market.wrong == [], done.stderr
    assert done.returncode == 0, done.stderr
    assert {"login", "search", "listings", "api"} <= seen.keys()
    assert seen["listings"] >= 3 * seen["api"]
    figures = {row["name"]: row for row in json.loads(done.stdout[done.stdout.index("[") :])}
    assert {"login", "search", "listing", "order"} <= figures.keys()
    assert sum(row["num_failures"] for row in figures.values()) == 0


SIGN_UP = """
[[journey]]
id = "signup"
[[journey.step]]
route = "home"
method = "POST"
path = "/signup"
data = { email = "a@acme.test" }
expect_status = [303]
"""


@NEEDS_LOCUST
def test_an_expected_redirect_is_not_followed_and_no_failure(tmp_path: Path) -> None:
    def answer(request: Request, number: int) -> Reply:
        leads = request.path == "/signup"
        return Reply(status=303, headers=(("Location", "/done"),)) if leads else Reply()

    with Site(answer) as site:
        (tmp_path / "locustfile.py").write_text(to_locustfile(profile(site, SIGN_UP, base=str(tmp_path))))
        command = [sys.executable, "-m", "locust", "-f", "locustfile.py", "--headless", "--users", "1"]
        done = subprocess.run(
            [*command, "--run-time", "1s", "--json"], cwd=tmp_path, capture_output=True, text=True, env={"PATH": ""}
        )
        paths = {request.path for request in site.seen}
    assert paths == {"/signup"}, done.stderr
    assert sum(row["num_failures"] for row in json.loads(done.stdout[done.stdout.index("[") :])) == 0


def test_k6_is_told_the_same(tmp_path: Path) -> None:
    text = to_k6(profile(Site(lambda request, number: Reply()), SIGN_UP, base=str(tmp_path)))
    assert "redirects: 0" in text
    assert "expect: [303]" in text


@pytest.mark.skipif(shutil.which("node") is None, reason="no node here to parse it")
@pytest.mark.parametrize("network", [Network(), Network(connect_to=(":443::8443",), ca_bundle="ca.pem")])
def test_the_k6_script_is_javascript(tmp_path: Path, network: Network) -> None:
    product = replace(nasty(), network=network)
    text = to_k6(product, {"www.acme.test:443": (Dial("127.0.0.1", 8443),)})
    (tmp_path / "journeys.mjs").write_text(text)
    checked = subprocess.run(["node", "--check", "journeys.mjs"], cwd=tmp_path, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    assert "__ENV.LOADTEST_BUYER_PASSWORD" in text
    assert ('"www.acme.test:443": "127.0.0.1:8443"' in text) == bool(network.connect_to)


@pytest.mark.skipif(shutil.which("node") is None, reason="no node here to run it")
def test_the_k6_script_walks_the_journey(tmp_path: Path) -> None:
    """k6 itself is no dependency: its modules are played by a few lines, which write down every request."""
    (tmp_path / "words.txt").write_text("oak\nash\n")
    rest = MARKET.format(url="http://market.acme.test:8000")
    product = profile(Site(lambda request, number: Reply()), rest, base=str(tmp_path))
    script = re.sub(r'^import .* from "k6.*;$', "", to_k6(product), flags=re.MULTILINE)
    script = script.replace("export default function ()", "function main()").replace("export const", "const")
    (tmp_path / "walk.js").write_text(PLAYED + script + "\nmain();\nconsole.log(JSON.stringify(sent));\n")
    done = subprocess.run(["node", "walk.js"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    sent = json.loads(done.stdout)
    listings = [one for one in sent if one["name"] == "listing"]
    assert [one["name"] for one in sent if one["name"] != "listing"] == ["login", "login", "search", "order"]
    assert 3 <= len(listings) <= 4
    assert len({one["url"] for one in listings}) == len(listings)
    login = sent[1]
    assert login["body"]["csrf"] == "token-1"
    assert login["body"]["password"] == "s3cret"
    assert re.search(r"/search\?q=(oak|ash)&colour=red%20%26%20blue$", sent[2]["url"])
    order = json.loads(sent[-1]["body"])
    assert order["listing"] == listings[-1]["url"].rsplit("/", 1)[1]
    assert order["n"] == login["body"]["n"]


PLAYED = """
const sent = [];
const __ENV = { LOADTEST_BUYER_PASSWORD: "s3cret" };
const exec = { scenario: { iterationInTest: 7 } };
const check = () => true;
const sleep = () => {};
const answers = {
  "/login": 'name="csrf" value="token-1"',
  "/search": '{"items": [{"id": "a"}, {"id": "b"}, {"id": "c"}, {"id": "d"}]}',
};
const http = {
  expectedStatuses: (...codes) => codes,
  request(method, url, body, { tags }) {
    sent.push({ method, url, body, name: tags.name });
    const path = url.replace(/^[a-z]+:..[^/]+/, "").replace(/[?].*/, "");
    return { status: 200, body: answers[path] || "" };
  },
};
"""


def test_a_profile_with_its_own_network_is_dialled_as_the_probes_do(tmp_path: Path) -> None:
    product = replace(nasty(), network=Network(nameservers=("127.0.0.1:5353",), ca_bundle="ca.pem"))
    text = to_locustfile(product, {"www.acme.test:443": (Dial("127.0.0.9", 8443),)})
    compile(text, "locustfile.py", "exec")
    assert '"www.acme.test:443": ("127.0.0.9", 8443)' in text
    assert "ssl_context_factory" in text
    plain = to_locustfile(nasty(), {"www.acme.test:443": (Dial("127.0.0.9", 8443),)})
    assert "127.0.0.9" not in plain
