"""What can be asked of the outside world, and what an answer holds.

A question is a frozen value: equal questions are asked once per run. Its type parameter names the facts that answer it.
Answers hold facts only, bounded and redacted by the probe that gathered them; what they mean is for the checks.
"""

from __future__ import annotations

from typing import Any

from launchready_tui.model.questions.accounts import (
    AccountCompare,
    BurstReply,
    Comparison,
    Knock,
    Login,
    LoginReply,
    RateBurst,
    SetCookie,
)
from launchready_tui.model.questions.authority import (
    DelegatedServer,
    Delegation,
    DelegationFacts,
    TransferReply,
    Validation,
    ValidationReply,
    ZoneTransfer,
)
from launchready_tui.model.questions.backend import (
    Backend,
    BackendList,
    BackendRead,
    BackendView,
    Collection,
    PageBackends,
)
from launchready_tui.model.questions.base import Facts, Family, Question
from launchready_tui.model.questions.database import DatabaseHealth, HealthFacts, StatementList, StatementStatistics
from launchready_tui.model.questions.dns import Alias, DnsAnswer, DnsLookup, ResolverList, Resolvers
from launchready_tui.model.questions.http import Cookie, HttpExchange, HttpResponse, Page, Reference
from launchready_tui.model.questions.loadtest import (
    GeneratorHealth,
    JourneyLoad,
    LoadEvent,
    LoadLimits,
    LoadPhase,
    LoadPlan,
    LoadPoint,
    LoadReport,
    LoadTest,
    RouteLoad,
    StepLoad,
)
from launchready_tui.model.questions.mail import (
    MailFacts,
    MailMessage,
    MailMethod,
    MailReports,
    MailSignature,
    MailVerdict,
    ReportFacts,
    ReportRow,
)
from launchready_tui.model.questions.memory import (
    EarlierCertificate,
    KeptNote,
    KeptOptimizations,
    Moment,
    NoteText,
    RunMoment,
    SeenCertificate,
)
from launchready_tui.model.questions.plans import DatabasePlans, PlanList
from launchready_tui.model.questions.provider import ProviderRead, ProviderReply
from launchready_tui.model.questions.radar import RadarFacts, RadarSighting, RepositoryRadar
from launchready_tui.model.questions.registration import RdapDomain, Registration
from launchready_tui.model.questions.schema import IndexCatalogue, IndexFacts, RowSecurity, RowSecurityFacts
from launchready_tui.model.questions.secrets import (
    BundleScan,
    EnvironmentUse,
    ExposedPath,
    RouteCodeReading,
    SecretScan,
    TrackedFiles,
)
from launchready_tui.model.questions.survey import RepositorySummary, RepositorySurvey
from launchready_tui.model.questions.tls import (
    Certificate,
    CipherGroup,
    TlsHandshake,
    TlsOffer,
    TlsReply,
    TlsSession,
    TlsVersion,
)

QUESTIONS: dict[str, type[Question[Any]]] = {
    question.kind: question
    for question in (
        DnsLookup,
        Resolvers,
        HttpExchange,
        TlsHandshake,
        TlsOffer,
        EarlierCertificate,
        RunMoment,
        KeptNote,
        KeptOptimizations,
        RepositoryRadar,
        RdapDomain,
        RepositorySurvey,
        SecretScan,
        TrackedFiles,
        EnvironmentUse,
        RouteCodeReading,
        BundleScan,
        ExposedPath,
        Delegation,
        ZoneTransfer,
        Validation,
        ProviderRead,
        RateBurst,
        AccountCompare,
        Login,
        PageBackends,
        BackendRead,
        MailMessage,
        MailReports,
        LoadTest,
        StatementStatistics,
        DatabaseHealth,
        DatabasePlans,
        IndexCatalogue,
        RowSecurity,
    )
}
"""Every kind of question by its name, for reading stored evidence."""

__all__ = [
    "QUESTIONS",
    "AccountCompare",
    "Alias",
    "Backend",
    "BackendList",
    "BackendRead",
    "BackendView",
    "BundleScan",
    "BurstReply",
    "Certificate",
    "CipherGroup",
    "Collection",
    "Comparison",
    "Cookie",
    "DatabaseHealth",
    "DatabasePlans",
    "DelegatedServer",
    "Delegation",
    "DelegationFacts",
    "DnsAnswer",
    "DnsLookup",
    "EarlierCertificate",
    "EnvironmentUse",
    "ExposedPath",
    "Facts",
    "Family",
    "GeneratorHealth",
    "HealthFacts",
    "HttpExchange",
    "HttpResponse",
    "IndexCatalogue",
    "IndexFacts",
    "JourneyLoad",
    "KeptNote",
    "KeptOptimizations",
    "Knock",
    "LoadEvent",
    "LoadLimits",
    "LoadPhase",
    "LoadPlan",
    "LoadPoint",
    "LoadReport",
    "LoadTest",
    "Login",
    "LoginReply",
    "MailFacts",
    "MailMessage",
    "MailMethod",
    "MailReports",
    "MailSignature",
    "MailVerdict",
    "Moment",
    "NoteText",
    "Page",
    "PageBackends",
    "PlanList",
    "ProviderRead",
    "ProviderReply",
    "Question",
    "RadarFacts",
    "RadarSighting",
    "RateBurst",
    "RdapDomain",
    "Reference",
    "Registration",
    "ReportFacts",
    "ReportRow",
    "RepositoryRadar",
    "RepositorySummary",
    "RepositorySurvey",
    "ResolverList",
    "Resolvers",
    "RouteCodeReading",
    "RouteLoad",
    "RowSecurity",
    "RowSecurityFacts",
    "RunMoment",
    "SecretScan",
    "SeenCertificate",
    "SetCookie",
    "StatementList",
    "StatementStatistics",
    "StepLoad",
    "TlsHandshake",
    "TlsOffer",
    "TlsReply",
    "TlsSession",
    "TlsVersion",
    "TrackedFiles",
    "TransferReply",
    "Validation",
    "ValidationReply",
    "ZoneTransfer",
]
