"""Nodes of chains in the example, on loopback: a chain with a contract, and a provider.

Part of ``services.py``. Nobody's money is here: two nodes answer with the code of ``contracts/``
and with what a real one said of it (``nodes_record.py``), and the provider refuses whoever comes
without the secret, or from another page than the explorer's. Whoever tests them plants faults while
they run: ``POST /-/faults`` with a JSON list of names.
"""

from __future__ import annotations

import json
import time
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any

from examples.explorer.registry import Told, start

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Tell = Callable[[str, Mapping[str, str], bytes], Told]

FIRST = 6_214_309
NOW, EVERY = FIRST, 12
"""Number of the newest block, and how many seconds there are between two."""
PAUSED, OWNER = "0x5c975abb", "0x8da5cb5b"
CHAIN = 424_242
VAULT = "0x5fbdb2315678afecb367f032d93f642f64180aa3"
ORIGIN = "https://explorer.example"
BACKEND, FRONTEND, STAGING = (digit * 32 for digit in "1af")
"""Ids of the projects at the provider."""
SECRET = "2d" * 16
GUARDIAN, LIMIT = 0xA11CE, 10**18
"""What the constructor of the deployed contract was given."""
CONTROL = "/-/faults"
CONTRACTS = Path(__file__).with_name("contracts")
ARTEFACT = CONTRACTS / "Vault.json"
RECORDED = Path(__file__).with_name("nodes.json")
RELAYER = "0x1f9090aae28b8a3dceadf281b0f12828e676c326"
YES = "0x" + "1".zfill(64)


def serve(_: str, __: Path) -> dict[str, str]:
    """Start all nodes; return where they are, and what the provider's customer knows."""
    return {
        "EXPLORER_NODE": start(chain()),
        "EXPLORER_SECOND_NODE": start(chain()),
        "EXPLORER_PROVIDER": f"{start(provider())}/v3/{{id}}",
        "EXPLORER_PROVIDER_BACKEND": BACKEND,
        "EXPLORER_PROVIDER_FRONTEND": FRONTEND,
        "EXPLORER_PROVIDER_STAGING": STAGING,
        "EXPLORER_PROVIDER_SECRET": SECRET,
        "EXPLORER_FINGERPRINT_KEY": "a key that all services of the example share",
    }


def chain() -> Tell:
    """Return a node that knows a few contracts and accounts.

    Faults: ``other-code`` runs at the vault's address, ``paused`` and ``other-hands`` are of the
    pause switch, ``balance-low`` and ``other-balance`` of accounts; the node is ``behind`` by a
    day, or on a ``fork``.
    """
    faults: set[str] = set()
    recorded: dict[str, str] = json.loads(RECORDED.read_text(encoding="utf-8"))

    def code(_: Any) -> str:
        sound = deployed_vault()
        return sound.replace("5b", "00", 1) if "other-code" in faults else sound

    def block(asked: Any) -> dict[str, str]:
        number = NOW if asked[0] == "latest" else int(asked[0], 16)
        made = time.time() - (NOW - number) * EVERY - ("behind" in faults) * 86400
        fork = "f0" if "fork" in faults else "00"
        return {
            "number": hex(number),
            "hash": f"0x{fork}{number:062x}",
            "timestamp": hex(int(made)),
        }

    def balance(asked: Any) -> str:
        told = int(recorded.get(asked[0], "0x0"), 16)
        less = {"balance-low": told * 9 // 10, "other-balance": 1}
        return hex(told - sum(less[one] for one in faults & less.keys()))

    def called(asked: Any) -> str:
        to, data = asked[0]["to"], asked[0]["data"]
        spoilt = {"paused": (PAUSED, YES), "other-hands": (OWNER, YES)}
        answers = dict(spoilt[one] for one in faults & spoilt.keys())
        return answers.get(data, recorded.get(f"{to} {data}", "0x"))

    known: dict[str, Callable[[Any], Any]] = {
        "eth_call": called,
        "eth_chainId": lambda _: hex(CHAIN),
        "eth_getBalance": balance,
        "eth_getBlockByNumber": block,
        "eth_getCode": code,
        "eth_getStorageAt": lambda _: "0x" + "0" * 64,
    }
    return spoilt_by(faults, lambda _, __, body: answered(body, known))


def provider() -> Tell:
    """Return a provider; with ``open`` it answers everybody, with ``limit`` nobody any more."""
    faults: set[str] = set()
    login = "Basic " + b64encode(f":{SECRET}".encode()).decode()

    def tell(path: str, headers: Mapping[str, str], body: bytes) -> Told:
        project = path.rpartition("/")[2]
        welcome = {
            BACKEND: headers.get("authorization") == login,
            FRONTEND: headers.get("origin") == ORIGIN,
        }
        if "limit" in faults:
            return 429, {}, b"{}"
        if not (welcome.get(project, False) or "open" in faults):
            return 401, {}, b'{"error": {"code": -32002, "message": "rejected"}}'
        return answered(body, {"eth_blockNumber": lambda _: hex(FIRST)})

    return spoilt_by(faults, tell)


def spoilt_by(faults: set[str], tell: Tell) -> Tell:
    """Let whoever tests it say which faults there are."""

    def told(path: str, headers: Mapping[str, str], body: bytes) -> Told:
        if path != CONTROL:
            return tell(path, headers, body)
        faults.clear()
        faults.update(json.loads(body))
        return 200, {}, b"{}"

    return told


def answered(body: bytes, known: Mapping[str, Callable[[Any], Any]]) -> Told:
    """Answer one call by its method, or a batch of them."""
    asked = json.loads(body)
    several = isinstance(asked, list)
    told = [_answer(one, known) for one in (asked if several else [asked])]
    return 200, {}, json.dumps(told if several else told[0]).encode()


def _answer(asked: Mapping[str, Any], known: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    told = {"jsonrpc": "2.0", "id": asked["id"]}
    if asked["method"] not in known:
        return {**told, "error": {"code": -32601, "message": "the method does not exist"}}
    return {**told, "result": known[asked["method"]](asked.get("params"))}


def deployed_vault() -> str:
    """Return the vault's code as its constructor leaves it, with its immutable values."""
    built = json.loads(ARTEFACT.read_text(encoding="utf-8"))["evm"]["deployedBytecode"]
    code = bytearray.fromhex(built["object"])
    for value, places in zip((GUARDIAN, LIMIT), built["immutableReferences"].values(), strict=True):
        for place in places:
            first = place["start"]
            code[first : first + place["length"]] = value.to_bytes(32)
    return "0x" + code.hex()
