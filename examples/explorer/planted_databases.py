"""Plants in moto what RDS, DynamoDB and AWS Backup say of databases and backups, and moto cannot.

What they shall say stands in a parameter of SSM, ``/planted/backups``, an object in JSON whose
instants are texts. The builder writes it through AWS's own API, and it goes when moto is reset:

- ``latest``: by a database's ARN the latest moment to which it can be restored.
- ``snapshots``: by an instance's identifier when its automatic snapshots were taken.
- ``replicated``, ``points``, ``copies``, ``restores``: what listings of RDS and AWS Backup hold.
- ``selections``: by a plan's ARN how many it has. Plans are found by their tags, as vaults are.

Versions of PostgreSQL are known with the ends of their standard support that AWS announced. Every
answer is held against botocore's own model of it.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import botocore.session
from botocore.validate import ParamValidator
from moto.backup import urls as backup_urls
from moto.backup.models import BackupBackend
from moto.backup.responses import BackupResponse
from moto.core.resource_tagging import TaggedResource
from moto.core.responses import ActionResult
from moto.dynamodb.models import DynamoDBBackend
from moto.rds.models import DBCluster, DBInstance, DBSnapshot
from moto.rds.responses import RDSResponse
from moto.ssm.models import ssm_backends

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PARAMETER = "/planted/backups"
SUPPORT = {"13": "2026-02-28", "15": "2028-02-29", "16": "2029-02-28", "17": "2030-02-28"}
"""Major versions of PostgreSQL in RDS, with the ends of their standard support."""
OFFERED = {"13.22": "available", "15.14": "available", "16.10": "available", "17.6": "available"}
CONTINUOUS = DynamoDBBackend.describe_continuous_backups
"""moto's own, which tells of another moment."""
TAGGED = BackupBackend.iter_tagged_resources
"""moto's own, which knows of vaults alone."""
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")


def plant_databases() -> None:
    """Add to moto's models what is missing about databases; once is enough."""
    paths = ("resources/$", "resources/(?P<arn>.+)/recovery-points/$", "copy-jobs/$")
    for path in (*paths, "restore-jobs/$"):
        backup_urls.url_paths[f"{{0}}/{path}"] = backup_urls.response.dispatch
    model: Any
    for model, name, answer in (
        (BackupBackend, "iter_tagged_resources", _with_plans(TAGGED)),
        (BackupResponse, "list_backup_selections", _selections),
        (BackupResponse, "list_copy_jobs", _copies),
        (BackupResponse, "list_protected_resources", _protected),
        (BackupResponse, "list_recovery_points_by_resource", _points),
        (BackupResponse, "list_restore_jobs", _restores),
        (DynamoDBBackend, "describe_continuous_backups", _with_latest(CONTINUOUS)),
        (DBCluster, "latest_restorable_time", property(_latest)),
        (DBInstance, "latest_restorable_time", property(_latest)),
        (DBSnapshot, "snapshot_create_time", property(_taken)),
        (RDSResponse, "describe_db_engine_versions", _versions),
        (RDSResponse, "describe_db_instance_automated_backups", _replicated),
        (RDSResponse, "describe_db_major_engine_versions", _majors),
    ):
        setattr(model, name, answer)


def _said(account: str, region: str) -> dict[str, Any]:
    found = ssm_backends[account][region].describe_parameters([], [])
    named = (one.value for one in found if one.name == PARAMETER)
    said: dict[str, Any] = _with_instants(json.loads(next(named, "{}")))
    return said


def _with_instants(value: Any) -> Any:
    match value:
        case str() if INSTANT.fullmatch(value):
            return datetime.fromisoformat(value)
        case list():
            return [_with_instants(one) for one in value]
        case dict():
            return {key: _with_instants(one) for key, one in value.items()}
        case _:
            return value


def _answer(service: str, operation: str, said: dict[str, Any]) -> ActionResult:
    """Hold an answer against the model that AWS's own clients read it by."""
    shape = _model(service).operation_model(operation).output_shape
    assert shape is not None
    report = ParamValidator().validate(said, shape)
    assert not report.has_errors(), report.generate_report()
    return ActionResult(said)


@cache
def _model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


def _of(response: Any, kind: str) -> Any:
    said = _said(response.current_account, response.region)
    return said.get(kind, {} if kind in {"points", "selections"} else [])


