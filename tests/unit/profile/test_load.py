from __future__ import annotations

import datetime as dt
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_orr.errors import InvalidInput, NeededFileMissing
from pytest_orr.profile.load import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import ItemSpec
    from pytest_orr.profile.load import Written

    Load = Callable[..., Written]
    Refuse = Callable[..., tuple[str, ...]]

STATEMENT = """\
[[attestation]]
item = "network.load-balancer.elb"
statement = "One balancer in three zones."
by = "ana@example.org"
confirmed = "bo@example.org"
on = 2026-11-02
until = 2027-01-31
evidence = [{ kind = "capture", ref = "https://example.org/elb", dated = 2026-11-02 }]
"""
WAIVER = """\
[[waiver]]
item = "network.load-balancer.elb"
reason = "The second zone comes next week."
requester = "ana@example.org"
approver = "eve@example.org"
granted = 2026-11-20
expires = 2026-12-04
action = { what = "second zone", owner = "ana@example.org", due = 2026-12-01 }
"""
NOT_APPLICABLE = """\
[[not_applicable]]
item = "network.load-balancer.elb"
reason = "no-such-component"
text = "It has no backend."
approver = "eve@example.org"
on = 2026-11-02
"""
ENDPOINT = """\
[[endpoints]]
name = "pages"
role = "frontend"
url = "https://example.org/"
"""
ACCOUNT = """\
[[aws.accounts]]
id = "123456789012"
regions = ["eu-central-1"]
"""


def _changed(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


def test_a_profile_alone_is_everything_written(loaded: Load, profile_text: str) -> None:
    written = loaded()
    assert written.profile.service.name == "explorer"
    assert (written.statements, written.waivers, written.evidence_files) == ((), (), ())
    assert written.policy.gate.longest_waiver.blocker == 14
    assert written.folder == Path()
    assert written.digests == (
        ("readiness.toml", hashlib.sha256(profile_text.encode()).hexdigest()),
        ("attestations.toml", ""),
        ("waivers.toml", ""),
        ("policy.toml", ""),
        ("review-notes.toml", ""),
    )


def test_the_files_beside_the_profile_are_read(loaded: Load) -> None:
    policy = '[gate]\nunwaivable = ["operations.restart.backend"]\n'
    written = loaded(attestations=STATEMENT, waivers=WAIVER, policy=policy)
    assert [one.by for one in written.statements] == ["ana@example.org"]
    assert [one.expires for one in written.waivers] == [dt.date(2026, 12, 4)]
    assert written.policy.gate.unwaivable == ("operations.restart.backend",)
    assert dict(written.digests)["policy.toml"] == hashlib.sha256(policy.encode()).hexdigest()


def test_empty_files_beside_the_profile_are_no_mistake(loaded: Load) -> None:
    written = loaded(attestations="", waivers="# none\n", policy="")
    assert dict(written.digests)["policy.toml"] == hashlib.sha256(b"").hexdigest()


def test_an_alias_stands_for_its_item_everywhere(loaded: Load, profile_text: str) -> None:
    alias = 'item = "network.elb"'
    named = 'item = "network.load-balancer.elb"'
    written = loaded(
        attestations=_changed(STATEMENT, named, alias),
        waivers=_changed(WAIVER, named, alias),
        policy='[gate]\nunwaivable = ["network.elb"]\n',
    )
    statement = written.statement_on("network.load-balancer.elb")
    assert statement is written.statements[0]
    assert written.statement_on("operations.restart.backend") is None
    assert written.waivers_of("network.load-balancer.elb") == written.waivers
    assert written.waivers_of("operations.restart.backend") == ()
    assert written.policy.gate.unwaivable == ("network.load-balancer.elb",)
    other = loaded(readiness=profile_text + _changed(NOT_APPLICABLE, named, alias), attestations="")
    declared = other.not_applicable("network.load-balancer.elb")
    assert declared is other.profile.not_applicable[0]
    assert other.not_applicable("operations.restart.backend") is None


def test_evidence_is_read_relative_to_the_profile(loaded: Load, tmp_path: Path) -> None:
    (tmp_path / "elb.md").write_bytes(b"seen\n")
    written = loaded(attestations=_changed(STATEMENT, "https://example.org/elb", "elb.md"))
    (found,) = written.evidence_files
    assert (found.ref, found.sha256) == ("elb.md", hashlib.sha256(b"seen\n").hexdigest())


def test_a_profile_that_is_not_there_is_one_paragraph(item: ItemSpec) -> None:
    with pytest.raises(NeededFileMissing) as caught:
        load(Path("nowhere/readiness.toml"), items=(item,), as_of=dt.date(2026, 11, 20))
    assert caught.value.exit_code == 4
    assert caught.value.diagnostics() == (
        "nowhere/readiness.toml is not there. "
        "Create it with `orr init`, or name a profile with --orr-profile."
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "1: is empty: it needs `service` and `release`"),
        (
            "[service]\nname = \n",
            "2: is not valid TOML at column 8: Invalid value",
        ),
        ("[service]\nname = [1,\n", "2: is not valid TOML at the end of the file: Invalid value"),
        (
            'a = "\x1b"\n',
            r"1: is not valid TOML at column 6: Illegal character '\x1b'",
        ),
        (b"a = 1\nb = '\xff'\n", "2: is not UTF-8: byte 0xff at column 6"),
        (
            b"\xef\xbb\xbfa = 1\n",
            "1: starts with a byte order mark: save it as UTF-8 without one",
        ),
        ("a = " + "9" * 5000, "1: holds a number with too many digits"),
        ("a = " + "[" * 5000, "1: is nested too deeply"),
        ("#" * (1024 * 1024 + 1), "1: is larger than 1048576 bytes"),
    ],
    ids=[
        "empty",
        "no-value",
        "unclosed",
        "control",
        "not-utf8",
        "mark",
        "digits",
        "deep",
        "large",
    ],
)
def test_a_file_that_cannot_be_parsed_is_one_mistake(
    mistakes_in: Refuse, content: str | bytes, told: str
) -> None:
    assert mistakes_in(readiness=content) == (f"readiness.toml:{told}",)


