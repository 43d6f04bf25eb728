"""``orr attest``: by flags, and typed; what would be refused is told, and nothing is written."""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.publish.files import put_aside

if TYPE_CHECKING:
    from collections.abc import Callable

ID = "demo.area.one"
LINK = "https://wiki.example.org/one"
FLAGS = ("--by", "ana@example.org", "--statement", "It is so.", "--yes")
EVIDENCE = ("--evidence", f"link={LINK}@2026-11-19")
MANUAL = "@pytest.mark.manual\n"
ASKED = "attestation"
DAY = dt.date(2026, 11, 20)
TYPED = ("", "It is so.", LINK, "today", "", "", "no", "y")
"""Who, answer, evidence, its date, no more, until when, not for what is unknown, yes."""


@pytest.fixture
def one(item: Callable[..., str]) -> Callable[..., str]:
    """Return the source of one item that a person answers: ``one(severity="blocker")``."""

    def make(item_id: str = ID, *, kind: str = "link", void: str = "", **more: Any) -> str:
        asks = {"asks": "endpoints, attestation", **more}
        text = item(item_id, "assert endpoints\nassert attestation", marks=MANUAL, **asks)
        text = text.replace('evidence="link"', f'evidence="{kind}"')
        return text.replace(
            "valid_for=90", f'valid_for=90, void="{void}"' if void else "valid_for=90"
        )

    return make


def test_flags_answer_every_question(answering: Any, one: Any) -> None:
    place = answering(one(), attestations="# Ours.\n")
    said = place.orr("attest", ID, *FLAGS, *EVIDENCE)
    assert (said.status, said.err) == (0, "")
    assert "Written to readiness/attestations.toml." in said.lines
    assert place.file().read_text(encoding="utf-8").startswith("# Ours.\n\n[[attestation]]\n")
    assert place.written() == {
        "attestation": [
            {
                "item": ID,
                "statement": "It is so.",
                "by": "ana@example.org",
                "on": DAY,
                "until": DAY + dt.timedelta(days=90),
                "evidence": [{"kind": "link", "ref": LINK, "dated": dt.date(2026, 11, 19)}],
            }
        ]
    }


def test_everything_that_is_missing_is_named_where_nobody_can_be_asked(
    answering: Any, one: Any
) -> None:
    place = answering(one())
    said = place.orr("attest", ID)
    assert said.status == 4
    assert "needs --by, --statement, --evidence KIND=REF@DATE, --yes where nobody" in said.err
    assert place.written() == {}


def test_the_policys_fewer_days_bound_an_answer(answering: Any, one: Any) -> None:
    place = answering(one())
    place.file("policy.toml").write_text(f'[gate.valid_for]\n"{ID}" = 10\n', encoding="utf-8")
    said = place.orr("attest", ID, *FLAGS, *EVIDENCE, "--until", "2026-12-02")
    assert said.status == 4
    assert "is too late: 10 days are allowed, to 2026-11-30." in said.err


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--by", "zoe@example.org"), '"zoe@example.org" is not among service.people of'),
        (("--by", "bo@example.org"), "has not the role service. Who has it: ana@example.org, cy@"),
        (("--until", "2027-02-19"), "is too late: 90 days are allowed, to 2027-02-18."),
        (("--until", "2026-11-19"), "2026-11-19 has passed: today is 2026-11-20."),
        (("--until", "soon"), '"soon" is no day; write 2026-11-20, or today.'),
        (("--on", "2026-11-21"), "--on: 2026-11-21 is in the future: today is 2026-11-20."),
        (("--confirm", "Ana@example.org"), "Who answers cannot confirm: name a second person"),
        (("--evidence", f"link={LINK}"), "has no date of the fact; write KIND=REF@DATE."),
        (("--evidence", "x"), '"x" is not KIND=REF@DATE, such as link='),
        (("--evidence", "page=x@today"), '"page" is no kind: the kinds are commit, report,'),
        (("--evidence", "link=http://x@today"), "is not a link that begins with https://"),
        (("--evidence", "report=x.md@today"), "x.md is not there: it is looked for beside"),
    ],
)
def test_what_cannot_be_taken_is_told_by_its_flag(
    answering: Any, one: Any, flags: tuple[str, ...], told: str
) -> None:
    place = answering(one())
    said = place.orr("attest", ID, *FLAGS, *EVIDENCE, *flags)
    assert said.status == 4
    assert told in said.err
    assert "Nothing was written." in said.err
    assert place.written() == {}


