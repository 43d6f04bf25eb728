"""The organisation's file lies beneath the service's: what is inherited, and what is refused."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_orr.errors import FactUnavailable, NeededFileMissing
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.layers import Layered
from pytest_orr.profile.load import load
from pytest_orr.profile.scope import scope_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import ItemSpec
    from pytest_orr.profile.extends import Extends
    from pytest_orr.profile.load import Written

ORG = """\
name = "Platform of Example"

[[people]]
email = "pat@example.org"
name = "Pat"
roles = ["principal-engineer"]

[monitoring]
freshest_minutes = 10

[network]
public_ports = [443]

[gate]
unwaivable = ["network.elb"]
longest_waiver = { blocker = 7 }
"""
FRESHEST = "[monitoring]\nfreshest_minutes = 20\n"
APPROVED = """
[[weakenings]]
key = "monitoring.freshest_minutes"
value = 20
reason = "The old scraper is replaced in December."
approver = "pat@example.org"
on = 2026-11-18
until = 2026-12-31
"""
AS_OF = dt.date(2026, 11, 20)
NAME = 'name = "Org"\n'


def extending(text: str, org: str, *, more: str = "") -> str:
    """Return a profile that extends ``org.toml`` with this content."""
    digest = hashlib.sha256(org.encode()).hexdigest()
    return f'[extends]\npath = "org.toml"\nsha256 = "{digest}"\n\n{text}\n{more}'


@pytest.fixture
def over(loaded: Callable[..., Written], profile_text: str) -> Callable[..., Written]:
    """Load a profile over an organisation's file: ``over("[monitoring]…", org=ORG)``."""

    def write_and_load(more: str = "", *, org: str = ORG, **beside: str) -> Written:
        return loaded(readiness=extending(profile_text, org, more=more), org=org, **beside)

    return write_and_load


@pytest.fixture
def refused(mistakes_in: Callable[..., tuple[str, ...]], profile_text: str) -> Callable[..., str]:
    """Return the one mistake, or all of them on lines, with which a profile is refused."""

    def told(more: str = "", *, org: str = ORG, **beside: str) -> str:
        text = extending(profile_text, org, more=more)
        return "\n".join(mistakes_in(readiness=text, org=org, **beside))

    return told


def test_what_the_service_leaves_out_is_the_organisations(over: Callable[..., Written]) -> None:
    written = over()
    assert written.profile.monitoring.freshest_minutes == 10
    assert written.profile.monitoring.panel_minutes == 5
    assert written.profile.network.public_ports == (443,)
    assert written.policy.gate.longest_waiver.blocker == 7
    assert written.policy.gate.longest_waiver.major == 60
    assert written.policy.gate.unwaivable == ("network.load-balancer.elb",)
    assert written.weakenings == ()


def test_a_stricter_value_is_the_services(over: Callable[..., Written]) -> None:
    policy = '[gate]\nunwaivable = ["operations.restart.backend", "network.load-balancer.elb"]\n'
    written = over("[monitoring]\nfreshest_minutes = 3\n", policy=policy)
    assert written.profile.monitoring.freshest_minutes == 3
    assert len(written.policy.gate.unwaivable) == 2
    assert written.policy.gate.longest_waiver.blocker == 7
    assert written.weakenings == ()


def test_the_organisations_people_may_be_named_and_stand_behind_the_services(
    over: Callable[..., Written], item: ItemSpec
) -> None:
    waiver = (
        f'[[waiver]]\nitem = "{item.id}"\nreason = "r"\nrequester = "ana@example.org"\n'
        'approver = "pat@example.org"\ngranted = 2026-11-19\nexpires = 2026-11-21\n'
    )
    written = over(waivers=waiver)
    assert [one.email for one in written.profile.service.people][-1] == "pat@example.org"
    assert written.profile.has_role("pat@example.org", "principal-engineer")


def test_people_of_both_files_are_known_by_their_own_lines(over: Callable[..., Written]) -> None:
    readiness = over().layers.readiness
    assert isinstance(readiness, Layered)
    emails = {path: str(value) for path, value in readiness.occurrences("service.people.email")}
    told = {email: str(readiness.origin(path)) for path, email in emails.items()}
    assert told["ana@example.org"] == "readiness.toml:10"
    assert told["pat@example.org"] == "org.toml:4"
    assert str(readiness.origin(("nothing",))) == "readiness.toml:1"