def test_a_folder_in_place_of_a_file_cannot_be_read(mistakes_in: Refuse) -> None:
    Path("policy.toml").mkdir()
    assert mistakes_in() == ("policy.toml:1: cannot be read: it is not a regular file",)


def test_a_named_pipe_is_refused_without_waiting_for_it(mistakes_in: Refuse) -> None:
    os.mkfifo("policy.toml")
    assert mistakes_in() == ("policy.toml:1: cannot be read: it is not a regular file",)


def test_a_link_to_nothing_is_not_an_absent_file(mistakes_in: Refuse) -> None:
    Path("policy.toml").symlink_to("gone.toml")
    told = "policy.toml:1: is a symbolic link to a file that is not there"
    assert mistakes_in() == (told,)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'name = "explorer"\n',
            'nmae = "explorer"\n',
            "2: `service.nmae` is no key here: did you mean `name`?",
        ),
        (
            'name = "explorer"\n',
            'name = "explorer"\nzzz = 1\n',
            (
                "3: `service.zzz` is no key here: the keys are "
                "`environment`, `name`, `people`, `repository`"
            ),
        ),
        (
            "[service]\n",
            '[service]\n"a\\u001bb" = 1\n',
            (
                r"2: `service.a\x1bb` is no key here: the keys are `environment`, `name`, "
                "`people`, `repository`"
            ),
        ),
        ('name = "Bo"\n', "", "10: `service.people.name` is required and missing"),
        (
            'name = "explorer"',
            'name = " "',
            '2: `service.name` is " " but must be text that is not empty',
        ),
        (
            'name = "explorer"',
            "name = true",
            "2: `service.name` is true but must be text in quotes",
        ),
        ('name = "explorer"', "name = 7", "2: `service.name` is 7 but must be text in quotes"),
        (
            'name = "explorer"',
            "name = 07:30:00",
            "2: `service.name` is 07:30:00 but must be text in quotes",
        ),
        (
            'roles = ["security"]',
            'roles = ["securty"]',
            (
                '13: `service.people.roles` is "securty" but must be one of "security", "service", '
                '"platform", "product", "support", "principal-engineer", "approver"'
            ),
        ),
        (
            'roles = ["security"]',
            "roles = []",
            (
                "13: `service.people.roles` is an empty list "
                "but must be a list with at least one entry"
            ),
        ),
        (
            'roles = ["security"]',
            'roles = "security"',
            (
                '13: `service.people.roles` is "security" but must be a list: '
                "write `[…]` around the values"
            ),
        ),
        (
            'email = "bo@example.org"',
            'email = "Bo"',
            (
                '11: `service.people.email` is "Bo" but must be an e-mail address of plain'
                " characters, such as ana@example.org"
            ),
        ),
        (
            'email = "bo@example.org"',
            'email = "Ana@example.org"',
            (
                '11: `service.people.email` is "Ana@example.org" again, as in line 6'
                ": remove one of the two"
            ),
        ),
        (
            'commit = "4f2a9c1d0e"',
            'commit = "v1.2"',
            (
                '21: `release.commit` is "v1.2" but must be a commit id: '
                "7 to 64 of the characters 0-9 and a-f"
            ),
        ),
        (
            'commit = "4f2a9c1d0e"',
            'commit = "4f2a9c1d0e"\nfirst = "yes"',
            '22: `release.first` is "yes" but must be true or false, without quotes',
        ),
        (
            "[release]",
            "[[release]]",
            "20: `release` is a list but must be one table: write `[release]`, not `[[release]]`",
        ),
        (
            "[service]\n",
            'aws = "eu"\n[service]\n',
            '1: `aws` is "eu" but must be one table: write `[aws]`',
        ),
    ],
)
def test_a_mistake_in_the_profile_names_line_key_value_and_what_is_valid(
    mistakes_in: Refuse, profile_text: str, old: str, new: str, told: str
) -> None:
    assert mistakes_in(readiness=_changed(profile_text, old, new)) == (f"readiness.toml:{told}",)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (
            "[aws]\nacounts = []\n",
            "23: `aws.acounts` is no key here: did you mean `accounts`?",
        ),
        (
            '[aws.accounts]\nid = "123456789012"\nregions = ["eu-central-1"]\n',
            (
                "22: `aws.accounts` is a table but must be a list of tables: "
                "write `[[aws.accounts]]`, not `[aws.accounts]`"
            ),
        ),
        (
            _changed(ACCOUNT, '"123456789012"', '"12345"'),
            (
                '23: `aws.accounts.id` is "12345" but must be an AWS account id: '
                "twelve digits in quotes"
            ),
        ),
        (
            _changed(ACCOUNT, "eu-central-1", "Frankfurt"),
            (
                '24: `aws.accounts.regions` is "Frankfurt" but must be an AWS region, '
                "such as eu-central-1"
            ),
        ),
        (
            ACCOUNT + ACCOUNT,
            '26: `aws.accounts.id` is "123456789012" again, as in line 23: remove one of the two',
        ),
        (
            ACCOUNT + "[aws.resources]\ntags = 3\n",
            "26: `aws.resources.tags` is 3 but must be one table: write `[aws.resources.tags]`",
        ),
        (
            "[network]\npublic_ports = [443, 0]\n",
            "23: `network.public_ports` is 0 but must be at least 1",
        ),
        (
            "[network]\npublic_ports = [443, 70000]\n",
            "23: `network.public_ports` is 70000 but must be at most 65535",
        ),
        (
            '[network]\nminimum_zones = "2"\n',
            '23: `network.minimum_zones` is "2" but must be a whole number without quotes',
        ),
        (
            f"[network]\nwidest_ipv4_prefix = 0x{'f' * 5000}\n",
            "23: `network.widest_ipv4_prefix` is a very large number but must be at most 32",
        ),
        (
            _changed(ENDPOINT, "https://example.org/", "example.org"),
            (
                '25: `endpoints.url` is "example.org" but must be a URL '
                "that begins with http:// or https:// and has no spaces"
            ),
        ),
        (
            ENDPOINT + 'ca = { env = "NOT A NAME" }\n',
            (
                '26: `endpoints.ca.env` is "NOT A NAME" but must be the name of an environment '
                "variable, such as EXPLORER_CA"
            ),
        ),
        (
            ENDPOINT + "ca = { evn = 1 }\n",
            "26: `endpoints.ca.evn` is no key here: did you mean `env`?",
        ),
        (ENDPOINT + "connect = 1\n", "26: `endpoints.connect` is 1 but must be text in quotes"),
        (
            ENDPOINT + ENDPOINT,
            '27: `endpoints.name` is "pages" again, as in line 23: remove one of the two',
        ),
        (
            NOT_APPLICABLE + NOT_APPLICABLE,
            (
                '29: `not_applicable.item` is "network.load-balancer.elb" again, as in line 23'
                ": remove one of the two"
            ),
        ),
        (
            _changed(NOT_APPLICABLE, "eve@", "evi@"),
            (
                '26: `not_applicable.approver` is "evi@example.org", who is not among '
                '`service.people`: did you mean "eve@example.org"?'
            ),
        ),
        (
            _changed(NOT_APPLICABLE, "2026-11-02", "2027-01-01"),
            (
                "27: `not_applicable.on` is 2027-01-01, which is in the future "
                "(judged as of 2026-11-20): correct the date, or judge as of a later day"
            ),
        ),
        (
            _changed(NOT_APPLICABLE, "elb", "nlb"),
            (
                '23: `not_applicable.item` is "network.load-balancer.nlb", an unknown item: '
                'did you mean "network.load-balancer.elb"?'
            ),
        ),
    ],
)
def test_a_mistake_in_an_optional_table_names_line_key_value_and_what_is_valid(
    mistakes_in: Refuse, profile_text: str, more: str, told: str
) -> None:
    assert mistakes_in(readiness=profile_text + more) == (f"readiness.toml:{told}",)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "[[attestation]]",
            "[attestation]",
            (
                "1: `attestation` is a table but must be a list of tables: "
                "write `[[attestation]]`, not `[attestation]`"
            ),
        ),
        (
            'item = "network.load-balancer.elb"',
            "item = 7",
            "2: `attestation.item` is 7 but must be text in quotes",
        ),
        (
            "[[attestation]]",
            "[[attestations]]",
            "1: `attestations` is no key here: did you mean `attestation`?",
        ),
        ('by = "ana@example.org"\n', "", "1: `attestation.by` is required and missing"),
        (
            "load-balancer.elb",
            "load-balancer.elbs",
            (
                '2: `attestation.item` is "network.load-balancer.elbs", an unknown item: '
                'did you mean "network.load-balancer.elb"?'
            ),
        ),
        (
            "network.load-balancer.elb",
            "zzz",
            '2: `attestation.item` is "zzz", an unknown item: `orr catalogue` lists them',
        ),
        (
            "One balancer in three zones.",
            "",
            '3: `attestation.statement` is "" but must be text that is not empty',
        ),
        (
            'by = "ana@',
            'by = "anna@',
            (
                '4: `attestation.by` is "anna@example.org", who is not among `service.people`: '
                'did you mean "ana@example.org"?'
            ),
        ),
        (
            "bo@example.org",
            "x\\u001b[31m@y",
            (
                r'5: `attestation.confirmed` is "x\x1b[31m@y" but must be an e-mail address of'
                " plain characters, such as ana@example.org"
            ),
        ),
        (
            "on = 2026-11-02",
            'on = "2026-11-02"',
            (
                '6: `attestation.on` is "2026-11-02" but must be a date without quotes, '
                "such as 2026-11-02"
            ),
        ),
        (
            "on = 2026-11-02",
            "on = 2026-11-02T10:00:00",
            (
                "6: `attestation.on` is 2026-11-02T10:00:00 but must be a date without quotes, "
                "such as 2026-11-02"
            ),
        ),
        (
            "on = 2026-11-02",
            "on = 2027-01-01",
            (
                "6: `attestation.on` is 2027-01-01, which is in the future"
                " (judged as of 2026-11-20): correct the date, or judge as of a later day"
            ),
        ),
        (
            "until = 2027-01-31",
            "until = 2026-11-01",
            (
                "7: `attestation.until` is 2026-11-01, before `on` (2026-11-02)"
                ": correct one of the two"
            ),
        ),
        (
            "until = 2027-01-31",
            'until = 2027-01-31\nrelease = "latest"',
            (
                '8: `attestation.release` is "latest" but must be "any" or a commit id: '
                "7 to 64 of the characters 0-9 and a-f"
            ),
        ),
        (
            'kind = "capture"',
            'kind = "picture"',
            (
                '8: `attestation.evidence.kind` is "picture" but must be one of "capture", '
                '"commit", "report", "log", "drill", "decision", "roster", "table", "link", '
                '"ticket"'
            ),
        ),
        (
            "dated = 2026-11-02",
            "dated = 2026-11-21",
            (
                "8: `attestation.evidence.dated` is 2026-11-21, which is in the future "
                "(judged as of 2026-11-20): correct the date, or judge as of a later day"
            ),
        ),
        (
            "dated = 2026-11-02",
            'dated = 2026-11-02, sha256 = "ABC"',
            (
                '8: `attestation.evidence.sha256` is "ABC" but must be a SHA-256 digest: '
                "64 of the characters 0-9 and a-f, as sha256sum prints it"
            ),
        ),
        (
            '[{ kind = "capture", ref = "https://example.org/elb", dated = 2026-11-02 }]',
            '{ kind = "capture" }',
            (
                "8: `attestation.evidence` is a table but must be a list of tables: "
                "write `evidence = [{ key = value, … }]`"
            ),
        ),
        (
            '[{ kind = "capture", ref = "https://example.org/elb", dated = 2026-11-02 }]',
            '["elb.md"]',
            (
                '8: `attestation.evidence` is "elb.md" but must be one table: '
                "write `{ key = value, … }` for each entry"
            ),
        ),
    ],
)
def test_a_mistake_in_a_statement_names_line_key_value_and_what_is_valid(
    mistakes_in: Refuse, old: str, new: str, told: str
) -> None:
    found = mistakes_in(attestations=_changed(STATEMENT, old, new))
    assert found == (f"attestations.toml:{told}",)


