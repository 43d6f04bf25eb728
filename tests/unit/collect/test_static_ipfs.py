"""Static files on IPFS: a DNSLink record from a real DNS server, and gateways on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from pytest_orr.collect.content_ids import canonical
from pytest_orr.collect.static_sites import StaticSiteFacts, StaticSites
from pytest_orr.profile.schema import FromEnvironment, Hosting

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.parts import Part

ITEM = "network.frontend.static-hosting"
CID = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"
SAME = "QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMnR"
OTHER = "bafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
PATH = f"/ipfs/{CID}"
LINK = "_dnslink.explorer.example"


@pytest.fixture
def build(
    pages: Any, text_records: Callable[..., str], desk_without_aws: Callable[..., Any]
) -> Callable[..., Any]:
    """A desk, with a build that DNSLink names and two gateways serve, and these changes."""

    def serve(*texts: str, **keys: Any) -> Any:
        pages.answer("/", "Latest blocks", X_Ipfs_Path="/ipns/explorer.example/")
        pages.answer(PATH, "", X_Ipfs_Path=f"{PATH}/")
        port = pages.address.partition(":")[2]
        usual = {
            "provider": "ipfs",
            "endpoint": "frontend",
            "cid": CID,
            "gateways": (f"http://127.0.0.1:{port}/", FromEnvironment(env="GATEWAY")),
        }
        resolver = text_records({LINK: list(texts or (f"dnslink=/ipfs/{CID}",))})
        gateway = f"http://localhost:{port}"
        return desk_without_aws(Hosting(**usual | keys), resolver=resolver, GATEWAY=gateway)

    return serve


def seen(desk: Any) -> StaticSiteFacts:
    facts: StaticSiteFacts = StaticSites().collect(desk).value
    return facts


def test_a_sound_build_passes(build: Callable[..., Any], judge: Callable[..., Any]) -> None:
    desk = build()
    assert {one.subject: (one.outcome, one.detail) for one in judge(ITEM, desk)} == {
        "http://explorer.example/": ("pass", "status 200, by x-ipfs-path"),
        LINK: ("pass", f"leads to /ipfs/{CID}"),
        "gateway 127.0.0.1": ("pass", "status 200"),
        "gateway localhost": ("pass", "status 200"),
    }
    kept, facts = TypeAdapter(StaticSites().fact_type), seen(desk)
    assert kept.validate_json(kept.dump_json(facts)) == facts


@pytest.mark.parametrize(
    "texts",
    [
        (f"dnslink=/ipfs/{OTHER}",),
        (f"dnslink=/ipfs/{CID}", f"dnslink=/ipfs/{OTHER}"),
        (f"dnslink=/ipfs/{CID}/old",),
        ("dnslink=/ipns/k51qzi5uqu5dlvj2baxnqndepeb86cbk3ng7n3i46uzyxzyqj2xjonzllnv0v8",),
        ("v=spf1 -all",),
    ],
)
def test_a_link_that_does_not_lead_to_the_build_alone_is_a_finding(
    build: Callable[..., Any], failures: Callable[..., dict[str, str]], texts: tuple[str, ...]
) -> None:
    failed = failures(ITEM, build(*texts))
    assert [*failed] == [LINK]
    assert failed[LINK].startswith("it does not lead to the declared build alone; saw leads to ")


def test_a_name_without_the_record_leads_to_nothing(
    build: Callable[..., Any], text_records: Callable[..., str], failures: Callable[..., Any]
) -> None:
    desk = build()
    desk.dns._network = type(desk.profile.network)(resolver=text_records({}))
    assert failures(ITEM, desk) == {
        LINK: "it does not lead to the declared build alone; saw leads to nothing"
    }


def test_a_name_server_that_is_silent_is_unknown(build: Callable[..., Any]) -> None:
    desk = build()
    desk.dns._network = type(desk.profile.network)(resolver="127.0.0.1:1")
    [link] = seen(desk).found[0].links
    assert link.unavailable is not None
    assert "127.0.0.1" in link.unavailable.cause


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (504, {}),
        (404, {"X_Ipfs_Path": f"{PATH}/"}),
        (200, {}),
        (200, {"X_Ipfs_Path": f"/ipfs/{OTHER}/"}),
    ],
)
def test_a_gateway_that_does_not_serve_the_build_is_a_finding(
    build: Callable[..., Any],
    pages: Any,
    failures: Callable[..., dict[str, str]],
    status: int,
    headers: dict[str, str],
) -> None:
    desk = build()
    pages.answer(PATH, "", status, **headers)
    failed = failures(ITEM, desk)
    assert [*failed] == ["gateway 127.0.0.1", "gateway localhost"]
    said = f"it does not serve the declared build; saw status {status}"
    assert all(detail.startswith(said) for detail in failed.values())


def test_a_gateway_that_refuses_to_say_or_does_not_answer_is_unknown(
    build: Callable[..., Any], pages: Any
) -> None:
    desk = build(gateways=(f"http://{pages.address}", "http://localhost:1"))
    pages.answer(PATH, "", 429)
    refusing, silent = seen(desk).found[0].gateways
    assert refusing.unavailable is not None
    assert refusing.unavailable.cause == (
        "127.0.0.1 refuses to say whether it has the build (status 429)"
    )
    assert refusing.unavailable.remedy.startswith("run again later, or name another gateway")
    assert silent.unavailable is not None
    assert silent.unavailable.cause == "localhost:1 refused the connection"


@pytest.mark.parametrize(
    "gateways",
    [(), ("https://ipfs.example",), ("https://a.ipfs.example", "https://b.ipfs.example/")],
)
def test_gateways_of_one_owner_prove_nothing(
    build: Callable[..., Any], gateways: tuple[str, ...]
) -> None:
    [part] = seen(build(gateways=gateways)).found[0].gateways
    assert part.name == "gateways of frontend"
    assert part.unavailable is not None
    assert part.unavailable.cause == (
        '[[hosting]] of endpoint "frontend" does not name two independent gateways'
    )


def test_without_a_content_id_nothing_can_be_compared(build: Callable[..., Any]) -> None:
    site = seen(build(cid=None)).found[0]
    parts: tuple[Part[Any], ...] = (*site.links, *site.gateways)
    told = {part.unavailable.cause for part in parts if part.unavailable}
    assert told == {'[[hosting]] of endpoint "frontend" names no cid'}
    assert len(site.links) == len(site.gateways) == 1


def test_two_writings_of_one_id_are_the_same() -> None:
    assert canonical(SAME) == canonical(CID) == canonical(CID.upper())
    assert canonical(OTHER) != canonical(CID)


@pytest.mark.parametrize(
    "text",
    ["", "Qm", "Qm0" + SAME[3:], "Qm" + "z" * 44, "b" + "1" * 58, "k2jmtxw8rjh1z69c6not3wtd"],
)
def test_what_is_no_known_writing_stays_as_it_is(text: str) -> None:
    assert canonical(text) == text
