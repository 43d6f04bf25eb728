"""The part of readiness.toml that is about the network: what it may look like."""

from typing import Annotated

from pydantic import Field, Strict
from pydantic.dataclasses import dataclass

from .fields import CONFIG, Count, Port, Setting, Source, Text


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Network:
    """What the network may look like."""

    public_ports: tuple[Port, ...] = (80, 443)
    """Ports that the world may reach on the load balancers."""
    tls_policies: tuple[Text, ...] = (
        "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
        "ELBSecurityPolicy-TLS13-1-3-2021-06",
        "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04",
        "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
        "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
        "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-2-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
    )
    """TLS policies that a listener may use."""
    minimum_zones: Count = 2
    """Availability zones that a balancer and its healthy targets must span."""
    widest_port_range: Count = 1000
    """A rule that opens more ports than this opens everything."""
    widest_ipv4_prefix: Annotated[int, Strict(), Field(ge=0, le=32)] = 16
    """A public IPv4 network with a shorter prefix than this counts as the whole world."""
    widest_ipv6_prefix: Annotated[int, Strict(), Field(ge=0, le=128)] = 32
    """The same for IPv6."""
    resolver: Setting | None = None
    """Address, or address:port, of the DNS server to ask instead of this machine's own."""
    trusted: tuple[Source, ...] = ()
    """Networks and security groups besides the balancer's that may reach the service ports."""
    ssh_sources: tuple[Source, ...] = ()
    """Networks, security groups and prefix lists that may reach the jump hosts by SSH."""
