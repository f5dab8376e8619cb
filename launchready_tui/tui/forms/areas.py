"""The systems of an access map: the required ones (S7.ACC.01), and how a person calls them."""

from __future__ import annotations

from collections.abc import Iterable

AREAS: dict[str, str] = {
    "registrar": "Registrar",
    "dns": "DNS",
    "cdn": "CDN",
    "hosting": "Hosting",
    "database": "Database",
    "repository": "Repository",
    "ci": "CI",
    "email-sending": "Mail sending",
    "workspace-mail": "Workspace mail",
    "payments": "Payments",
    "storage": "Storage",
    "monitoring": "Monitoring",
    "error-tracking": "Error tracking",
    "analytics": "Analytics",
    "app-stores": "App stores",
    "ai-provider": "AI provider",
    "password-manager": "Password manager",
    "status-page": "Status page",
}

NOT_USED = "not used"
"""The name of a required system that the product does without."""


def area_of(text: str) -> str:
    """The area that was meant: by its id or its title; any other text as an id of its own."""
    words = " ".join(text.split()).lower()
    for area, title in AREAS.items():
        if words in (area, title.lower(), area.replace("-", " ")):
            return area
    return words.replace(" ", "-")


def title_of(area: str) -> str:
    """What an area is called."""
    return AREAS.get(area, area)


def missing(areas: Iterable[str]) -> tuple[str, ...]:
    """The required areas that are not among those."""
    there = set(areas)
    return tuple(area for area in AREAS if area not in there)
