"""Response headers in the words of the usual edges and frameworks: HSTS, the protective ones, and CORS."""

from __future__ import annotations

from collections.abc import Sequence

from launchready_tui.checks.subjects import root_url
from launchready_tui.engine.fixkit import quoting
from launchready_tui.engine.fixkit.snippet import Snippet
from launchready_tui.model.product import Product
from launchready_tui.model.results import Result

Header = tuple[str, str]

HSTS: Header = ("Strict-Transport-Security", "max-age=31536000")
CAREFUL = "a browser that has seen it cannot go back to http for a year: try max-age=300 for a day first"

PROTECTIVE: tuple[Header, ...] = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "SAMEORIGIN"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
)
POLICY: Header = (
    "Content-Security-Policy-Report-Only",
    "default-src 'self'; frame-ancestors 'self'; object-src 'none'; base-uri 'self'",
)
"""A policy that only reports: what it would have stopped stands in the console, and nothing breaks in launch week."""


def hsts(result: Result, product: Product) -> tuple[Snippet, ...]:
    """The header on every answer, redirects included."""
    return (*at_edges((HSTS,), CAREFUL), *_hsts_in_frameworks())


def protective(result: Result, product: Product) -> tuple[Snippet, ...]:
    """The headers that every page should have; a content policy, where that is what lacks, as one that reports."""
    wanted = (*PROTECTIVE, POLICY) if result.reason.startswith("csp-") else PROTECTIVE
    note = "look at the console for some days, then rename it to Content-Security-Policy" if POLICY in wanted else ""
    return (*at_edges(wanted, note), *_headers_in_frameworks(wanted))


def at_edges(headers: Sequence[Header], note: str = "") -> tuple[Snippet, ...]:
    """Headers for all answers. None of the values has a quote in it: they are ours."""
    remark = f"# {note}\n" if note else ""
    nginx = "\n".join(f'add_header {name} "{value}" always;' for name, value in headers)
    caddy = "\n".join(["header {", *(f'    {name} "{value}"' for name, value in headers), "}"])
    listed = [{"key": name, "value": value} for name, value in headers]
    vercel = quoting.js({"headers": [{"source": "/(.*)", "headers": listed}]})
    netlify = "\n".join(["/*", *(f"  {name}: {value}" for name, value in headers)])
    rule = {
        "expression": "true",
        "action": "rewrite",
        "action_parameters": {
            "headers": {name: {"operation": "set", "value": value} for name, value in headers},
        },
    }
    block = "server block; a location with an add_header of its own has to repeat them"
    return (
        Snippet("nginx", "nginx", remark + nginx, block),
        Snippet("Caddy", "caddy", remark + caddy, "the site's block of the Caddyfile"),
        Snippet("Cloudflare rule", "json", quoting.js(rule), "Rules, Transform Rules, Modify Response Header"),
        Snippet("Vercel", "json", vercel, "vercel.json"),
        Snippet("Netlify", "text", remark + netlify, "_headers in the folder that is published"),
    )


def _hsts_in_frameworks() -> tuple[Snippet, ...]:
    rails = "config.force_ssl = true\nconfig.ssl_options = { hsts: { expires: 1.year, subdomains: false } }"
    django = (
        "SECURE_HSTS_SECONDS = 31536000\n"
        "# behind a proxy that ends TLS and always sets this header itself:\n"
        'SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")'
    )
    express = "app.use(helmet.strictTransportSecurity({ maxAge: 31536000, includeSubDomains: false }));"
    return (
        Snippet("rails", "ruby", f"# {CAREFUL}\n{rails}", "config/environments/production.rb"),
        Snippet("django", "python", f"# {CAREFUL}\n{django}", "settings of production"),
        Snippet("laravel", "php", _laravel((HSTS,)), "bootstrap/app.php or a middleware of every request"),
        Snippet("express", "javascript", f"// {CAREFUL}\n{express}", "where the app is made; package helmet"),
        Snippet("nextjs", "javascript", _nextjs((HSTS,)), "next.config.mjs"),
    )


