"""Writes the k6 script of a product's journeys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from launchready_tui import __version__
from launchready_tui.load.export.source import Export, code_names, usual
from launchready_tui.load.script import Step, Walk
from launchready_tui.load.templates import PLACEHOLDER

_HEAD = """// Load test of @TITLE@: its journeys, as Launch Ready @VERSION@ ran them. It is yours: change it.
//
//   k6 run journeys.js
//   k6 run -e PEAK=40 journeys.js
//
// Only with the owner's permission, and never against live payments or real mailboxes.
@SETTINGS@
import http from "k6/http";
import exec from "k6/execution";
import { check, sleep } from "k6";

const PEAK = Number(__ENV.PEAK || @PEAK@);
"""

_OPTIONS = """
export const options = {
  @HOSTS@stages: [
    { duration: "18s", target: Math.ceil(PEAK / 10) },
    { duration: "45s", target: PEAK },
    { duration: "72s", target: PEAK },
    { duration: "18s", target: Math.ceil(PEAK * 1.5) },
    { duration: "27s", target: PEAK },
  ],
  thresholds: {
    http_req_failed: [{ threshold: "rate<0.01" }, { threshold: "rate<0.10", abortOnFail: true, delayAbortEval: "10s" }],
@THRESHOLDS@
  },
  maxRedirects: 10,
  userAgent: "LaunchReady/@VERSION@ (+load test)",
};
"""

_BODY = r"""
const started = Date.now();

// Seconds that a person thinks: lognormal, from low to high.
function pause(low, high) {
  if (high <= low) return low;
  const first = Math.log(Math.max(low, high / 20));
  const last = Math.log(high);
  for (;;) {
    const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
    const seconds = Math.exp((first + last) / 2 + (normal * (last - first)) / 4);
    if (low <= seconds && seconds <= high) return seconds;
  }
}

function between(low, high) {
  return low + Math.floor(Math.random() * (high - low + 1));
}

function one(values) {
  return values[Math.floor(Math.random() * values.length)];
}

// Every value that a pattern (its first group) or a path such as json:items.*.id finds, in random order.
function find(pattern, text) {
  let found = [];
  if (typeof pattern === "string") {
    let nodes;
    try {
      nodes = [JSON.parse(text)];
    } catch (error) {
      return [];
    }
    for (const key of pattern.split(".")) nodes = nodes.flatMap((node) => children(node, key));
    found = nodes.filter((node) => ["string", "number"].includes(typeof node)).map(String);
  } else {
    for (const match of text.matchAll(pattern)) if (match[1]) found.push(match[1]);
  }
  return [...new Set(found)].sort(() => Math.random() - 0.5);
}

function children(node, key) {
  if (node === null || typeof node !== "object") return [];
  if (key === "*") return Object.values(node);
  return Object.prototype.hasOwnProperty.call(node, key) ? [node[key]] : [];
}

// A new visitor: nothing seen yet. Cookies are forgotten between sessions by k6 itself.
function visitor() {
  const number = `${started}${exec.scenario.iterationInTest}`;
  return { seen: { n: number }, choices: {} };
}

// What stands for {name}: something seen, or one of a pool.
function value(who, name) {
  if (name in who.seen) return who.seen[name];
  if (name in POOLS) return one(POOLS[name]);
  throw new Error(`nothing fills {${name}}`);
}

// Choose another of the things that were found, as people do who open several listings.
function another(who, ...names) {
  for (const name of names) {
    const choices = who.choices[name] || [];
    if (choices.length > 1) {
      choices.unshift(choices.pop());
      who.seen[name] = choices[choices.length - 1];
    }
  }
}

