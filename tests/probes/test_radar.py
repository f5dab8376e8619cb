"""The radar over a repository."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from launchready_tui.engine.radar import look
from launchready_tui.model.product import Product
from launchready_tui.probes.radarmarks import marks

COMPOSE = """
services:
  web:
    build: .
  worker:
    build: .
    environment:
      IMAGE: "no: service"
  search-api:
    image: acme/search
  payouts:
    build: ./payouts
  db:
    image: postgres:16
  cache:
    image: redis:7
  front-cache:
    image: "varnish:7"
  bus:
    image: bitnami/kafka
  metrics:
    image: prom/prometheus
volumes:
  data:
"""


def kinds(name: str, text: str) -> set[str]:
    return {kind for kind, _ in marks(name, text)}


def test_a_compose_file() -> None:
    found = dict(marks("docker-compose.yml", COMPOSE))
    assert found == {
        "services": "4 services of one's own: web, worker, search-api, payouts",
        "observability-stack": "prometheus",
        "message-broker": "kafka",
        "caches": "redis, varnish",
    }


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("app.yaml", "apiVersion: apps/v1\nkind: Deployment\n", {"kubernetes"}),
        ("ci.yaml", "kind: pipeline\n", set()),
        ("Chart.yaml", "", {"kubernetes"}),
        ("prometheus.yml", "scrape_configs:\n", {"observability-stack"}),
        ("main.tf", 'region = "eu-west-1"\n  region = "us-east-1"\n', {"multi-region"}),
        ("main.tf", 'region = "eu-west-1"\n', set()),
        ("vercel.json", '{\n  "regions": ["fra1", "iad1"]\n}', {"multi-region"}),
        ("package.json", '{"require": {"kafkajs": "1", "adminjs": "5"}}', {"message-broker", "admin-framework"}),
        ("package.json", '{"dependencies": ["kafkajs"], "name": "pika"}', set()),
        ("requirements.txt", "pika==1.3\n", {"message-broker"}),
        ("Gemfile", 'gem "activeadmin"\n', {"admin-framework"}),
        ("compose.yaml", "services:\n  web:\n    build: .\n  cache:\n    image: redis\n", set()),
        ("compose.yaml", "services: &x\x00\n\t:\n" * 50, set()),
        ("package.json", "[" * 100_000, set()),
    ],
)  # fmt: skip
def test_marks(name: str, text: str, expected: set[str]) -> None:
    assert kinds(name, text) == expected


def test_a_folder_is_read_and_no_link_is_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "k8s.yaml").write_text("apiVersion: v1\nkind: Ingress\n")
    repo = tmp_path / "repo"
    (repo / "deploy").mkdir(parents=True)
    (repo / "node_modules").mkdir()
    (repo / "node_modules" / "x.yaml").write_text("apiVersion: v1\nkind: Ingress\n")
    (repo / "deploy" / "compose.yml").write_text(COMPOSE)
    (repo / "link").symlink_to(outside)
    (repo / "loop").symlink_to(repo)
    os.mkfifo(repo / "pipe.yaml")
    seen = asyncio.run(look(Product("A", "a.test", repository="repo", base=str(tmp_path))))
    assert {kind for kind, _, _ in seen.sightings} == {"services", "observability-stack", "message-broker", "caches"}
    assert {path for _, _, path in seen.sightings} == {"deploy/compose.yml"}


@pytest.mark.parametrize("repository", ["", "nowhere"])
def test_without_a_repository_it_says_so(repository: str, tmp_path: Path) -> None:
    seen = asyncio.run(look(Product("A", "a.test", repository=repository, base=str(tmp_path))))
    assert seen.problem
    assert not seen.sightings
