"""The marks by which the radar knows what a file is about: pure text in, sightings out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

KUBERNETES = "kubernetes"
SERVICES = "services"
REGIONS = "multi-region"
OBSERVABILITY = "observability-stack"
BROKER = "message-broker"
CACHES = "caches"
ADMIN = "admin-framework"

MANY_SERVICES = 4
"""So many programs of one's own in one compose file are a system of services."""

Mark = tuple[str, str]
"""Kind and what was seen."""

_WORKLOAD = re.compile(r"^kind:\s*[\"']?(Deployment|StatefulSet|DaemonSet|Ingress|CronJob|HelmRelease)\b", re.MULTILINE)
_API = re.compile(r"^apiVersion:\s*\S", re.MULTILINE)
_COMPOSE_SERVICE = re.compile(r"^( +|\t+)([A-Za-z0-9._-]{1,60}):\s*(?:#.*)?$")
_IMAGE = re.compile(r"^\s*image:\s*[\"']?([^\s\"'#]+)", re.MULTILINE)
_REGION = re.compile(r"^\s*region\s*=\s*\"([a-z]{2}[a-z0-9-]{2,20})\"", re.MULTILINE)
_REGIONS = re.compile(r"^\s*[\"']?regions[\"']?\s*[:=]\s*\[([^\]]{1,400})\]", re.MULTILINE)
_WORD = re.compile(r"[a-z0-9-]{2,24}")

_IMAGES = {
    OBSERVABILITY: (
        "prometheus",
        "grafana",
        "loki",
        "jaeger",
        "elasticsearch",
        "logstash",
        "kibana",
        "tempo",
        "graylog",
    ),
    BROKER: ("kafka", "rabbitmq", "nats", "pulsar", "activemq", "redpanda"),
    CACHES: ("redis", "memcached", "varnish", "valkey", "dragonfly"),
}
_STORES = (
    "postgres",
    "mysql",
    "mariadb",
    "mongo",
    "minio",
    "mailhog",
    "mailpit",
    "localstack",
    "nginx",
    "caddy",
    "traefik",
)
_PACKAGES = {
    BROKER: ("kafkajs", "amqplib", "pika", "confluent-kafka", "kafka-python", "bunny", "ruby-kafka", "nats"),
    ADMIN: (
        "react-admin", "@refinedev/core", "adminjs", "admin-bro", "activeadmin", "rails_admin", "filament/filament",
        "laravel/nova", "django-jet", "django-unfold", "flask-admin", "sqladmin", "forest-express",
    ),
}  # fmt: skip


def marks(name: str, text: str) -> Iterator[Mark]:
    """What a file of that name says."""
    lower = name.lower()
    if lower in ("chart.yaml", "helmfile.yaml", "kustomization.yaml", "skaffold.yaml"):
        yield KUBERNETES, name
    elif lower.endswith((".yaml", ".yml")):
        yield from _yaml(lower, text)
    elif lower.endswith((".tf", ".toml")) or lower == "vercel.json":
        yield from _regions(text)
    if lower in ("package.json", "composer.json", "requirements.txt", "gemfile", "pyproject.toml"):
        yield from _packages(lower, text)


def is_interesting(name: str) -> bool:
    """Whether a file of that name is read at all."""
    lower = name.lower()
    named = (
        "package.json",
        "composer.json",
        "requirements.txt",
        "gemfile",
        "pyproject.toml",
        "vercel.json",
        "fly.toml",
    )
    return lower in named or lower.endswith((".yaml", ".yml", ".tf"))


def _yaml(name: str, text: str) -> Iterator[Mark]:
    if _API.search(text) and (found := _WORKLOAD.search(text)):
        yield KUBERNETES, f"a manifest of kind {found[1]}"
    if "compose" in name:
        yield from _compose(text)
    if name.startswith("prometheus") and "scrape_configs:" in text:
        yield OBSERVABILITY, "the configuration of Prometheus"


def _compose(text: str) -> Iterator[Mark]:
    blocks = dict(_services(text))
    images = {name: (found[1].lower() if (found := _IMAGE.search(block)) else "") for name, block in blocks.items()}
    backing = {*_STORES, *(word for words in _IMAGES.values() for word in words)}
    own = [name for name, image in images.items() if not any(word in image for word in backing)]
    if len(own) >= MANY_SERVICES:
        yield SERVICES, f"{len(own)} services of one's own: {', '.join(own[:6])}"
    for kind, words in _IMAGES.items():
        seen = sorted({word for word in words for image in images.values() if word in image})
        if seen and (kind != CACHES or len(seen) > 1):
            yield kind, ", ".join(seen)


def _services(text: str) -> Iterator[tuple[str, str]]:
    """The blocks under `services:`, by the indentation of the first."""
    inside, indent, name, block = False, "", "", list[str]()
    for line in text.splitlines()[:5_000]:
        if re.match(r"^services:\s*(#.*)?$", line):
            inside = True
            continue
        if not inside:
            continue
        if line.strip() and not line[0].isspace() and not line.startswith("#"):
            break
        found = _COMPOSE_SERVICE.match(line)
        if found and (not indent or found[1] == indent):
            if name:
                yield name, "\n".join(block)
            indent, name, block = found[1], found[2], []
        else:
            block.append(line)
    if name:
        yield name, "\n".join(block)


def _regions(text: str) -> Iterator[Mark]:
    named = set(_REGION.findall(text))
    for found in _REGIONS.findall(text):
        named |= set(_WORD.findall(found.lower()))
    if len(named) > 1:
        yield REGIONS, ", ".join(sorted(named)[:6])


def _packages(name: str, text: str) -> Iterator[Mark]:
    known = _declared(name, text)
    for kind, packages in _PACKAGES.items():
        for package in packages:
            if package in known:
                yield kind, f"the package {package}"


def _declared(name: str, text: str) -> set[str]:
    if name.endswith(".json"):
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            return set()
        groups = (
            [data.get(key) for key in ("dependencies", "devDependencies", "require")] if isinstance(data, dict) else []
        )
        return {str(package).lower() for group in groups if isinstance(group, dict) for package in group}
    if name == "gemfile":
        return set(re.findall(r"""^\s*gem\s+["']([^"']{1,80})["']""", text, re.MULTILINE))
    return {word.lower() for word in re.findall(r"""(?:^|["'\s])([A-Za-z0-9][A-Za-z0-9._-]{1,80})""", text)}