def test_both_digests_are_kept(over: Callable[..., Written]) -> None:
    digests = dict(over().digests)
    assert digests["organisation.toml"] == hashlib.sha256(ORG.encode()).hexdigest()
    assert (
        digests["readiness.toml"] == hashlib.sha256(Path("readiness.toml").read_bytes()).hexdigest()
    )


def test_each_value_is_known_by_the_file_and_line_that_wrote_it(
    over: Callable[..., Written],
) -> None:
    layers = over("[monitoring]\npanel_minutes = 4\n").layers
    assert str(layers.origin_of("monitoring.freshest_minutes")) == "org.toml:9"
    assert str(layers.origin_of("monitoring.panel_minutes")) == "readiness.toml:28"
    assert str(layers.origin_of("gate.longest_waiver.blocker")) == "org.toml:16"
    assert str(layers.origin_of("service.name")) == "readiness.toml:6"
    assert layers.origin_of("monitoring.on_call_days") is None
    assert layers.origin_of("gate.longest_waiver.major") is None


def test_a_profile_alone_has_its_own_lines_too(loaded: Callable[..., Written]) -> None:
    layers = loaded().layers
    assert str(layers.origin_of("service.environment")) == "readiness.toml:3"
    assert layers.origin_of("monitoring.freshest_minutes") is None


def test_a_weaker_value_names_both_places_both_values_and_what_to_write(
    refused: Callable[..., str],
) -> None:
    assert refused(FRESHEST) == (
        "readiness.toml:28: `monitoring.freshest_minutes` is 20, weaker than org.toml:9, where it"
        " is 10 (lower is stricter); keep to it, or have it approved in readiness.toml:"
        ' [[weakenings]] key = "monitoring.freshest_minutes", value = 20, reason = "…",'
        ' approver = "…", on = …, until = …'
    )


@pytest.mark.parametrize(
    ("more", "beside", "told"),
    [
        ("[network]\npublic_ports = [80, 443]\n", {}, "`network.public_ports` adds 80, weaker"),
        (
            "",
            {"policy": "[gate]\nunwaivable = []\n"},
            'policy.toml:2: `gate.unwaivable` lacks "network.load-balancer.elb", weaker',
        ),
        (
            "",
            {"policy": "[gate.longest_waiver]\nblocker = 8\n"},
            "policy.toml:2: `gate.longest_waiver.blocker` is 8, weaker than org.toml:16",
        ),
    ],
)
def test_lists_and_the_policy_are_held_against_the_organisations_too(
    refused: Callable[..., str], more: str, beside: dict[str, str], told: str
) -> None:
    assert told in refused(more, **beside)


def test_an_approved_weakening_is_in_force_and_kept_for_every_document(
    over: Callable[..., Written],
) -> None:
    written = over(FRESHEST + APPROVED)
    assert written.profile.monitoring.freshest_minutes == 20
    [shown] = written.weakenings
    assert (shown.key, shown.organisation) == ("monitoring.freshest_minutes", "Platform of Example")
    assert (shown.organisation_value, shown.beneath) == ("10", "org.toml:9")
    assert (shown.value, shown.where) == ("20", "readiness.toml:28")
    assert (shown.approver, shown.on, shown.until) == (
        "pat@example.org",
        "2026-11-18",
        "2026-12-31",
    )


def test_a_list_is_approved_in_any_order_and_by_an_alias(over: Callable[..., Written]) -> None:
    approved = APPROVED.replace("monitoring.freshest_minutes", "network.public_ports")
    approved = approved.replace("value = 20", "value = [443, 80]")
    [shown] = over("[network]\npublic_ports = [80, 443]\n" + approved).weakenings
    assert (shown.value, shown.organisation_value) == ("[80, 443]", "[443]")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "value = 20",
            "value = 15",
            (
                "32: `weakenings.value` is 15, but monitoring.freshest_minutes is 20 now: have that"
                " approved"
            ),
        ),
        (
            "pat@",
            "eve@",
            (
                '34: `weakenings.approver` is "eve@example.org", who is none of the organisation\'s'
                ' people with the role approver or principal-engineer: "pat@example.org"'
            ),
        ),
        (
            "on = 2026-11-18",
            "on = 2026-11-21",
            (
                "35: `weakenings.on` is 2026-11-21, which is in the future"
                " (judged as of 2026-11-20): correct the date, or judge as of a later day"
            ),
        ),
        (
            "until = 2026-12-31",
            "until = 2026-11-19",
            (
                "36: `weakenings.until` is 2026-11-19: it has expired (judged as of 2026-11-20);"
                " keep to the organisation's value, or have it approved again"
            ),
        ),
        (
            "until = 2026-12-31",
            "until = 2027-05-18",
            (
                "36: `weakenings.until` is 2027-05-18: a weakening lasts 180 days at most, until"
                " 2027-05-17"
            ),
        ),
        (
            'freshest_minutes"',
            'panel_minutes"',
            (
                '31: `weakenings.key` is "monitoring.panel_minutes", which is not weaker than the'
                " organisation's: remove it"
            ),
        ),
        (
            'freshest_minutes"',
            'freshest_minute"',
            (
                '31: `weakenings.key` is "monitoring.freshest_minute", which is no limit: did you'
                ' mean "monitoring.freshest_minutes"?'
            ),
        ),
        ("value = 20\n", "", "30: `weakenings.value` is required and missing"),
    ],
)
def test_a_wrong_approval_is_refused_with_its_line(
    refused: Callable[..., str], old: str, new: str, told: str
) -> None:
    assert f"readiness.toml:{told}" in refused(FRESHEST + APPROVED.replace(old, new))


