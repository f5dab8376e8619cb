"""How each framework is told to lock its session cookie down."""

from __future__ import annotations

import re

from launchready_tui.engine.fixkit.snippet import Snippet
from launchready_tui.model.product import Product
from launchready_tui.model.results import Result

FRAMEWORKS = ("rails", "django", "laravel", "express", "nextjs")

_COOKIES = {
    "rails": re.compile(r"\b_[a-z0-9]+(_[a-z0-9]+)*_session\b"),
    "django": re.compile(r"\bsessionid\b"),
    "laravel": re.compile(r"\blaravel[_-]session\b"),
    "express": re.compile(r"\bconnect\.sid\b"),
    "nextjs": re.compile(r"\b(next-auth|authjs)\.session-token\b"),
}
"""The names that a framework gives its session cookie where nobody has chosen another."""

_SETTINGS = {
    "rails": (
        "ruby",
        'Rails.application.config.session_store :cookie_store, key: "__Host-session",\n'
        "  secure: true, httponly: true, same_site: :lax",
        "config/initializers/session_store.rb; config.force_ssl = true in production.rb; reset_session at login and "
        "at logout",
    ),
    "django": (
        "python",
        'SESSION_COOKIE_NAME = "__Host-sessionid"\nSESSION_COOKIE_SECURE = True\nSESSION_COOKIE_HTTPONLY = True\n'
        'SESSION_COOKIE_SAMESITE = "Lax"\nSESSION_COOKIE_DOMAIN = None\nCSRF_COOKIE_SECURE = True',
        "settings of production; login() and logout() of django.contrib.auth change and end the session",
    ),
    "laravel": (
        "dotenv",
        "SESSION_COOKIE=__Host-session\nSESSION_SECURE_COOKIE=true\nSESSION_HTTP_ONLY=true\nSESSION_SAME_SITE=lax\n"
        "SESSION_DOMAIN=null\nSESSION_PATH=/",
        ".env of production; $request->session()->regenerate() at login, ->invalidate() at logout",
    ),
    "express": (
        "javascript",
        'app.set("trust proxy", 1);\napp.use(session({\n  name: "__Host-sid",\n'
        "  secret: process.env.SESSION_SECRET,\n  resave: false,\n  saveUninitialized: false,\n"
        '  cookie: { secure: true, httpOnly: true, sameSite: "lax", path: "/" },\n}));',
        "where express-session is set up; req.session.regenerate() at login, .destroy() at logout",
    ),
    "nextjs": (
        "javascript",
        '(await cookies()).set("__Host-session", token, {\n  secure: true,\n  httpOnly: true,\n  sameSite: "lax",\n'
        '  path: "/",\n  maxAge: 60 * 60 * 24 * 14,\n});',
        "the server action or route that logs in; a new token at every login, and delete it on the server at logout",
    ),
}


def session_cookie(result: Result, product: Product) -> tuple[Snippet, ...]:
    """Settings that set Secure, HttpOnly, SameSite and a narrow name."""
    return tuple(Snippet(name, *_SETTINGS[name]) for name in FRAMEWORKS)


def frameworks(result: Result, detected: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The frameworks of which a result speaks: by its facts, else by a cookie's name, else those that were `detected`
    in the code; all where nothing tells.
    """
    named = {word.strip().lower() for word in result.facts.get("framework", "").split(",")}
    found = tuple(name for name in FRAMEWORKS if name in named)
    if not found and result.check == "identity.session-cookie":
        text = " ".join((result.summary, *result.details))
        found = tuple(name for name in FRAMEWORKS if _COOKIES[name].search(text))
    return found or detected or FRAMEWORKS
