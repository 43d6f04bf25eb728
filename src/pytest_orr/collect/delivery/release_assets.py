"""Which files of a release nobody can check: a part of ``release_workflows``."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pytest_orr.clients.forge.said import Asset, PublishedRelease

ALL = re.compile(
    r"(?i)((.*[._-])?(checksums|sha(256|512)sums|shasums(256|512)?)|checksum|sha(256|512)sum)"
    r"([._-].*)?|.*\.intoto\.jsonl|(.*[._-])?attestations?\.jsonl?"
)
"""Names of files that speak for all files of a release: lists of checksums, attestations."""
BESIDE = (".sha256", ".sha512", ".sha256sum", ".sha512sum", ".asc", ".sig", ".minisig", ".sigstore")
MORE = (".sigstore.json", ".bundle", ".intoto.jsonl", ".att")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseAssets:
    """The release of a tag, and its files."""

    tag: str
    is_published: bool
    """Whether there is one, and it is no draft."""
    assets: tuple[Asset, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """Names of files that are for users: what speaks for others is left out."""
        return tuple(one.name for one in self.assets if not _is_proof(one.name))

    @property
    def unproven(self) -> tuple[str, ...]:
        """Names of those that no checksum, signature or attestation speaks for."""
        names = {one.name for one in self.assets}
        if any(ALL.fullmatch(name) for name in names):
            return ()
        known = {one.name for one in self.assets if one.digest}
        proven = {name for name in self.files if names & {name + end for end in (*BESIDE, *MORE)}}
        return tuple(name for name in self.files if name not in known | proven)

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        names = ", ".join(one.name for one in self.assets)
        return f"{self.tag}: {names or 'no files'}" if self.is_published else f"{self.tag}: none"


def published(releases: Iterable[PublishedRelease], tag: str) -> ReleaseAssets:
    """Return the release of a tag."""
    for one in releases:
        if one.tag == tag and not one.is_draft:
            return ReleaseAssets(tag=tag, is_published=True, assets=one.assets)
    return ReleaseAssets(tag=tag, is_published=False)


def _is_proof(name: str) -> bool:
    return bool(ALL.fullmatch(name)) or name.endswith((*BESIDE, *MORE))