// One request, which fails unless it answers as expected and shows what later steps need.
function step(who, route, method, url, { data = null, json = false, expect = [200], extract = {} } = {}) {
  const headers = json ? { "Content-Type": "application/json", Accept: "application/json" } : {};
  const response = http.request(method, url, json ? JSON.stringify(data) : data, {
    headers,
    tags: { name: route },
    // Where the redirect itself is what is expected, it is not followed.
    ...(expect.some((status) => status >= 300 && status < 400) ? { redirects: 0 } : {}),
    responseCallback: http.expectedStatuses(...expect),
  });
  check(response, { [`${route} answers as expected`]: (got) => expect.includes(got.status) });
  for (const [name, pattern] of Object.entries(extract)) {
    const found = find(pattern, response.body || "");
    check(found, { [`${route} shows ${name}`]: (values) => values.length > 0 });
    delete who.seen[name];
    if (found.length) {
      who.choices[name] = found;
      who.seen[name] = found[found.length - 1];
    }
  }
}
"""

_TAIL = """
export default function () {
  const who = visitor();
  let place = Math.random() * JOURNEYS.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, journey] of JOURNEYS) {
    place -= weight;
    if (place < 0) return journey(who);
  }
}
"""


def k6_script(export: Export) -> str:
    """JavaScript source."""
    functions = code_names(export.walks, "walk")
    head = _HEAD.replace("@TITLE@", export.title).replace("@VERSION@", __version__)
    head = head.replace("@SETTINGS@", "".join(f"// {line}\n" for line in _settings(export)))
    parts = [
        head.replace("@PEAK@", str(export.peak)),
        *(
            f"const {origin.variable} = __ENV.{origin.variable} || {json.dumps(usual(origin.url))};\n"
            for origin in export.origins
        ),
        f"const POOLS = {json.dumps({name: list(values) for name, values in export.pools.items()}, indent=2)};\n",
        _options(export),
        _BODY,
        *("".join(_journey(export, walk, functions[walk.id])) for walk in export.walks),
        "\nconst JOURNEYS = [\n",
        *(f"  [{walk.weight:g}, {functions[walk.id]}],\n" for walk in export.walks),
        "];\n",
        _TAIL,
    ]
    return "".join(parts)


def _settings(export: Export) -> Iterator[str]:
    for origin in export.origins:
        yield f"{origin.variable} in the environment (-e) replaces {usual(origin.url)}."
    for role, variable in export.passwords.items():
        yield f"{variable} is the password of the test account {role}."
    if export.ca_bundle:
        yield f"The product has an authority of its own: SSL_CERT_FILE={export.ca_bundle} k6 run journeys.js"


def _options(export: Export) -> str:
    hosts = {}
    for place, dials in export.dials.items():
        address = f"[{dials[0].address}]" if ":" in dials[0].address else dials[0].address
        hosts[place] = f"{address}:{dials[0].port}"
    shown = f"hosts: {json.dumps(hosts)},\n  " if hosts else ""
    routes = list(dict.fromkeys(export.route(step.key) for walk in export.walks for step in walk.steps))
    slow = [route for route in routes if "checkout" in route.lower()]
    thresholds = "\n".join(
        f"    {json.dumps(f'http_req_duration{{name:{route}}}')}: "
        f'[{{ threshold: "p(95)<{2000 if route in slow else 800}" }}],'
        for route in routes
    )
    text = _OPTIONS.replace("@HOSTS@", shown).replace("@VERSION@", __version__)
    return text.replace("@THRESHOLDS@", thresholds)


def _journey(export: Export, walk: Walk, name: str) -> Iterator[str]:
    yield f"\nfunction {name}(who) {{\n"
    if walk.role:
        yield f'  who.seen["account.username"] = {json.dumps(walk.username)};\n'
        if walk.role in export.passwords:
            yield f'  who.seen["account.password"] = __ENV.{export.passwords[walk.role]};\n'
    found: set[str] = set()
    for step in walk.steps:
        yield from _step(export, step, found)
        found |= step.extract.keys()
    yield "}\n"


def _step(export: Export, step: Step, found: set[str]) -> Iterator[str]:
    indent = "  "
    repeated = step.times != (1, 1)
    if repeated:
        yield f"{indent}for (let left = between({step.times[0]}, {step.times[1]}); left > 0; left--) {{\n"
        indent += "  "
        if again := sorted(step.needs & found):
            yield f"{indent}another(who, {', '.join(map(json.dumps, again))});\n"
    url = f"{export.origin(step.origin).variable} + {_template(step.target, quoted=True)}"
    yield f"{indent}step(who, {json.dumps(export.route(step.key))}, {json.dumps(step.method)}, {url}{_more(step)});\n"
    if step.think[1] > 0:
        yield f"{indent}sleep(pause({step.think[0]:g}, {step.think[1]:g}));\n"
    if repeated:
        yield "  }\n"


def _more(step: Step) -> str:
    parts = []
    if step.body:
        pairs = ", ".join(f"{json.dumps(name)}: {_template(value)}" for name, value in step.body.items())
        parts.append(f"data: {{ {pairs} }}")
        if step.json:
            parts.append("json: true")
    if step.expect != (200,):
        parts.append(f"expect: {json.dumps(list(step.expect))}")
    if step.extract:
        pairs = ", ".join(f"{json.dumps(name)}: {_pattern(pattern)}" for name, pattern in step.extract.items())
        parts.append(f"extract: {{ {pairs} }}")
    return f", {{ {', '.join(parts)} }}" if parts else ""


def _pattern(pattern: str) -> str:
    """A JSON path as a string, a regular expression in JavaScript's syntax."""
    if pattern.startswith("json:"):
        return json.dumps(pattern.removeprefix("json:"))
    flags = "g"
    if (inline := re.match(r"\(\?([ims]+)\)", pattern)) is not None:
        flags += inline[1]
        pattern = pattern[inline.end() :]
    pattern = pattern.replace("(?P<", "(?<").replace("\\A", "^").replace("\\Z", "$")
    pattern = re.sub(r"\(\?P=(\w+)\)", r"\\k<\1>", pattern)
    return f"new RegExp({json.dumps(pattern)}, {json.dumps(flags)})"


def _template(text: str, *, quoted: bool = False) -> str:
    """A JavaScript expression for a template."""
    shown = []
    for number, part in enumerate(PLACEHOLDER.split(text)):
        if number % 2:
            filled = f"value(who, {json.dumps(part)})"
            shown.append(f"encodeURIComponent({filled})" if quoted else filled)
        elif part:
            shown.append(json.dumps(part))
    return " + ".join(shown) or '""'