def _with_plans(
    listed: Callable[[BackupBackend], Iterator[TaggedResource]],
) -> Callable[[BackupBackend], Iterator[TaggedResource]]:
    def and_plans(backend: BackupBackend) -> Iterator[TaggedResource]:
        yield from listed(backend)
        for plan in backend.plans.values():
            arn = plan.backup_plan_arn
            tags = backend.tagger.get_tag_dict_for_resource(arn)
            yield TaggedResource(arn=arn, tags=tags, resource_type="backup:backup-plan")

    return and_plans


def _selections(response: BackupResponse) -> ActionResult:
    plan = response.path.split("/plans/")[-1].partition("/")[0]
    known = _of(response, "selections")
    number = next((many for arn, many in known.items() if arn.endswith(plan)), 0)
    listed = [{"SelectionId": f"{n}", "BackupPlanId": plan} for n in range(number)]
    return _answer("backup", "ListBackupSelections", {"BackupSelectionsList": listed})


def _protected(response: BackupResponse) -> ActionResult:
    results = [
        {"ResourceArn": arn, "LastBackupTime": points[-1]["CreationDate"]}
        for arn, points in _of(response, "points").items()
    ]
    return _answer("backup", "ListProtectedResources", {"Results": results})


def _points(response: BackupResponse) -> ActionResult:
    arn = unquote(response.path).partition("/resources/")[2].removesuffix("/recovery-points/")
    points = _of(response, "points").get(arn, [])
    return _answer("backup", "ListRecoveryPointsByResource", {"RecoveryPoints": points})


def _copies(response: BackupResponse) -> ActionResult:
    wanted = dict(response.querystring).get("state", ["COMPLETED"])[0]
    jobs = [job for job in _of(response, "copies") if job["State"] == wanted]
    return _answer("backup", "ListCopyJobs", {"CopyJobs": jobs})


def _restores(response: BackupResponse) -> ActionResult:
    return _answer("backup", "ListRestoreJobs", {"RestoreJobs": _of(response, "restores")})


def _versions(response: Any) -> ActionResult:
    engine, version = response.params.get("Engine"), response.params.get("EngineVersion")
    listed = [
        {"Engine": engine, "EngineVersion": one, "Status": status}
        for one, status in OFFERED.items()
        if engine == "postgres" and version in {None, one}
    ]
    return _answer("rds", "DescribeDBEngineVersions", {"DBEngineVersions": listed})


def _majors(response: Any) -> ActionResult:
    listed = [
        {
            "Engine": "postgres",
            "MajorEngineVersion": major,
            "SupportedEngineLifecycles": [
                {
                    "LifecycleSupportName": "open-source-rds-standard-support",
                    "LifecycleSupportStartDate": datetime.fromisoformat("2020-01-01T00:00:00Z"),
                    "LifecycleSupportEndDate": datetime.fromisoformat(f"{end}T23:59:59Z"),
                }
            ],
        }
        for major, end in SUPPORT.items()
        if response.params.get("Engine") == "postgres"
    ]
    return _answer("rds", "DescribeDBMajorEngineVersions", {"DBMajorEngineVersions": listed})


def _replicated(response: Any) -> ActionResult:
    said = {"DBInstanceAutomatedBackups": _of(response, "replicated")}
    return _answer("rds", "DescribeDBInstanceAutomatedBackups", said)


def _latest(database: DBCluster | DBInstance) -> datetime | None:
    known = _said(database.account_id, database.region).get("latest", {})
    latest: datetime | None = known.get(database.arn)
    return latest


def _taken(snapshot: DBSnapshot) -> datetime:
    known = _said(snapshot.account_id, snapshot.region).get("snapshots", {})
    taken: datetime = known.get(snapshot.db_instance_identifier, snapshot.created)
    return taken


def _with_latest(describe: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def continuous(backend: DynamoDBBackend, table_name: str) -> dict[str, Any]:
        answer = describe(backend, table_name)
        said = answer["PointInTimeRecoveryDescription"]
        known = _said(backend.account_id, backend.region_name).get("latest", {})
        arn = backend.get_table(table_name).table_arn
        if "LatestRestorableDateTime" in said and arn in known:
            said = {**said, "LatestRestorableDateTime": known[arn].timestamp()}
        return {**answer, "PointInTimeRecoveryDescription": said}

    return continuous