def test_what_a_run_would_refuse_is_refused_before_anything_is_written(
    answering: Any, one: Any
) -> None:
    place = answering(one(kind="report"))
    said = place.orr("attest", ID, *FLAGS, *EVIDENCE)
    assert said.status == 22
    assert "Nothing was written, as a run would refuse it:" in said.err
    assert "its evidence has no report; add evidence of the kind report" in said.err
    assert place.written() == {}


def test_an_unknown_item_is_told_with_the_nearest(answering: Any, one: Any) -> None:
    said = answering(one()).orr("attest", "demo.area.won")
    assert (said.status, said.lines) == (22, [])
    assert f'no item has the id "demo.area.won": did you mean "{ID}"?' in said.err


def test_a_file_gets_its_digest_wherever_it_is_named_from(answering: Any, one: Any) -> None:
    place = answering(one(kind="report"))
    content = b"42 requests per second\n"
    place.file("load.md").write_bytes(content)
    for ref in ("load.md", "readiness/load.md"):
        place.orr("attest", ID, *FLAGS, "--evidence", f"report={ref}@today", "--again")
        (piece,) = place.written()["attestation"][0]["evidence"]
        digest = hashlib.sha256(content).hexdigest()
        assert piece == {"kind": "report", "ref": "load.md", "sha256": digest, "dated": DAY}


def test_a_statement_is_bound_to_what_voids_it(answering: Any, one: Any) -> None:
    place = answering(one(void="machines"))
    said = place.orr("attest", ID, *FLAGS, *EVIDENCE, "--machines", "m6i.large, m6i.xlarge")
    assert said.status == 0
    (written,) = place.written()["attestation"]
    assert written["release"] == "0123456789abcdef0123456789abcdef01234567"
    assert written["machines"] == ["m6i.large", "m6i.xlarge"]


def test_a_statement_stands_for_what_is_unknown_only_if_it_says_so(
    answering: Any, one: Any
) -> None:
    place = answering(one())
    place.orr("attest", ID, *FLAGS, *EVIDENCE, "--covers", "unknown")
    assert place.written()["attestation"][0]["covers"] == "unknown"
    place.orr("attest", ID, *FLAGS, *EVIDENCE, "--covers", "question", "--again")
    assert "covers" not in place.written()["attestation"][0]


def test_another_statement_is_put_in_the_place_of_one_only_when_asked(
    answering: Any, one: Any
) -> None:
    place = answering(one())
    place.orr("attest", ID, *FLAGS, *EVIDENCE)
    before = place.file().read_bytes()
    said = place.orr("attest", ID, *FLAGS, *EVIDENCE, "--statement", "It is otherwise.")
    assert said.status == 4
    assert "ana@example.org stated on 2026-11-20, until 2027-02-18:" in said.lines
    assert "--again puts another in its place." in said.err
    assert place.file().read_bytes() == before
    place.orr("attest", ID, *FLAGS, *EVIDENCE, "--statement", "It is otherwise.", "--again")
    assert [one["statement"] for one in place.written()["attestation"]] == ["It is otherwise."]


def test_a_blocker_waits_for_a_second_person_who_is_never_its_author(
    answering: Any, one: Any
) -> None:
    place = answering(one(severity="blocker"))
    said = place.orr("attest", ID, *FLAGS, *EVIDENCE)
    assert said.status == 0
    who = "eve@example.org or cy@example.org"
    assert f"It stays pending until {who}" in " ".join(said.out.split())
    said = place.orr("attest", ID, "--confirm", "ana@example.org", "--yes")
    assert said.status == 22
    assert "ana@example.org cannot confirm it; can: eve@example.org, cy@example.org" in said.err
    said = place.orr("attest", ID, "--confirm", "cy@example.org", "--yes")
    assert said.status == 0
    assert "  It is so." in said.lines
    keys = list(place.written()["attestation"][0])
    assert keys[2:4] == ["by", "confirmed"]
    said = place.orr("attest", ID, "--confirm", "cy@example.org", "--yes")
    assert said.status == 4
    assert "waits for no second person: the statement is in force until 2027-02-18" in said.err


