"""The part of readiness.toml about drills: where records lie, and what makes one void."""

from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from .fields import CONFIG, Days, RepositoryGlob, Text

FOLDER = "drills"
DEPLOYMENT = (
    *("playbooks/**", "roles/**", "ansible/**", "deploy/**", "deployment/**", "**/*.service"),
    *("helm/**", "charts/**", "k8s/**", "kubernetes/**", "**/docker-compose*.y*ml"),
    *("**/compose*.y*ml", "**/Dockerfile*"),
)
"""How the service comes to where it runs, and what it is started by there."""
INFRASTRUCTURE = ("**/*.tf", "terraform/**", "infrastructure/**", "helm/**", "charts/**", "k8s/**")
PIPELINE = (
    *(".gitlab-ci.yml", ".gitlab/ci/**", ".github/workflows/**", ".github/actions/**"),
    ".travis.yml",
)
MIGRATIONS = ("migrations/**", "**/migrations/**", "alembic/**")
CONTRACTS = ("**/*.sol", "**/*.vy")
BACKUPS = ("**/*backup*", "**/*restore*")
VOIDED_BY = (
    ("operations.restart.frontend", PIPELINE),
    ("operations.restart.backend", DEPLOYMENT),
    ("operations.rollback.process", (*DEPLOYMENT, *PIPELINE, *MIGRATIONS)),
    ("operations.emergency.pause", (*DEPLOYMENT, *CONTRACTS)),
    ("operations.emergency.takedown", DEPLOYMENT),
    ("scalability.scale-up.plan", INFRASTRUCTURE),
    ("deployment.database.backup", BACKUPS),
)
"""What a drill of an item was about, unless readiness.toml says otherwise."""
WHERE_IT_RUNS = frozenset({"operations.restart.frontend", "operations.restart.backend"})
"""What is rehearsed in the judged environment alone, as it interrupts nobody if it goes well."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Drills:
    """Rehearsals of what nobody should do for the first time in an incident."""

    folder: Text = FOLDER
    """Folder with the records, beside this file."""
    valid_days: Days = 90
    """How old a drill may be; an item may allow less."""
    elsewhere: tuple[Text, ...] = ()
    """Environments like the judged one, such as "testnet", in which is rehearsed what would stop
    the service; [forge] staging is one. Restarts count where the service runs; before a first
    launch all counts here."""
    voided_by: dict[Text, Annotated[tuple[RepositoryGlob, ...], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    """For an item, the files of the repository whose change voids its drill, in place of the usual
    ones."""

    def paths_of(self, item: str) -> tuple[str, ...]:
        """Return the files whose change voids a drill of an item; how it is deployed if unsaid."""
        return self.voided_by.get(item, dict(VOIDED_BY).get(item, DEPLOYMENT))
