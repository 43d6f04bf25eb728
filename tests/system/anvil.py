"""Real nodes of an EVM chain (anvil) on loopback, which whoever tests may change."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT = Path(__file__).parents[2]
CONTRACTS = CHECKOUT / "examples" / "explorer" / "contracts"
INSTALLED = CHECKOUT / ".venv" / "npm" / "node_modules" / ".bin" / "anvil"


class Node:
    """A node that may be changed, by whoever deploys on it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, method: str, *parameters: Any) -> Any:
        """Return what it answers to a call."""
        call = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
        answer = requests.post(self.url, json=call, timeout=10).json()
        assert "error" not in answer, answer
        return answer["result"]

    def deploy(self, name: str, *arguments: int) -> str:
        """Deploy a contract with its constructor's arguments, and return its address."""
        built = json.loads((CONTRACTS / f"{name}.json").read_text(encoding="utf-8"))
        code = built["evm"]["bytecode"]["object"] + "".join(f"{one:064x}" for one in arguments)
        sender = self.ask("eth_accounts")[0]
        sent = self.ask("eth_sendTransaction", {"from": sender, "data": f"0x{code}"})
        address: str = self._receipt_of(sent)["contractAddress"]
        return address

    def _receipt_of(self, sent: str) -> Any:
        """Return what became of a transaction, once a block has it: the answer may come before."""
        for _ in range(500):
            if receipt := self.ask("eth_getTransactionReceipt", sent):
                return receipt
            time.sleep(0.01)
        raise AssertionError(f"no block has {sent}")

    def mine(self, blocks: int) -> None:
        """Make some empty blocks."""
        self.ask("anvil_mine", hex(blocks))


def program() -> str:
    """Return where anvil is; empty if it is not here."""
    return shutil.which("anvil") or (str(INSTALLED) if INSTALLED.exists() else "")


@contextmanager
def running(*options: str) -> Iterator[Node]:
    """Run a node with more of anvil's options."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program(), "--host", "127.0.0.1", "--port", str(port), "--silent", *options]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
        node = Node(f"http://127.0.0.1:{port}")
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                node.ask("eth_chainId")
                break
            except requests.ConnectionError:
                time.sleep(0.05)
        yield node
        process.terminate()