def test_who_confirms_can_be_named_with_the_statement(answering: Any, one: Any) -> None:
    place = answering(one(severity="blocker"))
    said = place.orr("attest", ID, *FLAGS, *EVIDENCE, "--confirm", "cy@example.org")
    assert said.status == 0
    assert "stays pending" not in said.out
    assert place.written()["attestation"][0]["confirmed"] == "cy@example.org"


def test_to_confirm_without_a_terminal_needs_a_name_and_a_yes(answering: Any, one: Any) -> None:
    place = answering(one(severity="blocker"))
    place.orr("attest", ID, *FLAGS, *EVIDENCE)
    said = place.orr("attest", ID, "--confirm")
    assert said.status == 4
    assert "needs --confirm EMAIL, --yes where nobody can be asked" in said.err


def test_what_does_not_apply_is_not_answered_too(answering: Any, one: Any) -> None:
    place = answering(one())
    with place.file("readiness.toml").open("a", encoding="utf-8") as opened:
        opened.write(
            f'[[not_applicable]]\nitem = "{ID}"\nreason = "not-public"\ntext = "It is not."\n'
            'approver = "eve@example.org"\non = 2026-11-01\n'
        )
    said = place.orr("attest", ID, *FLAGS, *EVIDENCE)
    assert said.status == 22
    assert f"readiness.toml says that {ID} does not apply" in said.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name one item, or give --next"),
        ((ID, "--next"), "name one item, or give --next"),
        ((ID, "--list"), "--list goes with --next"),
        (("--next", "--yes"), "--next asks one question after the other"),
        (("--next",), "--next asks on a terminal"),
    ],
)
def test_what_means_nothing_together_is_told(
    answering: Any, one: Any, arguments: tuple[str, ...], told: str
) -> None:
    said = answering(one()).orr("attest", *arguments)
    assert (said.status, said.out) == (4, "")
    assert told in said.err


def test_a_folder_without_a_suite_is_told(answering: Any, one: Any) -> None:
    place = answering(one())
    said = place.orr("attest", ID, "--suite", "elsewhere")
    assert said.status == 4
    assert said.err.startswith("elsewhere/suite.lock is not there. A suite is at ")


def test_a_phase_that_is_none_is_told(answering: Any, one: Any) -> None:
    place = answering(one())
    place.patch.setenv("ORR_PHASE", "lunch")
    said = place.orr("attest", "--next", "--list")
    assert (said.status, "not 'lunch'" in said.err) == (4, True)


def test_a_day_that_is_none_is_told(answering: Any, one: Any) -> None:
    place = answering(one())
    with pytest.raises(SystemExit) as ended:
        place.orr("attest", ID, "--as-of", "tomorrow")
    assert ended.value.code == 4


def test_a_careful_person_is_asked_once_for_everything(answering: Any, one: Any) -> None:
    place = answering(one())
    said = place.typing(*TYPED, to=("attest", ID))
    assert said.status == 0, said.err
    assert "Who answers (e-mail) [ana@example.org]: " in said.lines
    assert "Valid until [2027-02-18]: " in said.lines
    assert place.written()["attestation"][0]["by"] == "ana@example.org"


def test_a_wrong_answer_is_asked_for_again(answering: Any, one: Any) -> None:
    place = answering(one())
    answers = ("zoe@x", "ANA@example.org", "It is so.", "http://x", LINK, "", "2026-12-01")
    more = ("2026-11-01", "link=x", f"link={LINK}?more@today", "", "2028-01-01", "2027-01-31")
    said = place.typing(*answers, *more, "maybe", "yes", "y", to=("attest", ID))
    assert said.status == 0, said.err
    for told in ('"zoe@x" is not among', "is in the future", "is too late", "Please say yes or no"):
        assert told in said.out
    (written,) = place.written()["attestation"]
    assert [one["ref"] for one in written["evidence"]] == [LINK, f"{LINK}?more"]
    assert (written["until"], written["covers"]) == (dt.date(2027, 1, 31), "unknown")


def test_enter_everywhere_writes_nothing_and_ends(answering: Any, one: Any) -> None:
    place = answering(one())
    said = place.typing(*[""] * 4, to=("attest", ID))
    assert said.status == 4
    assert (
        "Answer needs an answer. Come back when you have it, or give it as --statement" in said.err
    )
    said = place.typing("", "It is so.", LINK, "today", *[""] * 9, to=("attest", ID))
    assert (said.status, "Nothing was written." in said.err) == (2, True)
    assert place.written() == {}