@pytest.mark.parametrize("again", [STATEMENT, STATEMENT.replace("load-balancer.", "")])
def test_a_second_statement_on_an_item_is_a_mistake_under_an_alias_too(
    mistakes_in: Refuse, again: str
) -> None:
    (told,) = mistakes_in(attestations=STATEMENT + again)
    assert told.startswith("attestations.toml:10: `attestation.item` is ")
    assert told.endswith(" again, as in line 2: remove one of the two")


def test_a_statement_that_is_no_table_is_one_mistake(mistakes_in: Refuse) -> None:
    assert mistakes_in(attestations='attestation = ["network.load-balancer.elb"]\n') == (
        (
            'attestations.toml:1: `attestation` is "network.load-balancer.elb" '
            "but must be one table: write `{ key = value, … }` for each entry"
        ),
    )


def test_a_repeat_in_one_line_is_a_mistake(mistakes_in: Refuse, profile_text: str) -> None:
    one = '{ id = "123456789012", regions = ["eu-central-1"] }'
    assert mistakes_in(readiness=f"aws.accounts = [{one}, {one}]\n{profile_text}") == (
        (
            'readiness.toml:1: `aws.accounts.id` is "123456789012" again, as in line 1'
            ": remove one of the two"
        ),
    )


def test_an_item_both_answered_and_not_applicable_is_a_contradiction(
    mistakes_in: Refuse, profile_text: str
) -> None:
    found = mistakes_in(readiness=profile_text + NOT_APPLICABLE, attestations=STATEMENT)
    assert found == (
        (
            'attestations.toml:2: `attestation.item` is "network.load-balancer.elb", which '
            "readiness.toml:23 says does not apply: keep one of the two"
        ),
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "expires = 2026-12-04",
            "expires = 2026-11-19",
            (
                "7: `waiver.expires` is 2026-11-19, before `granted` (2026-11-20)"
                ": correct one of the two"
            ),
        ),
        (
            "granted = 2026-11-20",
            "granted = 2026-11-21",
            (
                "6: `waiver.granted` is 2026-11-21, which is in the future"
                " (judged as of 2026-11-20): correct the date, or judge as of a later day"
            ),
        ),
        (
            'requester = "ana@',
            'requester = "an@',
            (
                '4: `waiver.requester` is "an@example.org", who is not among `service.people`: '
                'did you mean "ana@example.org"?'
            ),
        ),
        (
            'approver = "eve@example.org"',
            'approver = "eve"',
            (
                '5: `waiver.approver` is "eve" but must be an e-mail address of plain'
                " characters, such as ana@example.org"
            ),
        ),
        (
            'owner = "ana@',
            'owner = "ina@',
            (
                '8: `waiver.action.owner` is "ina@example.org", who is not among `service.people`: '
                'did you mean "ana@example.org"?'
            ),
        ),
    ],
)
def test_a_mistake_in_a_waiver_names_line_key_value_and_what_is_valid(
    mistakes_in: Refuse, old: str, new: str, told: str
) -> None:
    assert mistakes_in(waivers=_changed(WAIVER, old, new)) == (f"waivers.toml:{told}",)


