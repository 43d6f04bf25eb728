"""Mistakes in what the profile says of PagerDuty and Grafana, each with its exact message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable

FORM = "a namespace of Grafana: default, org-7 or stacks-7"
GRAFANA = '[grafana]\nurl = "https://g.example"\ntoken = { env = "KEY" }\n'


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (
            f'{GRAFANA}namespace = "org-x"\n',
            f'`grafana.namespace` is "org-x" but must be {FORM}',
        ),
        (
            "[monitoring]\non_call_days = 91\n",
            "`monitoring.on_call_days` is 91 but must be at most 90",
        ),
        (
            "[monitoring]\nnewest_page_days = 181\n",
            "`monitoring.newest_page_days` is 181 but must be at most 180",
        ),
        ('[pagerduty]\nservice = "P1"\n', "`pagerduty.token` is required and missing"),
    ],
)
def test_each_mistake_is_told(
    loaded: Callable[..., Any], profile_text: str, more: str, says: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        loaded(readiness=profile_text + more)
    assert [one.partition(": ")[2] for one in refused.value.mistakes] == [says]