def test_a_weakening_that_ends_before_it_begins_or_is_approved_twice_is_refused(
    refused: Callable[..., str],
) -> None:
    backwards = APPROVED.replace("until = 2026-12-31", "until = 2026-11-17")
    assert "`weakenings.until` is 2026-11-17, before `on` (2026-11-18)" in refused(
        FRESHEST + backwards
    )
    assert '`weakenings.key` is "monitoring.freshest_minutes" again, as in line 31' in refused(
        FRESHEST + APPROVED + APPROVED
    )


def test_on_its_last_day_a_weakening_still_holds(over: Callable[..., Written]) -> None:
    assert over(FRESHEST + APPROVED.replace("2026-12-31", "2026-11-20")).weakenings


def test_without_people_of_the_organisation_the_services_approver_may_approve(
    over: Callable[..., Written], refused: Callable[..., str]
) -> None:
    org = NAME + "[monitoring]\nfreshest_minutes = 10\n"
    assert over(FRESHEST + APPROVED.replace("pat@", "eve@"), org=org).weakenings
    told = refused(FRESHEST + APPROVED.replace("pat@", "bo@"), org=org)
    assert "who is none of the service's people with the role" in told


def test_a_weakening_of_nothing_is_refused(
    mistakes_in: Callable[..., tuple[str, ...]], profile_text: str
) -> None:
    [told] = mistakes_in(readiness=profile_text + APPROVED.replace("pat@", "eve@"))
    assert told.endswith("but there is no [extends]: nothing is weakened; remove it")


@pytest.mark.parametrize(
    ("added", "told"),
    [
        (
            '[extends]\npath = "x"\n',
            (
                "org.toml:2: `extends` stands in an organisation's file, which may extend no other:"
                " one level; write its values here"
            ),
        ),
        (
            '[[endpoints]]\nname = "x"\n',
            (
                "org.toml:2: `endpoints` is each service's own: an organisation's file holds"
                " limits, policy and people; leave it to readiness.toml"
            ),
        ),
        (
            "[scaling]\nsaturation = []\n",
            (
                "org.toml:3: `scaling.saturation` is each service's own: it is no limit; leave it"
                " to readiness.toml"
            ),
        ),
        (
            "[monitoring]\nfreshest_minute = 1\n",
            (
                "org.toml:3: `monitoring.freshest_minute` is no key here: did you mean"
                " `freshest_minutes`?"
            ),
        ),
        (
            '[monitoring]\nfreshest_minutes = "10"\n',
            (
                'org.toml:3: `monitoring.freshest_minutes` is "10" but must be a whole number'
                " without quotes"
            ),
        ),
        (
            '[gate]\nunwaivable = ["network.load"]\n',
            'org.toml:3: `gate.unwaivable` is "network.load", an unknown item',
        ),
        (
            '[[people]]\nemail = "Eve@example.org"\nname = "E"\nroles = ["approver"]\n',
            (
                'readiness.toml:20: `service.people.email` is "eve@example.org", who is one of the'
                " organisation's people already (org.toml:3): remove it here"
            ),
        ),
    ],
)
def test_what_no_organisation_may_set_is_refused_in_its_own_file(
    refused: Callable[..., str], added: str, told: str
) -> None:
    assert told in refused(org=NAME + added)


def test_an_ill_typed_value_of_the_organisation_is_told_though_the_service_sets_its_own(
    refused: Callable[..., str],
) -> None:
    told = refused(FRESHEST, org=NAME + '[monitoring]\nfreshest_minutes = "10"\n')
    assert told.startswith("org.toml:3: ")


