"""Records what a real node says of the example's accounts and pause switch, into ``nodes.json``.

Run by hand as ``python -m examples.explorer.nodes_record`` where anvil is, which ``.ci/npm``
installs: it deploys ``contracts/`` on a chain of its own, fills an account, and asks what the
product asks.
"""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from examples.explorer.nodes import CHAIN, CONTRACTS, GUARDIAN, LIMIT, RECORDED, RELAYER

ANVIL = Path(__file__).parents[2] / ".venv" / "npm" / "node_modules" / ".bin" / "anvil"
PORT = 18_545
HELD, COINS = 12_500_000_000_000_000_000, 2_500_000_000
ORACLE = 0x0A1CE
WORD = 64
BALANCE_OF, SYMBOL, DECIMALS = "0x70a08231", "0x95d89b41", "0x313ce567"
PAUSED, OWNER, THRESHOLD, OWNERS = "0x5c975abb", "0x8da5cb5b", "0xe75235b8", "0xa0e67e2b"


def main() -> None:
    """Start anvil, ask it, and write what it said."""
    command = [str(ANVIL), "--port", str(PORT), "--chain-id", str(CHAIN), "--silent"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as anvil:  # noqa: S603 our own tool
        try:
            _wait()
            RECORDED.write_text(json.dumps(_recorded(), indent=1) + "\n", encoding="utf-8")
        finally:
            anvil.terminate()


def _recorded() -> dict[str, str]:
    _ask("anvil_setBalance", RELAYER, hex(HELD))
    _deploy("Vault", GUARDIAN, LIMIT)
    coin = _deploy("Coin", ORACLE, COINS)
    multisig = _deploy("Multisig", 2)
    switch = _deploy("Switch", int(multisig, 16), 0)
    oracle = f"0x{ORACLE:040x}"
    calls = [
        (coin, BALANCE_OF + oracle[2:].rjust(WORD, "0")),
        (coin, SYMBOL),
        (coin, DECIMALS),
        (switch, PAUSED),
        (switch, OWNER),
        (multisig, THRESHOLD),
        (multisig, OWNERS),
    ]
    told = {
        f"{to} {data}": _ask("eth_call", {"to": to, "data": data}, "latest") for to, data in calls
    }
    return {
        "client": _ask("web3_clientVersion"),
        "coin": coin,
        "multisig": multisig,
        "switch": switch,
        "oracle": oracle,
        RELAYER: _ask("eth_getBalance", RELAYER, "latest"),
        **told,
    }


def _deploy(name: str, *arguments: int) -> str:
    built = json.loads((CONTRACTS / f"{name}.json").read_text(encoding="utf-8"))
    code = built["evm"]["bytecode"]["object"] + "".join(f"{one:064x}" for one in arguments)
    sender = _ask("eth_accounts")[0]
    sent = _ask("eth_sendTransaction", {"from": sender, "data": f"0x{code}"})
    while (receipt := _ask("eth_getTransactionReceipt", sent)) is None:
        time.sleep(0.01)
    return str(receipt["contractAddress"]).lower()


def _ask(method: str, *parameters: Any) -> Any:
    call = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
    request = Request(
        f"http://127.0.0.1:{PORT}", json.dumps(call).encode(), {"Content-Type": "application/json"}
    )
    with urlopen(request, timeout=10) as answer:  # noqa: S310 on this machine
        return json.load(answer)["result"]


def _wait() -> None:
    for _ in range(200):
        try:
            _ask("eth_chainId")
        except URLError:
            time.sleep(0.05)
        else:
            return


if __name__ == "__main__":
    main()