def test_a_statement_and_a_waiver_may_hold_for_a_single_day(loaded: Load) -> None:
    written = loaded(
        attestations=_changed(STATEMENT, "until = 2027-01-31", "until = 2026-11-02"),
        waivers=_changed(WAIVER, "expires = 2026-12-04", "expires = 2026-11-20"),
    )
    assert [one.until for one in written.statements] == [dt.date(2026, 11, 2)]
    assert [one.expires for one in written.waivers] == [dt.date(2026, 11, 20)]


def test_two_waivers_of_one_item_need_two_resources(loaded: Load, mistakes_in: Refuse) -> None:
    for_one = WAIVER + 'resource = "arn:one"\n'
    assert len(loaded(waivers=WAIVER + for_one).waivers) == 2
    assert mistakes_in(waivers=WAIVER + for_one + for_one) == (
        (
            'waivers.toml:19: `waiver.item` is "network.load-balancer.elb" again, as in line 10'
            ": remove one of the two"
        ),
    )


def test_a_mistake_in_the_policy_names_line_key_value_and_what_is_valid(
    mistakes_in: Refuse,
) -> None:
    policy = '[gate]\nunwaivable = [\n"operations.restart.frontend"]\nlongest_waiver.minor = 0\n'
    assert mistakes_in(policy=policy) == (
        (
            'policy.toml:3: `gate.unwaivable` is "operations.restart.frontend", an unknown item: '
            'did you mean "operations.restart.backend"?'
        ),
        "policy.toml:4: `gate.longest_waiver.minor` is 0 but must be at least 1",
    )