@pytest.mark.parametrize(
    ("at", "key"), [*((at, KeyboardInterrupt) for at in range(len(TYPED))), (3, EOFError)]
)
def test_leaving_at_any_question_leaves_nothing_half_written(
    answering: Any, one: Any, at: int, key: type[BaseException]
) -> None:
    place = answering(one())
    said = place.typing(*TYPED[:at], key, to=("attest", ID))
    assert said.status == 2
    assert "Stopped; nothing was written for this." in said.err
    assert {path.name for path in place.repository.suite.iterdir()} >= {"attestations.toml"}
    assert place.file().read_bytes() == b""


def test_ctrl_c_between_two_questions_ends_like_ctrl_c_at_one(answering: Any, one: Any) -> None:
    place = answering(one())

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    place.patch.setattr("pytest_orr.cli.answering.with_table", interrupted)
    said = place.typing(*TYPED, to=("attest", ID))
    assert (said.status, "Stopped; what was not agreed to is not written." in said.err) == (2, True)
    assert place.file().read_bytes() == b""


def test_whoever_has_no_readline_types_all_the_same(answering: Any, one: Any) -> None:
    place = answering(one())
    place.patch.setitem(sys.modules, "readline", None)
    assert place.typing(*TYPED, to=("attest", ID)).status == 0


def test_nothing_is_there_to_be_confirmed_before_it_is_said(answering: Any, one: Any) -> None:
    place = answering(one(severity="blocker"))
    said = place.orr("attest", ID, "--confirm", "eve@example.org", "--yes")
    assert said.status == 4
    assert "needs --by, --statement, --evidence KIND=REF@DATE where nobody" in said.err


def test_what_is_missing_still_is_told(answering: Any, one: Any) -> None:
    place = answering(one(severity="blocker").replace("@pytest.mark.manual", ""))
    policy = '[gate]\nauthorship = "proven"\n'
    place.file("policy.toml").write_text(policy, encoding="utf-8")
    flags = ("--statement", "One.\nTwo.", "--covers", "unknown", "--release", "0123456")
    said = place.orr("attest", ID, *FLAGS, *EVIDENCE, *flags, "--by", "cy@example.org")
    told = " ".join(said.out.split())
    assert said.status == 0, said.err
    assert "A machine decides this; an answer stands only for what it could not see." in told
    assert "Let cy@example.org commit it, so that the review can tell who said it." in told
    assert "whoever says or confirms it commits it themselves, signed." in told
    said = place.typing("n", to=("attest", ID))
    assert said.status == 2
    for line in (
        "  One.",
        "  Two.",
        "  for release 0123456",
        "  It stands for what the machine could not see, too.",
        f"A second person confirms it by `orr attest {ID} --confirm`.",
    ):
        assert line in said.lines


def test_a_file_that_cannot_be_written_is_told_before_anything_is_asked(
    answering: Any, one: Any
) -> None:
    place = answering(one())
    place.file().rename(place.file("elsewhere.toml"))
    place.file().symlink_to("elsewhere.toml")
    said = place.typing(to=("attest", ID))
    assert said.status == 22
    assert "attestations.toml: is a symbolic link; change the file that it leads to" in said.err


def test_q_leaves(answering: Any, one: Any) -> None:
    place = answering(one())
    said = place.typing("q", to=("attest", ID))
    assert (said.status, said.err) == (2, "Nothing was written for this.\n")


DRILL = """\
items = ["demo.area.one"]
by = "ana@example.org"
author = "cy@example.org"
environment = "production"
release = "0123456"
started = 2026-11-11T01:30:00+02:00
minutes = 4
succeeded = true
happened = "It was restarted."
lost = "nothing"
"""


def test_records_of_drills_are_offered_and_say_their_day_of_utc(answering: Any, one: Any) -> None:
    place = answering(one(kind="drill", severity="blocker"))
    said = place.typing("", "It is so.", "q", to=("attest", ID))
    assert "No record in drills/ names this item" in said.out
    place.file("drills").mkdir()
    place.file("drills/2026-11-10.toml").write_text(DRILL, encoding="utf-8")
    said = place.typing("", "It is so.", "1", "", "", "n", "", "y", to=("attest", ID))
    assert said.status == 0, said.err
    assert "  1  drills/2026-11-10.toml: 2026-11-10, by ana@example.org, went well" in said.lines
    (piece,) = place.written()["attestation"][0]["evidence"]
    assert piece["dated"] == dt.date(2026, 11, 10)
    assert piece["sha256"] == hashlib.sha256(DRILL.encode()).hexdigest()


