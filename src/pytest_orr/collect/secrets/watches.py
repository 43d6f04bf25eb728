"""Who watches the repository for secrets that are pushed: GitGuardian, and the forge itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pytest_orr.clients.forge.said import Alert
from pytest_orr.clients.gitguardian import GitGuardian
from pytest_orr.clients.gitguardian_said import Incident, Source
from pytest_orr.collect.interface import Desk
from pytest_orr.errors import FactUnavailable

from .hits import SecretHit
from .kinds import kind_of

FINISHED = "finished"
NOT_ASKED = "set forge_alerts = false under [scan_limits]"
REVOKED = "revoked"
"""How GitHub calls an alert whose secret no longer works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """GitGuardian's watch over the declared repository."""

    source: str
    is_monitored: bool | None
    last_scan: datetime | None
    scan_status: str
    hits: tuple[SecretHit, ...] = ()

    @property
    def watches(self) -> bool:
        """Whether each push is looked at; raises ``FactUnavailable`` if nobody says so."""
        if self.is_monitored is None:
            raise FactUnavailable(
                f"GitGuardian does not say whether it monitors {self.source}",
                "update GitGuardian, or look at the repository's perimeter there",
            )
        return self.is_monitored

    def was_scanned_within(self, days: int, as_of: datetime) -> bool:
        """Tell whether the last scan came to its end, so many days ago at most."""
        if self.last_scan is None or self.scan_status != FINISHED:
            return False
        return as_of - self.last_scan <= timedelta(days=days)

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        scan = f"last scan on {self.last_scan:%Y-%m-%d}" if self.last_scan else "never scanned"
        how = f", {self.scan_status}" if self.scan_status else ""
        return f"{scan}{how}; {len(self.hits)} incidents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """All that GitGuardian saw in every repository that the token sees."""

    repositories: int
    unwatched: tuple[str, ...] = ()
    """Names of those that are not monitored, or of which no scan ever ended."""
    hits: tuple[SecretHit, ...] = ()

    @property
    def watches_all(self) -> bool:
        """Whether it looks at each of them; raises ``FactUnavailable`` with those it does not."""
        if self.unwatched:
            more = f" and {len(self.unwatched) - 5} more" if len(self.unwatched) > 5 else ""
            raise FactUnavailable(
                f"GitGuardian does not watch {', '.join(self.unwatched[:5])}{more}",
                "let it monitor and scan them, or say in a statement with covers = "
                '"unknown" who looked at them',
            )
        return bool(self.repositories)

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.repositories} repositories, {len(self.hits)} incidents"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeAlerts:
    """The forge's own alerts of secrets in the project."""

    push_protection: bool | None
    hits: tuple[SecretHit, ...] = ()

    @property
    def refuses_secrets(self) -> bool:
        """Whether a push with a secret is refused; ``FactUnavailable`` if it does not say."""
        if self.push_protection is None:
            raise FactUnavailable(
                "the forge does not tell whether it refuses a push that holds a secret",
                "use a token that may read the project's security settings",
            )
        return self.push_protection

    @property
    def seen(self) -> str:
        """One line about them, for a finding."""
        words = {True: "on", False: "off", None: "not told"}
        return f"push protection {words[self.push_protection]}; {len(self.hits)} alerts"


def read_watch(gitguardian: GitGuardian) -> Watch:
    """Read what GitGuardian says of the declared repository, and what it saw there."""
    wanted = gitguardian.source
    known = gitguardian.sources()
    found = [one for one in known if one.full_name.casefold() == wanted.casefold()]
    if not found:
        raise FactUnavailable(
            f"GitGuardian shows no repository {wanted} to the token, of {len(known)} that it shows",
            "add the repository to GitGuardian's perimeter, or correct source under [gitguardian]",
        )
    incidents = [incident for one in found for incident in gitguardian.incidents(one.id)]
    return _watch(wanted, found, incidents)


def read_workspace(gitguardian: GitGuardian) -> Workspace:
    """Read what GitGuardian saw in all repositories of the token."""
    hits = tuple(map(_hit_of_incident, gitguardian.incidents()))
    known = gitguardian.sources()
    names = sorted(one.full_name for one in known if not _is_watched(one))
    return Workspace(repositories=len(known), unwatched=tuple(names), hits=hits)


def read_alerts(desk: Desk) -> ForgeAlerts:
    """Read the forge's alerts of secrets, and whether it refuses a push with one."""
    try:
        hits = tuple(map(_hit_of_alert, desk.forge.alerts("secret")))
        return ForgeAlerts(push_protection=desk.forge.push_protection(), hits=hits)
    except FactUnavailable as error:
        remedy = f"{error.remedy}; where its edition has no such alerts, {NOT_ASKED}"
        raise FactUnavailable(error.cause, remedy) from None


def _is_watched(one: Source) -> bool:
    return one.is_monitored is True and one.scan_status == FINISHED


def _watch(name: str, found: list[Source], incidents: list[Incident]) -> Watch:
    """Take repositories of one name, on two forges, as one that is as good as its worse half."""
    told = {one.is_monitored for one in found}
    scans = [one.last_scan for one in found if one.last_scan]
    unfinished = [one.scan_status for one in found if one.scan_status != FINISHED]
    return Watch(
        source=name,
        is_monitored=False if False in told else None if None in told else True,
        last_scan=min(scans) if len(scans) == len(found) else None,
        scan_status=unfinished[0] if unfinished else FINISHED,
        hits=tuple(map(_hit_of_incident, incidents)),
    )


def _hit_of_incident(seen: Incident) -> SecretHit:
    return SecretHit(
        id=f"gitguardian-{seen.id}",
        detector=seen.detector,
        kind=kind_of(seen.detector, seen.category),
        found=seen.seen,
        is_open=seen.is_open,
        closed=seen.closed,
        resolution="" if seen.is_open else " ".join(filter(None, (seen.status, seen.reason))),
        revoked=seen.closed if seen.is_revoked else None,
    )


def _hit_of_alert(seen: Alert) -> SecretHit:
    detector = seen.detector or seen.title
    is_open = seen.resolved is None and seen.resolution is None
    return SecretHit(
        id=f"alert-{seen.id}",
        detector=detector,
        kind=kind_of(detector),
        where=seen.where,
        found=seen.created,
        is_open=is_open,
        closed=seen.resolved,
        resolution=seen.resolution or "",
        revoked=seen.resolved if seen.resolution == REVOKED else None,
    )
