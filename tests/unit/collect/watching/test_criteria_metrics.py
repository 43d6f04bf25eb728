"""Whether what a rollback is decided by is measured: in Prometheus, and in CloudWatch."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.watching.criteria_metrics import CriteriaMetrics
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.repository import Repository
from pytest_orr.profile.schema import Aws, AwsAccount, AwsResources

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.interface import Desk

AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
ERRORS = "explorer_request_errors_total"


def desk_with(account: Any, told: Any, *metrics: str) -> Desk:
    """A desk whose repository has criteria of these metrics."""
    rows = "".join(f"[[criteria]]\nmetric = '{one}'\nthreshold = '1'\n" for one in metrics)
    also = {
        "repository": Repository(rollback_criteria="c.toml"),
        "prometheus": told.declared(service="explorer"),
    }
    git: Any = SimpleNamespace(read=lambda _: rows.encode(), where=("git",))
    desk: Desk = account.desk(also=also)
    return replace(desk, git=git, prometheus=told.client(service="explorer"))


@pytest.fixture
def newest(empty_account: Any, told_prometheus: Any) -> Callable[..., Any]:
    """What is seen of one criterion's metric: ``newest("explorer_lag")``."""

    def read(metric: str) -> Any:
        [part] = CriteriaMetrics().collect(desk_with(empty_account, told_prometheus, metric)).value
        assert part.name == f"data of criterion 1: {metric}"
        return part.reading

    return read


class TestInPrometheus:
    """A name, a selector or an expression."""

    def test_the_newest_sample_of_the_services_series_counts(
        self, told_prometheus: Any, newest: Callable[..., Any]
    ) -> None:
        told_prometheus.samples(ERRORS, AS_OF - 9 * MINUTE, service="explorer", code="500")
        told_prometheus.samples(ERRORS, AS_OF - 7 * MINUTE, service="explorer", code="502")
        told_prometheus.samples(ERRORS, AS_OF, service="faucet")
        seen = newest(ERRORS)
        assert seen.seen == f"Prometheus: {ERRORS}, last sample 2026-11-19 23:53 UTC"
        assert seen.has_data(AS_OF, 7)
        assert not seen.has_data(AS_OF, 6)

    def test_another_services_series_are_none(
        self, told_prometheus: Any, newest: Callable[..., Any]
    ) -> None:
        told_prometheus.samples(ERRORS, AS_OF, service="faucet")
        seen = newest(ERRORS)
        assert not seen.has_data(AS_OF, 1)
        assert seen.seen == f"Prometheus has no sample of {ERRORS}"

    def test_a_histogram_is_known_by_its_parts(
        self, told_prometheus: Any, newest: Callable[..., Any]
    ) -> None:
        told_prometheus.samples("explorer_seconds_bucket", AS_OF - MINUTE, service="explorer")
        assert newest("explorer_seconds").newest == AS_OF - MINUTE

    def test_an_expression_is_as_old_as_its_oldest_series(
        self, told_prometheus: Any, newest: Callable[..., Any]
    ) -> None:
        told_prometheus.samples(ERRORS, AS_OF - 20 * MINUTE, service="explorer")
        told_prometheus.samples('requests_total{a="b"}', AS_OF, service="explorer")
        ratio = f'sum(rate({ERRORS}[5m])) / sum(rate(requests_total{{a="b"}}[5m])) > 0.02'
        assert newest(ratio).newest == AS_OF - 20 * MINUTE

    def test_an_expression_lacks_what_one_of_its_series_lacks(
        self, told_prometheus: Any, newest: Callable[..., Any]
    ) -> None:
        told_prometheus.samples(ERRORS, AS_OF, service="explorer")
        seen = newest(f"rate({ERRORS}[5m]) / rate(requests_total[5m])")
        assert seen.newest is None
        assert seen.missing == ("requests_total",)

    def test_what_names_no_series_has_none(self, newest: Callable[..., Any]) -> None:
        seen = newest("1 + 1")
        assert not seen.has_data(AS_OF, 1)
        assert seen.seen == "Prometheus: 1 + 1, last sample nobody knows when"

    def test_what_is_no_expression_is_unknown(self, newest: Callable[..., Any]) -> None:
        with pytest.raises(FactUnavailable, match=r"'errors \(' is no metric: \( is not closed"):
            newest("errors (")

    def test_a_prometheus_that_denies_leaves_its_criteria_unknown_alone(
        self, empty_account: Any, told_prometheus: Any
    ) -> None:
        told_prometheus.status = 403
        desk = desk_with(empty_account, told_prometheus, ERRORS, "Explorer Lag")
        first, second = CriteriaMetrics().collect(desk).value
        assert first.unavailable is not None
        assert "denies us GET /api/v1/query (403)" in first.unavailable.cause
        assert second.seen == "CloudWatch has no sample of Explorer Lag"