def _headers_in_frameworks(headers: Sequence[Header]) -> tuple[Snippet, ...]:
    ruby = "\n".join(f'  "{name}" => "{value}",' for name, value in headers)
    js = "\n".join(f"  res.set({quoting.js(name)}, {quoting.js(value)});" for name, value in headers)
    django = [
        "SECURE_CONTENT_TYPE_NOSNIFF = True",
        'X_FRAME_OPTIONS = "SAMEORIGIN"',
        'SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"',
    ]
    if POLICY in headers:
        django.append("# the content policy: SECURE_CSP_REPORT_ONLY (Django 6) or the package django-csp")
    return (
        Snippet(
            "rails",
            "ruby",
            f"config.action_dispatch.default_headers.merge!(\n{ruby}\n)",
            "config/application.rb",
        ),
        Snippet("django", "python", "\n".join(django), "settings, with SecurityMiddleware"),
        Snippet("laravel", "php", _laravel(headers), "bootstrap/app.php or a middleware of every request"),
        Snippet("express", "javascript", f"app.use((req, res, next) => {{\n{js}\n  next();\n}});", "before all routes"),
        Snippet("nextjs", "javascript", _nextjs(headers), "next.config.mjs"),
    )


def _laravel(headers: Sequence[Header]) -> str:
    lines = "\n".join(f'    $response->headers->set("{name}", "{value}");' for name, value in headers)
    body = f"    $response = $next($request);\n{lines}\n\n    return $response;"
    return f"public function handle(Request $request, Closure $next): Response\n{{\n{body}\n}}"


def _nextjs(headers: Sequence[Header]) -> str:
    listed = ",\n".join(f"      {{ key: {quoting.js(name)}, value: {quoting.js(value)} }}" for name, value in headers)
    head = "export default {\n  async headers() {\n    return [{ source: '/(.*)', headers: [\n"
    return f"{head}{listed},\n    ] }}];\n  }},\n}};"


def cors(result: Result, product: Product) -> tuple[Snippet, ...]:
    """The product's own pages as the only origins that may read answers with cookies."""
    hosts = [host for host in product.web_hosts if host.role in ("apex", "www", "app") and quoting.host(host.name)]
    origins = [root_url(host).rstrip("/") for host in hosts] or [f"https://{quoting.host(product.domain)}"]
    many = quoting.js(origins, None)
    lines = "\n".join(f'    "{origin}" $http_origin;' for origin in origins)
    nginx = (
        f'map $http_origin $allowed_origin {{\n    default "";\n{lines}\n}}\n\n'
        "# in the location of the API\n"
        "add_header Access-Control-Allow-Origin $allowed_origin always;\n"
        'add_header Access-Control-Allow-Credentials "true" always;\n'
        "add_header Vary Origin always;"
    )
    rails = (
        "Rails.application.config.middleware.insert_before 0, Rack::Cors do\n  allow do\n"
        f"    origins(*{many})\n"
        '    resource "*", headers: :any, methods: %i[get post put patch delete], credentials: true\n  end\nend'
    )
    laravel = f"'allowed_origins' => {many},\n'allowed_origins_patterns' => [],\n'supports_credentials' => true,"
    django = f"CORS_ALLOWED_ORIGINS = {many}\nCORS_ALLOW_CREDENTIALS = True"
    return (
        Snippet("nginx", "nginx", nginx, "http block, and the location of the API"),
        Snippet("rails", "ruby", rails, "config/initializers/cors.rb, gem rack-cors"),
        Snippet("django", "python", django, "settings, package django-cors-headers"),
        Snippet("laravel", "php", laravel, "config/cors.php"),
        Snippet("express", "javascript", f"app.use(cors({{ origin: {many}, credentials: true }}));", "package cors"),
    )
