"""The part of readiness.toml about blockchains: nodes, contracts, and projects at Infura."""

from typing import Annotated, Literal

from pydantic import Field, Strict
from pydantic.dataclasses import dataclass

from .fields import CONFIG, EvmAddress, FromEnvironment, HttpUrl, Setting, Text

Amount = Annotated[int, Strict(), Field(ge=1)]


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Chain:
    """An EVM chain, and a node that tells of it."""

    name: Text
    """How other tables name it."""
    id: Amount
    """Its chain id: a node of another chain is refused."""
    rpc: Setting
    """URL of a node's JSON-RPC; from a variable if it holds a key."""
    second_rpc: Setting | None = None
    """URL of a second node, run by somebody else: balances are read from both."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Contract:
    """A deployed contract, and the audited build of it."""

    name: Text
    """How pages name it."""
    chain: Text
    """Name of the [[chains]] entry."""
    address: EvmAddress
    """Where it is deployed."""
    build: Text
    """File with the build's artefact (JSON of Foundry, Hardhat or solc), beside this one."""
    audited_commit: Text
    """The commit that was audited, and built."""
    is_proxy: Literal["no", "eip-1967"] = "no"
    """Whether what runs is the implementation that the proxy's slot names."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class ProviderProject:
    """A project at Infura, or at a provider of nodes like it."""

    name: Text
    """How pages name it."""
    environment: Text
    """Which environment it is for."""
    url: Setting
    """URL of the endpoint, with {id} in place of the project's id."""
    id: FromEnvironment
    """The variable that holds the project's id; only its keyed fingerprint is kept."""
    secret: FromEnvironment | None = None
    """The variable that holds the project's secret: it is asked for where a backend calls."""
    origin: HttpUrl | None = None
    """The one origin that is allowed, where a page calls."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Provider:
    """How the service uses a provider of nodes."""

    fingerprint_key: FromEnvironment | None = None
    """The variable that holds the organisation's key for fingerprints of project ids."""
    projects: tuple[ProviderProject, ...] = ()
    """Its projects."""
    calls_per_request: Annotated[float, Strict(), Field(gt=0, allow_inf_nan=False)] | None = None
    """Calls to the provider for one request to the service."""
    calls_per_day: Amount | None = None
    """How many calls a day the plan allows."""
    most_of_the_plan: Annotated[float, Strict(), Field(gt=0, le=1)] = 0.7
    """Which part of that the expected calls may use."""
    refused_calls: Text | None = None
    """Metric family of the service that counts the provider's answers 429 and 402."""
