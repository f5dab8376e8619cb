"""What saved Lighthouse reports say of pages on a phone (S4.LAT.02): a warning at most, a laboratory is no street."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from launchready_tui.checks.limits import number
from launchready_tui.checks.reading.urls import tidy
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Product
from launchready_tui.model.questions import LighthouseReports
from launchready_tui.model.questions.latency import PageRun
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, not_run, unknown
from launchready_tui.text import one_line, plural

FEW_RUNS = 3


@dataclass(frozen=True, slots=True)
class _Vital:
    """One figure: where it stands in a run, its name, its unit, its limits and those for a poor page."""

    field: str
    name: str
    unit: str
    good: float
    poor: float

    def said(self, value: float) -> str:
        """The figure in words."""
        return f"{self.name} {value:.2f}" if not self.unit else f"{self.name} {value:,.0f} {self.unit}"


def _vitals(limits: Limits) -> tuple[_Vital, ...]:
    """Largest paint, blocking and shift (web.dev thresholds), and the document's own answer."""
    return (
        _Vital("lcp", "paint", "ms", number(limits, "lcp_pass_ms", 2_500), number(limits, "lcp_fail_ms", 4_000)),
        _Vital("tbt", "blocking", "ms", number(limits, "tbt_pass_ms", 200), number(limits, "tbt_fail_ms", 600)),
        _Vital("shift", "shift", "", number(limits, "cls_pass", 0.1), number(limits, "cls_fail", 0.25)),
        _Vital("server", "document", "ms", number(limits, "document_ms", 600), float("inf")),
    )


@check("latency.page-vitals", over="domain")
async def page_vitals(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """The median of all runs of each page.

    Limits: `lcp_pass_ms`, `lcp_fail_ms`, `tbt_pass_ms`, `tbt_fail_ms`, `cls_pass`, `cls_fail`, `document_ms`,
    `document_target_ms`.
    """
    paths = subject.product.logs.lighthouse
    if not paths:
        message = 'No Lighthouse report is named ([logs] lighthouse = ["reports/*.json"]).'
        return not_run("input-missing", message)
    reports = (await ask(LighthouseReports(paths))).facts
    if not reports.files:
        return not_run("input-missing", f"No file matches {one_line(', '.join(paths), 120)}.")
    pages = _by_page(reports.runs, subject.product)
    if not pages:
        names = ", ".join(dict.fromkeys(one_line(run.url, 80) for run in reports.runs[:3]))
        summary = f"the reports are of other sites ({names})" if names else "no report could be read"
        return unknown("other-site", summary, decide_by="Run Lighthouse on the product's pages.")
    tally = Tally()
    lines = [_page(url, runs, limits, tally) for url, runs in pages.items()]
    for reason in reports.unreadable:
        tally.note(f"not read: {one_line(reason, 160)}")
    if judged := tally.warn_first(("poor-page", "slow-page"), tuple(lines)):
        return judged
    what = f"{plural(len(pages), 'page')} in {plural(sum(map(len, pages.values())), 'run')}"
    if any(len(runs) < FEW_RUNS for runs in pages.values()):
        tally.note(f"fewer than {FEW_RUNS} runs of a page: one run proves little")
    return tally.passed(f"{what}: paint, blocking and shift are good; {lines[0]}", details=tuple(lines))


def _by_page(runs: Iterable[PageRun], product: Product) -> dict[str, list[PageRun]]:
    """The runs of the product's own pages by URL and device."""
    pages: defaultdict[str, list[PageRun]] = defaultdict(list)
    for run in runs:
        url = tidy(run.url)
        host = url.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
        if url and product.names(host):
            pages[f"{url} ({run.form_factor})" if run.form_factor else url].append(run)
    return pages


def _page(url: str, runs: list[PageRun], limits: Limits, tally: Tally) -> str:
    """Judge one page; returns its line of figures."""
    shown, said = one_line(url, 120), []
    for vital in _vitals(limits):
        values = [value for run in runs if (value := getattr(run, vital.field)) is not None]
        if not values:
            continue
        value = median(values)
        said.append(vital.said(value))
        if value > vital.poor:
            tally.warn("poor-page", f"{shown}: {vital.said(value)} is poor (good up to {vital.good:g})")
        elif value > vital.good:
            tally.warn("slow-page", f"{shown}: {vital.said(value)}; good is up to {vital.good:g}")
        elif vital.field == "server" and value > number(limits, "document_target_ms", 100):
            tally.note(f"{shown}: the document answers after {value:,.0f} ms; 100 ms are within reach of a cache")
    return f"{shown}: {', '.join(said)} ({plural(len(runs), 'run')})"