def test_an_organisations_file_without_a_name_or_that_is_no_toml_is_refused(
    refused: Callable[..., str],
) -> None:
    assert "org.toml:1: is empty: it needs `name`" in refused(org="")
    assert "org.toml:1: is not valid TOML" in refused(org="name = \n")
    assert "`name` is required and missing" in refused(org="[monitoring]\n")


def test_another_content_than_was_pinned_is_refused(
    mistakes_in: Callable[..., tuple[str, ...]], profile_text: str
) -> None:
    text = extending(profile_text, ORG)
    [told] = mistakes_in(readiness=text, org=ORG + "# changed\n")
    digest = hashlib.sha256((ORG + "# changed\n").encode()).hexdigest()
    assert told == (
        f"readiness.toml:3: `extends.sha256` is not the digest of org.toml, which is {digest}:"
        " read what changed there, then write that digest"
    )


def test_a_file_that_is_not_there_ends_with_what_gets_it(
    loaded: Callable[..., Written], profile_text: str
) -> None:
    text = extending(profile_text, ORG).replace(
        "\nsha256", '\nrepository = "git@example.org:platform.git"\nsha256'
    )
    with pytest.raises(NeededFileMissing) as caught:
        loaded(readiness=text)
    digest = hashlib.sha256(ORG.encode()).hexdigest()
    assert caught.value.exit_code == 4
    assert caught.value.diagnostics() == (
        "org.toml, which readiness.toml:2 extends, is not there. Copy the organisation's file there"
        " from git@example.org:platform.git, or correct path under [extends]: its SHA-256 is"
        f" {digest} (`sha256sum org.toml` prints it)."
    )


def test_a_malformed_reference_is_a_mistake_of_the_profile(
    mistakes_in: Callable[..., tuple[str, ...]], profile_text: str
) -> None:
    told = mistakes_in(readiness=f'[extends]\npath = "org.toml"\n{profile_text}')
    assert told == ("readiness.toml:1: `extends.sha256` is required and missing",)
    short = f'[extends]\npath = "o"\nsha256 = "{"0" * 64}"\ncommit = "0123456"\n'
    assert "must be a whole commit id" in mistakes_in(readiness=short + profile_text)[0]


