"""The part of readiness.toml about what watches the service: metrics, alerts, monitors, pages."""

from typing import Annotated

from pydantic import Field, Strict, StringConstraints
from pydantic.dataclasses import dataclass

from pytest_orr.errors import Undeclared

from .fields import CONFIG, GRAFANA_NAMESPACE, FromEnvironment, Setting, Text

Share = Annotated[float, Strict(), Field(gt=0, lt=1)]
Minutes = Annotated[int, Strict(), Field(ge=1)]
AskedBack = Annotated[int, Strict(), Field(ge=1, le=366)]
People = Annotated[int, Strict(), Field(ge=1)]
ToldAhead = Annotated[int, Strict(), Field(ge=1, le=90)]
"""Days; PagerDuty tells no shifts after them."""
ToldBack = Annotated[int, Strict(), Field(ge=1, le=180)]
"""Days; PagerDuty lists incidents of six months at most."""
GrafanaNamespace = Annotated[str, StringConstraints(pattern=GRAFANA_NAMESPACE)]


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Prometheus:
    """The Prometheus that scrapes the service and its hosts, or what speaks its HTTP API."""

    url: Setting
    """Its URL, without /api/v1."""
    user: Setting | None = None
    """Whom to name to the proxy in front of it, with password."""
    password: FromEnvironment | None = None
    """The variable that holds the user's password."""
    token: FromEnvironment | None = None
    """The variable that holds a token for the proxy in front of it, without a user."""
    ca: Setting | None = None
    """File with the authorities to trust instead of the public ones."""
    series: dict[str, Text] = Field(default_factory=dict)
    """Labels that mark the service's own targets, rules and series; without them all are its."""
    node_jobs: tuple[Text, ...] = ("node", "node_exporter")
    """Jobs that scrape node_exporter."""
    probe_jobs: tuple[Text, ...] = ("blackbox", "probe")
    """Jobs that probe the service from outside."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Alertmanager:
    """The Alertmanager that Prometheus sends alerts to."""

    url: Setting
    """Its URL, without /api/v2."""
    user: Setting | None = None
    """Whom to name to the proxy in front of it, with password."""
    password: FromEnvironment | None = None
    """The variable that holds the user's password."""
    token: FromEnvironment | None = None
    """The variable that holds a token for the proxy in front of it, without a user."""
    ca: Setting | None = None
    """File with the authorities to trust instead of the public ones."""
    waking: tuple[Text, ...] = ()
    """Receivers that wake a person by other means than PagerDuty."""
    known_as: tuple[Text, ...] = ()
    """Host and port by which Prometheus knows it, if others than the URL's."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class PagerDuty:
    """The service at PagerDuty that pages its people."""

    token: FromEnvironment
    """The variable that holds a read-only key of the REST API."""
    service: Text
    """Id of the service at PagerDuty, such as PIJ90N7."""
    integration: Text = "Prometheus"
    """Name or vendor of the integration whose key the sender of alerts has."""
    url: Setting | None = None
    """The API's URL, if not PagerDuty's own (that of the EU region, say)."""
    ca: Setting | None = None
    """File with the authorities to trust instead of the public ones."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class UptimeRobot:
    """Who watches the service's public names from outside."""

    token: FromEnvironment
    """The variable that holds a read-only API key."""
    url: Setting | None = None
    """The API's URL, if not UptimeRobot's own."""
    ca: Setting | None = None
    """File with the authorities to trust instead of the public ones."""
    tags: tuple[Text, ...] = ()
    """Tags that mark the service's own monitors; without them those of its public names are its."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Grafana:
    """The Grafana with the service's dashboards."""

    url: Setting
    """Its URL, without /api or /apis."""
    token: FromEnvironment
    """The variable that holds a service account's token with the role Viewer."""
    ca: Setting | None = None
    """File with the authorities to trust instead of the public ones."""
    tag: Text | None = None
    """Tag of the service's dashboards; its name if nothing is said."""
    folder: Text | None = None
    """Title of the folder with the service's dashboards, if no tag marks them."""
    namespace: GrafanaNamespace = "default"
    """Its organization for /apis: default, org-7 or stacks-7."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Monitoring:
    """What monitoring must be like."""

    freshest_minutes: Minutes = 15
    """How old the newest sample or run of a probe may be."""
    panel_minutes: Minutes = 5
    """How old the newest sample of a dashboard's panel may be."""
    longest_interval_minutes: Minutes = 5
    """How often, at least, a monitor must look at a public name."""
    blackbox: Setting | None = None
    """URL of the blackbox exporter, without /probe: it says what each of its modules asserts."""
    availability: Share | None = None
    """The objective: the part of the time, such as 0.999, in which probes must find the service."""
    availability_days: AskedBack = 28
    """Over how many days it is measured."""
    measured: Share = 0.9
    """The part of these days in which a probe must have looked for its history to count."""
    on_call_days: ToldAhead = 28
    """For how many days from the review on somebody must be on call at every hour."""
    on_call_people: People = 3
    """How many people, at least, share the calls."""
    newest_page_days: ToldBack = 90
    """When a page, a test or a real one, must last have been acknowledged."""
    acknowledged_minutes: Minutes = 15
    """Within how many minutes."""

    @property
    def objective(self) -> float:
        """The objective of availability; raises ``Undeclared`` if there is none."""
        if self.availability is None:
            raise Undeclared("[monitoring] availability", "the objective, such as 0.999,")
        return self.availability