def test_a_statement_of_something_void_tells_to_what_it_is_bound(answering: Any, one: Any) -> None:
    place = answering(one(void="commit"))
    said = place.typing(*TYPED[:6], "", "n", "y", to=("attest", ID))
    assert said.status == 0, said.err
    assert "It is void after a new commit, so it is bound to a commit." in said.lines
    assert place.written()["attestation"][0]["release"].startswith("0123456")


def test_what_the_last_run_saw_is_shown_and_is_not_changed_by_a_statement(
    answering: Any, one: Any
) -> None:
    place = answering(one())
    place.ran(elb_1="fail", **{f"elb_{n}": "pass" for n in range(2, 12)})
    said = place.typing("", "It is so.", LINK, "today", "", "", "y", to=("attest", ID))
    assert said.status == 0, said.err
    assert "Last run (2026-11-20, release 0123456): FAIL: elb-1: seen" in said.lines
    assert "  fail     elb-1: seen" in said.lines
    assert "  and 3 more" in said.lines
    assert "The last run saw it fail, which no statement changes: elb-1: seen" in said.lines
    assert "To do: do the right thing." in said.lines


def test_the_last_whole_run_is_shown_when_a_later_one_put_it_aside(
    answering: Any, one: Any
) -> None:
    place = answering(one())
    place.ran(elb_1="fail")
    put_aside(place.repository.report)
    assert not (place.repository.report / "review.json").exists()
    said = place.typing("q", to=("attest", ID))
    assert "Last run (2026-11-20, release 0123456): FAIL: elb-1: seen" in said.lines


def test_what_the_machine_could_not_see_is_asked_for(answering: Any, one: Any) -> None:
    place = answering(one())
    place.ran(elb_1="pass", elb_2="unknown")
    said = place.typing(*TYPED[:6], "yes", "y", to=("attest", ID))
    assert said.status == 0, said.err
    assert place.written()["attestation"][0]["covers"] == "unknown"


@pytest.fixture
def four(one: Callable[..., str]) -> tuple[str, ...]:
    """Items of different urgency: the last one is another role's."""
    return (
        one("demo.area.minor", severity="minor"),
        one("demo.area.late", phase="operate"),
        one("demo.area.blocker", severity="blocker"),
        one("demo.area.secret", owner="security"),
    )


def test_the_queue_is_listed_most_urgent_first_and_says_for_whom_else(
    answering: Any, four: Any
) -> None:
    said = answering(*four).orr("attest", "--next", "--list")
    ids = [line.split()[0] for line in said.lines if line.startswith("demo.")]
    assert ids == ["demo.area.blocker", "demo.area.late", "demo.area.minor"]
    assert "  1 question for the role security (bo@example.org, cy@example.org)." in said.lines
    assert said.lines[-1] == "3 questions open for ana@example.org in the phase launch."


def test_the_queue_of_a_phase_holds_what_counts_in_it(answering: Any, one: Any) -> None:
    place = answering(one(phase="plan"), one("demo.area.two", phase="build"))
    said = place.orr("attest", "--next", "--list", "--phase", "plan", "--by", "cy@example.org")
    assert said.lines[-1] == "1 question open for cy@example.org in the phase plan."


def test_one_question_follows_the_other_until_none_is_left(answering: Any, four: Any) -> None:
    place = answering(*four)
    answers = ("It is so.", LINK, "today", "", "", "n")
    said = place.typing(*answers, "", "y", "s", *answers, "n", to=("attest", "--next"))
    assert said.status == 0, said.err
    for place_in_queue in (
        "1 of 3\ndemo.area.blocker\n",
        "2 of 3\ndemo.area.late\n",
        "3 of 3\ndemo.area.minor\n",
    ):
        assert place_in_queue in said.out
    assert "1 answer written, 2 questions left." in said.lines
    rest = "  demo.area.blocker is to be confirmed (eve@example.org or cy@example.org)."
    assert rest in said.lines
    assert [one["item"] for one in place.written()["attestation"]] == ["demo.area.blocker"]