def test_all_mistakes_of_all_files_are_told_at_once_by_file_and_line(
    mistakes_in: Refuse, profile_text: str
) -> None:
    found = mistakes_in(
        readiness=_changed(profile_text, "[release]", "[release]\nfirst = 1\ncomit = 1"),
        attestations=STATEMENT.replace("2026-11-02", "2027-11-02"),
        waivers="[[waiver]\n",
        policy="gate = []\n",
    )
    assert [told.split(" ", 1)[0] for told in found] == [
        "attestations.toml:6:",
        "attestations.toml:7:",
        "attestations.toml:8:",
        "policy.toml:1:",
        "readiness.toml:21:",
        "readiness.toml:22:",
        "waivers.toml:1:",
    ]


def test_a_broken_profile_does_not_make_everybody_unknown(
    mistakes_in: Refuse, profile_text: str
) -> None:
    broken = _changed(profile_text, 'email = "bo@example.org"', 'mail = "bo@example.org"')
    assert mistakes_in(readiness=broken, attestations=STATEMENT) == (
        "readiness.toml:11: `service.people.mail` is no key here: did you mean `email`?",
    )


def test_files_are_named_as_the_caller_named_the_profile(loaded: Load, item: ItemSpec) -> None:
    loaded()
    folder = Path("service")
    folder.mkdir()
    Path("readiness.toml").rename(folder / "readiness.toml")
    (folder / "policy.toml").write_text("x = 1\n")
    with pytest.raises(InvalidInput) as caught:
        load(folder / "readiness.toml", items=(item,), as_of=dt.date(2026, 11, 20))
    assert caught.value.diagnostics() == (
        "1 mistake in what was written:\n"
        "  service/policy.toml:1: `x` is no key here: the keys are `gate`, `signoff`"
    )
