"""Writes the Locust file of a product's journeys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from launchready_tui import __version__
from launchready_tui.load.export.source import Export, code_names, usual
from launchready_tui.load.script import Step, Walk
from launchready_tui.load.templates import PLACEHOLDER

_HEAD = '''"""Load test of {title}: its journeys, as Launch Ready {version} ran them. It is yours: change it.

    pip install locust
    locust -f locustfile.py --headless --users {peak} --spawn-rate 1 --run-time 5m
    locust -f locustfile.py --headless --users {peak} --spawn-rate 1 --run-time 5m --processes 2

Only with the owner's permission, and never against live payments or real mailboxes.
{settings}
"""

import itertools
import json
import math
import os
import random
import re
import time
{imports}from urllib.parse import quote

from locust import FastHttpUser, task

'''

_BODY = '''
NUMBERS = itertools.count(int(time.time()) * 1_000_000 + os.getpid() % 1_000 * 1_000)


def pause(low, high):
    """Seconds that a person thinks: lognormal, from low to high."""
    if high <= low:
        return low
    first, last = math.log(max(low, high / 20)), math.log(high)
    while True:
        seconds = random.lognormvariate((first + last) / 2, (last - first) / 4 or 0.01)
        if low <= seconds <= high:
            return seconds


def find(pattern, text):
    """Every value that a pattern (its first group) or a path such as json:items.*.id finds."""
    if not pattern.startswith("json:"):
        return list(dict.fromkeys(match[1] for match in re.finditer(pattern, text) if match[1]))
    try:
        nodes = [json.loads(text)]
    except ValueError:
        return []
    for key in pattern.removeprefix("json:").split("."):
        nodes = [child for node in nodes for child in children(node, key)]
    return list(dict.fromkeys(str(node) for node in nodes if isinstance(node, (str, int, float))))


def children(node, key):
    if isinstance(node, dict):
        return list(node.values()) if key == "*" else [node[key]] if key in node else []
    if isinstance(node, list):
        return node if key == "*" else [node[int(key)]] if key.isdecimal() and int(key) < len(node) else []
    return []


class Visitor(FastHttpUser):
    """Somebody with cookies of their own, who reads before the next click."""

    abstract = True
    host = "http://unused.invalid"
    insecure = False
    max_redirects = 10
    default_headers = {"User-Agent": "LaunchReady/@VERSION@ (+load test)"}
    account = ""

    def arrive(self):
        """A new visitor: no cookies, nothing seen yet."""
        self.client.cookiejar.clear()
        self.seen = {"n": str(next(NUMBERS))}
        self.choices = {}

    def another(self, *names):
        """Choose another of the things that were found, as people do who open several listings."""
        for name in names:
            if len(self.choices.get(name, ())) > 1:
                self.choices[name].insert(0, self.choices[name].pop())
                self.seen[name] = self.choices[name][-1]

    def value(self, name):
        """What stands for {name}: something seen, or one of a pool."""
        return self.seen[name] if name in self.seen else random.choice(POOLS[name])

    def step(self, route, method, url, data=None, as_json=False, expect=(200,), extract=None):
        """One request, which fails unless it answers as expected and shows what later steps need."""
        sent = ({"json": data} if as_json else {"data": data}) if data else {}
        if any(300 <= status < 400 for status in expect):
            sent["allow_redirects"] = False  # the redirect itself is what is expected
        with self.client.request(method, url, name=route, catch_response=True, **sent) as response:
            if response.status_code not in expect:
                response.failure(f"status {response.status_code}")
                return
            for name, pattern in (extract or {}).items():
                found = find(pattern, response.text or "")
                if not found:
                    response.failure(f"{name} is not there")
                    return
                random.shuffle(found)
                self.choices[name], self.seen[name] = found, found[-1]
            response.success()

    def think(self, low, high):
        """Read what came."""
        time.sleep(pause(low, high))
'''

_DIALS = '''
DIALS = @DIALS@


def dial(host, port, *_args, **_options):
    """Connect where the launch profile says ([network]); names in URLs, certificates and headers stay as they are."""
    name = host.decode() if isinstance(host, bytes) else str(host)
    address, number = DIALS[f"{name.strip('[]')}:{port}"]
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return [(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, number))]


gevent.socket.getaddrinfo = dial
'''

_CA = '''
CA_BUNDLE = os.environ.get("LOADTEST_CA_BUNDLE", @CA@)
CONTEXT = ssl.create_default_context()
CONTEXT.load_verify_locations(CA_BUNDLE)


def verified(cafile=None):
    """One context for all connections, which trusts the product's own authority as well."""
    return CONTEXT

