"""The part of readiness.toml that is about machines and images in AWS: what they may look like."""

from typing import Annotated, Literal

from pydantic import Field, Strict
from pydantic.dataclasses import dataclass

from .fields import CONFIG, Days, Text

Percent = Annotated[int, Strict(), Field(ge=1, le=100)]
Load = Literal["cpu", "status", "memory", "disk"]


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Compute:
    """What machines and images in AWS may look like."""

    watched: Annotated[tuple[Load, ...], Field(min_length=1)] = ("cpu", "status", "memory", "disk")
    """What of each instance an alarm of CloudWatch must watch; memory and disk are measured by the
    CloudWatch agent."""
    agent_namespace: Text = "CWAgent"
    """Namespace in which the CloudWatch agent publishes mem_used_percent and disk_used_percent."""
    oldest_sample_minutes: Annotated[int, Strict(), Field(ge=1, le=60)] = 15
    """When each of these metrics must last have had a sample."""
    highest_cpu: Percent = 60
    """Percent of the CPU that 95 of 100 samples of a stress test stay within."""
    highest_memory: Percent = 75
    """Percent of the memory that a stress test may use."""
    highest_disk: Percent = 70
    """Percent of the root file system that may be used at the end of a stress test."""
    oldest_image_days: Days = 90
    """When a container image of the release must have been pushed."""
    oldest_scan_days: Days = 30
    """When its last scan must have been completed."""