@pytest.fixture
def pinned(tmp_path: Path, profile_text: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A profile that extends a file of a commit."""
    monkeypatch.chdir(tmp_path)
    text = extending(profile_text, ORG).replace("\nsha256", f'\ncommit = "{"a" * 40}"\nsha256')
    Path("readiness.toml").write_text(text, encoding="utf-8")
    return Path("readiness.toml")


def test_a_file_of_a_commit_is_read_by_whoever_may_ask_git(pinned: Path, item: ItemSpec) -> None:
    def read(extends: Extends, folder: Path) -> bytes:
        assert (extends.path, folder) == ("org.toml", Path())
        return ORG.encode()

    written = load(pinned, items=(item,), as_of=AS_OF, pinned=read)
    assert str(written.layers.origin_of("monitoring.freshest_minutes")) == "aaaaaaaaaaaa:org.toml:9"


def test_a_commit_that_is_not_at_hand_ends_with_the_command_that_gets_it(
    pinned: Path, item: ItemSpec
) -> None:
    def read(_: Extends, __: Path) -> bytes:
        raise FactUnavailable("org has no commit", "get it: `git fetch`")

    with pytest.raises(NeededFileMissing) as caught:
        load(pinned, items=(item,), as_of=AS_OF, pinned=read)
    assert caught.value.diagnostics() == (
        f"org.toml of commit {'a' * 40}, which readiness.toml:2 extends, is not at hand: org has no"
        " commit. get it: `git fetch`."
    )
    with pytest.raises(NeededFileMissing, match="is not read here"):
        load(pinned, items=(item,), as_of=AS_OF)


PROMETHEUS = NAME + (
    '[prometheus]\nurl = "https://prometheus.example.org"\ntoken = { env = "ORG_TOKEN" }\n'
    'node_jobs = ["hosts"]\n'
)


def test_a_server_of_the_organisation_is_everybodys_and_enters_what_facts_are_about(
    over: Callable[..., Written], loaded: Callable[..., Written]
) -> None:
    alone = scope_of(loaded().profile)
    written = over('[prometheus]\nseries = { service = "x" }\n', org=PROMETHEUS)
    prometheus = written.profile.prometheus
    assert prometheus is not None
    assert prometheus.url == "https://prometheus.example.org"
    assert prometheus.token == FromEnvironment(env="ORG_TOKEN")
    assert prometheus.series == {"service": "x"}
    assert scope_of(written.profile) != alone
    assert scope_of(over(org=PROMETHEUS).profile) != scope_of(written.profile)


def test_no_login_of_the_organisation_goes_to_a_server_that_a_service_names(
    over: Callable[..., Written],
) -> None:
    written = over('[prometheus]\nurl = "https://mine.example.org"\n', org=PROMETHEUS)
    prometheus = written.profile.prometheus
    assert prometheus is not None
    assert prometheus.token is None
    assert prometheus.node_jobs == ("hosts",)


def test_a_login_without_a_server_is_for_those_that_name_one(over: Callable[..., Written]) -> None:
    org = NAME + '[grafana]\ntoken = { env = "ORG_GRAFANA" }\n[alertmanager]\nwaking = ["night"]\n'
    assert over(org=org).profile.grafana is None
    assert over(org=org).profile.alertmanager is None
    mine = over('[alertmanager]\nurl = "https://alerts.example.org"\n', org=org)
    assert mine.profile.alertmanager is not None
    assert mine.profile.alertmanager.waking == ("night",)


def test_limits_of_what_a_service_may_lack_hold_where_it_has_one(
    over: Callable[..., Written], refused: Callable[..., str]
) -> None:
    org = NAME + (
        "[provider]\nmost_of_the_plan = 0.5\n[documents]\nfaq_questions = 9\n"
        "[documents.runbook]\nreview_days = 90\n[repository]\nnewest_update_days = 30\n"
    )
    profile = over(org=org).profile
    assert profile.provider is None
    assert profile.documents.runbook is None
    assert profile.documents.faq_questions == 9
    assert profile.code.newest_update_days == 30
    runbook = '[documents.runbook]\npath = "docs/runbook.md"\n'
    found = over(runbook, org=org).profile.documents.runbook
    assert found is not None
    assert found.review_days == 90
    assert "`documents.runbook.review_days` is 91" in refused(
        runbook + "review_days = 91\n", org=org
    )


def test_the_organisations_tokens_come_with_the_hosts_that_a_service_uses(
    over: Callable[..., Written],
) -> None:
    org = NAME + (
        '[evidence]\nhosts = ["wiki.example.org", "docs.example.org"]\n'
        '[evidence.tokens]\n"wiki.example.org" = { env = "WIKI" }\n'
    )
    assert over(org=org).profile.evidence.tokens == {
        "wiki.example.org": FromEnvironment(env="WIKI")
    }
    fewer = over('[evidence]\nhosts = ["docs.example.org"]\n', org=org)
    assert fewer.profile.evidence.tokens == {}


def test_a_mistake_within_inherited_values_is_told_where_it_was_written(
    refused: Callable[..., str],
) -> None:
    org = NAME + '[evidence]\nhosts = ["wiki.example.org"]\n[host_limits]\nfullest_disk = 101\n'
    assert refused(org=org) == (
        "org.toml:5: `host_limits.fullest_disk` is 101 but must be at most 100"
    )


def test_a_path_leads_out_of_the_folder_as_written(
    tmp_path: Path, profile_text: str, item: ItemSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("readiness", "org"):
        Path(folder).mkdir()
    Path("org/org.toml").write_text(ORG, encoding="utf-8")
    text = extending(profile_text, ORG).replace('"org.toml"', '"../org/org.toml"')
    Path("readiness/readiness.toml").write_text(text, encoding="utf-8")
    written = load(Path("readiness/readiness.toml"), items=(item,), as_of=AS_OF)
    assert str(written.layers.origin_of("monitoring.freshest_minutes")) == "org/org.toml:9"


def test_a_key_with_dots_in_its_name_may_be_weakened_as_any_other(
    over: Callable[..., Written], refused: Callable[..., str]
) -> None:
    named = "operations.restart.backend"
    key = f"drills.voided_by.{named}"
    org = f'{NAME}[drills.voided_by]\n"{named}" = ["Makefile", "src/**"]\n'
    own = f'[drills.voided_by]\n"{named}" = ["Makefile"]\n'
    approved = APPROVED.replace("monitoring.freshest_minutes", key)
    approved = approved.replace("value = 20", 'value = ["Makefile"]').replace("pat@", "eve@")
    told = refused(own, org=org)
    assert f'`{key}` lacks "src/**", weaker than org.toml:3' in told
    assert f'[[weakenings]] key = "{key}"' in told
    [weakened] = over(own + approved, org=org).weakenings
    assert (weakened.key, weakened.value) == (key, '["Makefile"]')
