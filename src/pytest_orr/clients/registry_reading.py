"""Reads manifests, indexes and configurations of images; whoever wrote them may be anybody."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from pytest_orr.errors import FactUnavailable

from .registry_said import BASE_DIGEST, BASE_NAME, REVISION, PlatformImage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MANIFEST_TYPES = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
INDEX_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
ACCEPTED = ", ".join((*INDEX_TYPES, *MANIFEST_TYPES))
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
LONGEST_LABEL = 300
BUILDERS_OWN = "unknown"
"""Platform of what BuildKit puts beside images, such as an attestation of how they were built."""
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
"""A build that sets its date to be repeatable sets it to before."""
AGAIN = "push the image anew with a tool of today, or look at it by hand: skopeo inspect --raw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a tag or digest leads to: one image, or the images of several platforms."""

    digest: str
    config: str = ""
    """Digest of the configuration; empty for an index."""
    platforms: tuple[tuple[str, str], ...] = ()
    """Platform and digest, of an index alone."""
    annotations: Mapping[str, str]


def digest_of(body: bytes) -> str:
    """Return the digest that names exactly these bytes."""
    return f"sha256:{sha256(body).hexdigest()}"


def read_manifest(body: bytes) -> Manifest:
    """Return what a manifest or an index says; raises ``FactUnavailable`` for anything else."""
    said = json_object(body)
    annotations = _texts(said.get("annotations"))
    listed = said.get("manifests")
    if isinstance(listed, list):
        platforms = tuple(_platforms(listed))
        return Manifest(digest=digest_of(body), platforms=platforms, annotations=annotations)
    config = said.get("config")
    digest = config.get("digest") if isinstance(config, dict) else None
    if not isinstance(digest, str) or not DIGEST.fullmatch(digest):
        raise FactUnavailable("its manifest names no configuration", AGAIN)
    return Manifest(digest=digest_of(body), config=digest, annotations=annotations)


def read_config(
    body: bytes, *, digest: str, annotations: Mapping[str, str], platform: str = ""
) -> PlatformImage:
    """Return the image of one platform; an annotation of the manifest stands for a missing label.

    Of its labels those alone are read that OCI defines; an environment never is.
    """
    said = json_object(body)
    inner = said.get("config")
    config = inner if isinstance(inner, dict) else {}
    labels = {**annotations, **_texts(config.get("Labels"))}
    parts = [said.get(key) for key in ("os", "architecture", "variant")]
    own = "/".join(part for part in parts if isinstance(part, str) and part)
    base = labels.get(BASE_DIGEST, "")
    return PlatformImage(
        platform=platform or own[:LONGEST_LABEL],
        digest=digest,
        created=instant(said.get("created")),
        user=str(config.get("User") or "")[:LONGEST_LABEL],
        revision=labels.get(REVISION, ""),
        base_name=labels.get(BASE_NAME, ""),
        base_digest=base if DIGEST.fullmatch(base) else "",
    )


def json_object(body: bytes) -> dict[str, Any]:
    """Return an object of JSON; raises ``FactUnavailable`` for anything else."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if isinstance(said, dict):
        return said
    raise FactUnavailable("the registry's answer is no JSON object", AGAIN)


def instant(said: object) -> datetime | None:
    """Return an instant of RFC 3339 as UTC; nothing for none, and for one that stands for none."""
    try:
        told = datetime.fromisoformat(said) if isinstance(said, str) else None
        at = told.astimezone(UTC) if told and told.tzinfo else None
    except (ValueError, OverflowError):
        return None
    return at if at and at >= OLDEST else None


def _platforms(listed: list[Any]) -> Iterator[tuple[str, str]]:
    for one in listed:
        said = one if isinstance(one, dict) else {}
        platform, digest = said.get("platform"), said.get("digest")
        if not isinstance(digest, str) or not DIGEST.fullmatch(digest):
            raise FactUnavailable("its index names an image without a digest", AGAIN)
        told = platform if isinstance(platform, dict) else {}
        parts = [told.get(key) for key in ("os", "architecture", "variant")]
        words = [part for part in parts if isinstance(part, str) and part]
        if words[:1] != [BUILDERS_OWN]:
            yield "/".join(words)[:LONGEST_LABEL], digest


def _texts(said: object) -> dict[str, str]:
    """Return the few labels that are read, each short enough to be shown."""
    found = said if isinstance(said, dict) else {}
    wanted = {key: found.get(key) for key in (REVISION, BASE_NAME, BASE_DIGEST)}
    return {key: value[:LONGEST_LABEL] for key, value in wanted.items() if isinstance(value, str)}
