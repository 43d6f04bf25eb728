"""Which image runs on the testnet, and of which commit: a part of ``testnet_deployments``."""

from dataclasses import dataclass

from pytest_orr.collect.host_deployments import HostDeployments
from pytest_orr.collect.images.digest_files import built_digest
from pytest_orr.collect.interface import Desk
from pytest_orr.errors import Undeclared
from pytest_orr.profile.forge import Testnet
from pytest_orr.profile.image_names import ImageName, image_name

from .last_deployments import last_deployment


@dataclass(frozen=True, slots=True, kw_only=True)
class TagOfImage:
    """What the tag of the testnet's image leads to."""

    image: str
    digests: tuple[str, ...]
    """Under which a host may know it: of the index and its platforms, sorted."""
    revisions: tuple[str, ...] = ()
    """Commits that the labels of its platforms name, sorted."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.image}, revision {', '.join(one[:12] for one in self.revisions) or 'untold'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningDigests:
    """Digests of the testnet's image as they run there, or were deployed."""

    told_by: str
    digests: tuple[str, ...]
    revisions: tuple[str, ...] = ()
    """Commits that labels of what runs name, sorted."""

    @property
    def seen(self) -> str:
        """One line about them, for a finding."""
        short = ", ".join(one[:19] for one in self.digests)
        return f"{self.told_by}: {short or 'it does not run'}"


def tag_of_image(desk: Desk, declared: Testnet) -> TagOfImage:
    """Ask the registry for the declared image; ECR's too, as AWS's own API tells no labels."""
    name = _name(declared)
    said = desk.registry.image(str(name))
    return TagOfImage(
        image=str(name),
        digests=tuple(sorted(said.digests)),
        revisions=tuple(sorted({one.revision for one in said.platforms if one.revision})),
    )


def running_digests(desk: Desk, declared: Testnet) -> RunningDigests:
    """Ask the testnet's hosts what runs, or the deployment what it left behind."""
    name = _name(declared)
    if any(one.environment == declared.environment for one in desk.profile.machines):
        return _on_hosts(desk, declared, name)
    return _deployed(desk, declared)


def _name(declared: Testnet) -> ImageName:
    if declared.image is None:
        raise Undeclared("[delivery.testnet] image", "the testnet's image with its tag")
    return image_name(declared.image)


def _on_hosts(desk: Desk, declared: Testnet, name: ImageName) -> RunningDigests:
    hosts = HostDeployments().collect(desk).value
    own = [one for one in hosts if one.environment == declared.environment]
    pairs = [
        (digest.rpartition("@")[2], image.revision)
        for one in own
        for image in one.reading.running_images
        for digest in image.digests
        if image_name(digest).place == name.place
    ]
    return RunningDigests(
        told_by=", ".join(one.name for one in own),
        digests=tuple(sorted({digest for digest, _ in pairs})),
        revisions=tuple(sorted({revision for _, revision in pairs if revision})),
    )


def _deployed(desk: Desk, declared: Testnet) -> RunningDigests:
    job, file = declared.deploy_job, declared.digest_file
    if not (job and file):
        raise Undeclared(
            "[delivery.testnet] digest_file",
            f"deploy_job and its artifact, or [[hosts]] of environment {declared.environment},",
        )
    made = last_deployment(desk.forge, declared.environment).deployment
    digest = built_digest(desk.forge.artifact(made.commit, job, file), file)
    return RunningDigests(told_by=f"{file} of job {job}", digests=(digest,))
