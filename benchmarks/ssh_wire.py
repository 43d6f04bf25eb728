"""A wire with a round trip: carries frames between two TAP devices, each held for half of it.

A kernel without netem has nothing that delays. ``python -m benchmarks.ssh_wire NEAR FAR MS`` makes
both devices in its own network namespace, says ``up``, and carries until it is killed; whoever
started it may then move a device into another namespace. Written in C it costs no less processor
time: nearly all of it is the kernel's.
"""

from __future__ import annotations

import fcntl
import os
import select
import struct
import sys
import time
from collections import deque
from contextlib import suppress

TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000
LONGEST_FRAME = 2048
FIRST = -15
"""Priority: a frame that is due goes out before anybody else works."""


def tap(name: str) -> int:
    """Make a TAP device and return its descriptor, which does not block."""
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TAP | IFF_NO_PI))
    return device


def carry(near: int, far: int, *, delay: float) -> None:
    """Carry every frame to the other side, ``delay`` seconds after it came. Never returns."""
    across = {near: far, far: near}
    held: deque[tuple[float, int, bytes]] = deque()
    while True:
        wait = max(0.0, held[0][0] - time.monotonic()) if held else None
        for device in select.select(tuple(across), (), (), wait)[0]:
            held.extend((time.monotonic() + delay, across[device], frame) for frame in read(device))
        while held and held[0][0] <= time.monotonic():
            _, device, frame = held.popleft()
            with suppress(OSError):  # a device that is down or full loses frames, as wires do
                os.write(device, frame)


def read(device: int) -> list[bytes]:
    """Return every frame that is waiting."""
    frames = []
    with suppress(OSError):  # nothing more is waiting, or the device is not up yet
        while True:
            frames.append(os.read(device, LONGEST_FRAME))
    return frames


def main() -> None:
    """Make the devices and carry."""
    near, far, round_trip_ms = sys.argv[1:]
    os.setpriority(os.PRIO_PROCESS, 0, FIRST)
    devices = tap(near), tap(far)
    print("up", flush=True)
    carry(*devices, delay=float(round_trip_ms) / 2000)


if __name__ == "__main__":
    main()