class TestInCloudWatch:
    """Namespace and metric, with dimensions or without."""

    @staticmethod
    def put(account: Any, namespace: str, name: str, ago: int = 5, **dimensions: str) -> None:
        account.client("cloudwatch").put_metric_data(
            Namespace=namespace,
            MetricData=[
                {
                    "MetricName": name,
                    "Dimensions": [{"Name": k, "Value": v} for k, v in dimensions.items()],
                    "Timestamp": AS_OF - ago * MINUTE,
                    "Value": 1.0,
                }
            ],
        )

    def test_of_aws_only_what_the_service_has_counts(
        self, empty_account: Any, told_prometheus: Any
    ) -> None:
        account = empty_account
        subnet = account.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
        made = account.client("elbv2").create_load_balancer(
            Name="explorer", Subnets=[subnet], Tags=[{"Key": "service", "Value": "explorer"}]
        )["LoadBalancers"][0]["LoadBalancerArn"]
        own = made.partition(":loadbalancer/")[2]
        self.put(account, "AWS/ApplicationELB", "UnHealthyHostCount", LoadBalancer=own)
        self.put(account, "AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", LoadBalancer="app/x/1")
        desk = desk_with(
            account,
            told_prometheus,
            "AWS/ApplicationELB UnHealthyHostCount",
            f"AWS/ApplicationELB/UnHealthyHostCount LoadBalancer={own}",
            "AWS/ApplicationELB UnHealthyHostCount LoadBalancer=app/x/1",
            "AWS/ApplicationELB HTTPCode_ELB_5XX_Count",
        )
        seen = [one.reading for one in CriteriaMetrics().collect(desk).value]
        assert [one.newest for one in seen] == [AS_OF - 5 * MINUTE] * 2 + [None] * 2
        assert seen[0].seen == (
            "CloudWatch: AWS/ApplicationELB UnHealthyHostCount, last sample 2026-11-19 23:55 UTC"
        )
        assert seen[3].seen == (
            "CloudWatch has no sample of AWS/ApplicationELB HTTPCode_ELB_5XX_Count"
        )

    def test_what_is_tagged_counts_as_the_services(
        self, empty_account: Any, told_prometheus: Any
    ) -> None:
        table = empty_account.client("dynamodb").create_table(
            TableName="explorer-labels",
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=[{"Key": "service", "Value": "explorer"}],
        )
        assert table["TableDescription"]["TableName"] == "explorer-labels"
        self.put(empty_account, "AWS/DynamoDB", "ThrottledRequests", TableName="explorer-labels")
        desk = desk_with(empty_account, told_prometheus, "AWS/DynamoDB ThrottledRequests")
        [part] = CriteriaMetrics().collect(desk).value
        assert part.reading.has_data(AS_OF, 15)
        of_balancers = AwsResources(load_balancers=("arn:aws:elasticloadbalancing:x",))
        account = AwsAccount(id="123456789012", regions=("eu-central-1",))
        aws = Aws(accounts=(account,), resources=of_balancers)
        untagged = replace(
            desk, aws=empty_account.access(aws), profile=replace(desk.profile, aws=aws)
        )
        [part] = CriteriaMetrics().collect(untagged).value
        assert not part.reading.has_data(AS_OF, 15)

    def test_of_a_namespace_of_its_own_everything_counts(
        self, empty_account: Any, told_prometheus: Any
    ) -> None:
        self.put(empty_account, "Explorer/Backend", "Lag", ago=30)
        desk = desk_with(empty_account, told_prometheus, "Explorer/Backend Lag")
        [part] = CriteriaMetrics().collect(desk).value
        assert not part.reading.has_data(AS_OF, 15)
        assert part.reading.has_data(AS_OF, 30)