'''


def locustfile(export: Export) -> str:
    """Python source."""
    names = code_names(export.walks, "Walk")
    parts = [
        _HEAD.format(
            title=_plain(export.title),
            version=__version__,
            peak=export.peak,
            settings="\n".join(_settings(export)),
            imports="".join(f"import {name}\n" for name in _imports(export)),
        ),
        *("import gevent.socket\n" for _ in [1] if export.dials),
        *(
            f"{origin.variable} = os.environ.get({_literal(origin.variable)}, {_literal(usual(origin.url))})\n"
            for origin in export.origins
        ),
        _pools(export.pools),
        _DIALS.replace("@DIALS@", _dials(export)) if export.dials else "",
        _CA.replace("@CA@", _literal(export.ca_bundle)) if export.ca_bundle else "",
        _BODY.replace("@VERSION@", __version__),
        "    ssl_context_factory = staticmethod(verified)\n" if export.ca_bundle else "",
        *("".join(_journey(export, walk, names[walk.id])) for walk in export.walks),
    ]
    return "".join(parts)


def _settings(export: Export) -> Iterator[str]:
    yield ""
    for origin in export.origins:
        yield f"{origin.variable} in the environment replaces {usual(origin.url)}."
    for role, variable in export.passwords.items():
        yield f"{variable} is the password of the test account {_plain(role)}."
    if export.ca_bundle:
        yield "LOADTEST_CA_BUNDLE is the file with the product's own authority."


def _imports(export: Export) -> list[str]:
    return [*(["socket"] if export.dials else []), *(["ssl"] if export.ca_bundle else [])]


def _pools(pools: Mapping[str, tuple[str, ...]]) -> str:
    lines = "".join(f"    {_literal(name)}: {_literal(list(values))},\n" for name, values in pools.items())
    return f"\nPOOLS = {{\n{lines}}}\n" if lines else "\nPOOLS = {}\n"


def _dials(export: Export) -> str:
    lines = "".join(
        f"    {_literal(place)}: ({_literal(dials[0].address)}, {dials[0].port}),\n"
        for place, dials in export.dials.items()
    )
    return f"{{\n{lines}}}"


def _journey(export: Export, walk: Walk, name: str) -> Iterator[str]:
    yield f"\n\nclass {name}(Visitor):\n    weight = {walk.weight:g}\n\n"
    yield "    @task\n    def session(self):\n        self.arrive()\n"
    if walk.role:
        yield f'        self.seen["account.username"] = {_literal(walk.username)}\n'
        if walk.role in export.passwords:
            yield f'        self.seen["account.password"] = os.environ[{_literal(export.passwords[walk.role])}]\n'
    found: set[str] = set()
    for step in walk.steps:
        yield from _step(export, step, found)
        found |= step.extract.keys()


def _step(export: Export, step: Step, found: set[str]) -> Iterator[str]:
    indent = " " * 8
    low, high = step.times
    if (low, high) != (1, 1):
        count = f"{low}" if low == high else f"random.randint({low}, {high})"
        yield f"{indent}for _ in range({count}):\n"
        indent += " " * 4
        again = sorted(step.needs & found)
        if again:
            yield f"{indent}self.another({', '.join(map(_literal, again))})\n"
    arguments = [
        _literal(export.route(step.key)),
        _literal(step.method),
        f"{export.origin(step.origin).variable} + {_template(step.target, quoted=True)}",
    ]
    if step.body:
        pairs = ", ".join(f"{_literal(name)}: {_template(value)}" for name, value in step.body.items())
        arguments.append(f"data={{{pairs}}}")
        if step.json:
            arguments.append("as_json=True")
    if step.expect != (200,):
        arguments.append(f"expect={step.expect!r}")
    if step.extract:
        pairs = ", ".join(f"{_literal(name)}: {_literal(pattern)}" for name, pattern in step.extract.items())
        arguments.append(f"extract={{{pairs}}}")
    lines = "".join(f"{indent}    {argument},\n" for argument in arguments)
    yield f"{indent}self.step(\n{lines}{indent})\n"
    if step.think[1] > 0:
        yield f"{indent}self.think({step.think[0]:g}, {step.think[1]:g})\n"


def _template(text: str, *, quoted: bool = False) -> str:
    """A Python expression for a template: literals and values, joined."""
    parts = [
        part if number % 2 == 0 else f'quote(self.value("{part}"), safe="")' if quoted else f'self.value("{part}")'
        for number, part in enumerate(PLACEHOLDER.split(text))
    ]
    shown = [part if number % 2 else _literal(part) for number, part in enumerate(parts) if number % 2 or part]
    return " + ".join(shown) or '""'


def _literal(value: object) -> str:
    """A Python literal in ASCII, with double quotes where that reads better."""
    if isinstance(value, str) and re.fullmatch(r"[ !#-\[\]-~]*", value):
        return f'"{value}"'
    return ascii(value)


def _plain(text: str) -> str:
    """Text for the docstring: nothing in it can end it."""
    return text.replace("\\", "/").replace('"', "'")
