"""Our own themes: dark, light, and a pair whose good and bad differ in brightness and along blue and orange, not red
and green.
"""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="launchready-dark",
    primary="#5fb3d9",
    secondary="#a98ee0",
    accent="#e0a3c8",
    success="#7fc49a",
    warning="#e5b567",
    error="#f0736a",
    foreground="#d5dbe3",
    background="#12161c",
    surface="#171c24",
    panel="#1f2631",
    dark=True,
    variables={
        "text-primary": "#74bfe3",
        "text-secondary": "#b49fe6",
        "text-accent": "#e3a8cc",
        "text-success": "#83c49c",
        "text-warning": "#e5b567",
        "text-error": "#f5827a",
        "text-muted": "#8792a2",
        "text-disabled": "#465162",
        "border": "#3b4656",
        "border-blurred": "#2a323e",
        "block-cursor-background": "#2b3a4c",
        "block-cursor-foreground": "#f2f5f9",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#202935",
        "block-cursor-blurred-foreground": "#d5dbe3",
        "block-hover-background": "#1c232d",
        "footer-key-foreground": "#74bfe3",
        "scrollbar": "#2a323e",
        "scrollbar-hover": "#3b4656",
        "scrollbar-active": "#5fb3d9",
        "scrollbar-background": "#12161c",
        "scrollbar-background-hover": "#12161c",
        "scrollbar-background-active": "#12161c",
        "scrollbar-corner-color": "#12161c",
    },
)

LIGHT = Theme(
    name="launchready-light",
    primary="#1f6f9c",
    secondary="#6b4fb3",
    accent="#a03a78",
    success="#2c7a4b",
    warning="#96600a",
    error="#b8322a",
    foreground="#20262e",
    background="#f7f7f4",
    surface="#fdfdfb",
    panel="#ecece7",
    dark=False,
    variables={
        "text-primary": "#17618b",
        "text-secondary": "#5f44a6",
        "text-accent": "#94326d",
        "text-success": "#226a3f",
        "text-warning": "#855405",
        "text-error": "#b02a22",
        "text-muted": "#626b76",
        "text-disabled": "#b3b9bf",
        "border": "#b9bdc2",
        "border-blurred": "#d6d8da",
        "block-cursor-background": "#d5e5ef",
        "block-cursor-foreground": "#10161d",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#e6ecf0",
        "block-cursor-blurred-foreground": "#20262e",
        "block-hover-background": "#eef0f0",
        "footer-key-foreground": "#17618b",
        "scrollbar": "#d0d3d6",
        "scrollbar-hover": "#b9bdc2",
        "scrollbar-active": "#1f6f9c",
        "scrollbar-background": "#f7f7f4",
        "scrollbar-background-hover": "#f7f7f4",
        "scrollbar-background-active": "#f7f7f4",
        "scrollbar-corner-color": "#f7f7f4",
    },
)


def _blue_orange(base: Theme, name: str, good: str, bad: str, warn: str, asked: str) -> Theme:
    variables = {**base.variables, "text-success": good, "text-error": bad, "text-warning": warn, "text-primary": asked}
    return Theme(
        name=name,
        primary=asked,
        secondary=base.secondary,
        accent=base.accent,
        success=good,
        warning=warn,
        error=bad,
        foreground=base.foreground,
        background=base.background,
        surface=base.surface,
        panel=base.panel,
        dark=base.dark,
        variables=variables,
    )


DARK_BLUE_ORANGE = _blue_orange(DARK, "launchready-dark-blue-orange", "#6fb1f2", "#ff9a3c", "#f0e27a", "#c9d1dc")
LIGHT_BLUE_ORANGE = _blue_orange(LIGHT, "launchready-light-blue-orange", "#1a5fb4", "#b34a00", "#6b5d00", "#3d4651")

THEMES = (DARK, LIGHT, DARK_BLUE_ORANGE, LIGHT_BLUE_ORANGE)