def test_a_second_person_is_asked_to_confirm(answering: Any, four: Any) -> None:
    place = answering(*four)
    place.orr("attest", "demo.area.blocker", *FLAGS, *EVIDENCE)
    said = place.typing("y", to=("attest", "--next", "--by", "eve@example.org"))
    assert said.status == 0, said.err
    assert "1 question for eve@example.org in the phase launch." in said.lines
    assert "1 answer written, 0 questions left." in said.lines
    assert place.written()["attestation"][0]["confirmed"] == "eve@example.org"


PROPOSED = f"""
[[not_applicable]]
item = "{ID}"
reason = "no-such-component"
text = "There is none."

# Ours.
"""


@pytest.fixture
def proposal(answering: Any, one: Any) -> Any:
    """A repository in which somebody proposes that the only item does not apply."""
    place = answering(one())
    with place.file("readiness.toml").open("a", encoding="utf-8") as opened:
        opened.write(PROPOSED)
    return place


def test_a_proposal_is_signed_by_somebody_who_may(proposal: Any) -> None:
    before = proposal.file("readiness.toml").read_text(encoding="utf-8")
    said = proposal.typing("y", to=("attest", "--next", "--by", "eve@example.org"))
    assert said.status == 0, said.err
    assert "It is proposed that this does not apply (no-such-component):" in said.lines
    assert "1 answer written, 0 questions left." in said.lines
    signed = 'text = "There is none."\napprover = "eve@example.org"\non = 2026-11-20\n'
    after = before.replace('text = "There is none."\n', signed)
    assert proposal.file("readiness.toml").read_text(encoding="utf-8") == after


def test_a_proposal_stays_one_until_somebody_agrees(proposal: Any) -> None:
    before = proposal.file("readiness.toml").read_bytes()
    assert proposal.orr("attest", ID, "--confirm").status == 4
    said = proposal.orr("attest", ID, *FLAGS, *EVIDENCE)
    assert said.status == 22
    assert f"have it signed by `orr attest {ID} --confirm`" in said.err
    said = proposal.typing("", to=("attest", "--next", "--by", "eve@example.org"))
    assert (said.status, "Nothing was written." in said.out) == (0, True)
    said = proposal.typing("", to=("attest", ID, "--confirm"))
    assert said.status == 22
    assert "approver ana@example.org has not the role" in said.err
    assert proposal.file("readiness.toml").read_bytes() == before


def test_whoever_may_not_sign_is_told_who_may(proposal: Any) -> None:
    said = proposal.orr("attest", "--next", "--list")
    assert f"  {ID} is proposed not to apply (eve@example.org)." in said.lines
    assert said.lines[-1] == "0 questions open for ana@example.org in the phase launch."


def test_an_expired_answer_is_asked_for_again(answering: Any, one: Any) -> None:
    place = answering(one())
    place.orr("attest", ID, *FLAGS, *EVIDENCE, "--until", "2026-11-21")
    place.patch.setenv("ORR_AS_OF", "2026-11-25")
    said = place.typing("y", *TYPED[1:], to=("attest", "--next"))
    assert said.status == 0, said.err
    assert "It is expired: " in said.out
    assert place.written()["attestation"][0]["on"] == dt.date(2026, 11, 25)


def test_a_refused_answer_goes_on_to_the_next_item(answering: Any, one: Any) -> None:
    place = answering(one(), one("demo.area.two"))
    old = ("It is so.", LINK, "2026-01-01", "", "", "n")
    said = place.typing(*old, "q", to=("attest", "--next"))
    assert said.status == 0
    assert "Nothing was written, as a run would refuse it:" in said.lines
    assert "2 of 2\ndemo.area.two\n" in said.out
    assert place.written() == {}


@pytest.mark.parametrize(("key", "status"), [("q", 0), (KeyboardInterrupt, 2)])
def test_leaving_the_queue_says_what_is_left(
    answering: Any, one: Any, key: Any, status: int
) -> None:
    place = answering(one(), one("demo.area.two"))
    said = place.typing(*TYPED[1:], key, to=("attest", "--next"))
    assert said.status == status
    assert "1 answer written, 1 question left." in said.lines
    assert len(place.written()["attestation"]) == 1


def test_enter_everywhere_ends_the_queue_with_nothing_written(answering: Any, one: Any) -> None:
    place = answering(one(), one("demo.area.two"))
    said = place.typing(*[""] * 20, to=("attest", "--next"))
    assert said.status == 4
    assert "0 answers written, 2 questions left." in said.lines
    assert "Answer needs an answer" in said.err
