"""Compute security: machines and images are supported, patched, large enough and watched."""

import pytest

from pytest_orr import at_least_one, days_left, own


@pytest.mark.orr(
    "compute.image.lts-patched",
    stated="up to date LTS OS image and security package updated",
    severity="blocker",
    phase="build",
    owner="platform",
    question="Which image and patch level runs on each host?",
    evidence="log",
    valid_for=30,
)
def test_hosts_run_a_supported_image_with_all_security_updates(
    host_images, profile, subject, as_of
):
    """Every host runs a supported LTS image with all security updates installed.

    Why: After its end of life a distribution publishes no fixes, so each new hole in kernel or
    OpenSSL stays open on the host. A fix that waits for a reboot protects nobody either.

    Fix: Rebuild hosts on an LTS release with at least 180 days of support left, let the package
    index be refreshed daily, install the security updates, and reboot where that is asked for. A
    host that is not reached from here is reported by a file: `orr plan --script HOST` prints what
    to run there, and [[hosts]] outputs names what it printed.
    """
    limits = profile.host_limits
    for host in at_least_one(own(host_images), "host"):
        with subject(f"{host.name}: release", saw=host.seen):
            assert host.reading.is_lts, "it is no release with long-term support"
            left = days_left(host.reading.end_of_support, as_of)
            assert left >= limits.minimum_support_days, "its support ends too soon"
        with subject(f"{host.name}: updates", saw=host.seen):
            assert not host.reading.reboot_required, "an update waits for a reboot"
            pending = host.reading.security_updates(as_of, limits.oldest_index_days)
            assert not pending, f"security updates wait: {', '.join(pending)}"


@pytest.mark.orr(
    "compute.image.update-cron",
    stated="cronjob set up for regular security package update",
    severity="major",
    phase="build",
    owner="platform",
    question="What patches the hosts, how often, who sees failures?",
    evidence="log",
    valid_for=90,
)
def test_security_updates_install_on_a_schedule(host_update_schedules, profile, subject, as_of):
    """Security updates install on a schedule, and somebody sees it when a run fails.

    Why: Hosts patched for the review are out of date a month later unless a machine does it. A
    timer that has failed since spring looks just like one that works, until somebody reads its
    log.

    Fix: Enable unattended-upgrades and its timers with the security origin, and confirm in
    /var/log/unattended-upgrades that its last run succeeded. Send failures to the channel that
    on-call reads, and warn when the last success is over 7 days old.
    """
    longest = profile.host_limits.oldest_update_run_days
    for host in at_least_one(own(host_update_schedules), "host"):
        with subject(host.name, saw=host.seen):
            schedule = host.reading
            assert schedule.is_scheduled, "neither a timer nor cron installs updates"
            assert schedule.allows_security, "the schedule leaves the security archive out"
            assert schedule.succeeded_within(longest, as_of), "its last success is too long ago"


@pytest.mark.orr(
    "compute.image.docker-base",
    stated="updated docker base image",
    severity="major",
    phase="build",
    owner="platform",
    question="Which base images, who updates them, how often?",
    evidence="table",
    valid_for=60,
)
@pytest.mark.manual
def test_docker_base_images_are_pinned_and_updated(attestation):
    """Docker base images are pinned, scanned and regularly updated.

    Why: Most packages in a container come with its base image, where a scan of the source's
    lockfiles does not look. Under a floating `latest`, two builds of one commit differ, and nobody
    can say which of them was tested.

    Fix: Pin each FROM line to tag and digest, let Renovate or Dependabot raise it, and rebuild at
    least every 90 days. Scan on push, with ECR or Trivy, and clear the critical findings before
    the release is tagged.
    """
    assert attestation.evidence


@pytest.mark.orr(
    "compute.vps.machine-spec",
    stated="sufficient machine spec for the service",
    severity="major",
    phase="plan",
    owner="platform",
    question="How does the sizing follow from the request projection?",
    evidence="table",
    valid_for=180,
)
@pytest.mark.manual
def test_machines_are_sized_from_the_request_projection(
    host_machines, profile, subject, attestation
):
    """The machines are large enough for the projected load, by a calculation that can be read.

    Why: A machine that is too small fails in the busiest hour, and a larger type then means a
    restart in the middle of it. Burstable types hide the shortage from any test that ends before
    their CPU credits do.

    Fix: Calculate CPU, memory, disk and connections per tier from the projected peak, with one
    machine lost, and declare the result under [[hosts]] minimum. Confirm it in the load test's
    window: p95 of CPU at most 60 %, memory 75 %, disk 70 %, and Compute Optimizer without an
    under-provisioned machine.
    """
    limits = profile.host_limits
    for host in at_least_one(own(host_machines, role="backend"), "backend host"):
        with subject(f"{host.name}: size", saw=host.seen):
            short = host.reading.falls_short_of(profile.minimum_of(host.name))
            assert not short, f"it has less than [[hosts]] minimum: {', '.join(short)}"
        with subject(f"{host.name}: use", saw=host.seen):
            machine = host.reading
            assert machine.disk_used_percent <= limits.fullest_disk, "its disk is too full"
            assert machine.memory_free_percent >= limits.least_memory_free, "its memory is short"
    assert attestation.evidence


@pytest.mark.orr(
    "compute.vps.cloudwatch",
    stated="cloudwatch monitoring on the load of the VPS",
    severity="major",
    phase="launch",
    owner="platform",
    question="Who gets the alarm, when was it last seen firing?",
    evidence="capture",
    valid_for=180,
)
@pytest.mark.manual
def test_alarms_on_machine_load_reach_somebody(attestation):
    """Every machine's load is watched by alarms that were seen to reach somebody.

    Why: EC2 reports neither memory nor disk by itself, so users are the first to notice a disk
    full of logs. An alarm to a topic without a confirmed subscriber turns red in silence.

    Fix: Run the CloudWatch agent on each instance, with alarms on CPU, status check, memory and
    disk, actions enabled, subscription confirmed. Trip one with `aws cloudwatch set-alarm-state`
    and capture what arrived, where, and after how long.
    """
    assert attestation.evidence


@pytest.mark.orr(
    "compute.vps.account-separation",
    stated="user account protection, use separate accounts on testing/production environments",
    severity="major",
    phase="plan",
    owner="platform",
    question="Who has an account in which environment, since when, approved by whom?",
    evidence="roster",
    valid_for=90,
)
@pytest.mark.manual
def test_people_use_separate_accounts_in_testing_and_production(
    host_accounts, profile, subject, attestation
):
    """People log in to testing and production by separate accounts, each one approved.

    Why: Access to testing is given out freely, to contractors and pipelines too; if the same login
    opens production, all of them hold it. The account of somebody who left is the one that nobody
    misses when it is misused.

    Fix: Use different AWS accounts, Unix users and SSH keys for the two, and list the few overlaps
    that are meant under [host_limits] shared_users and shared_keys. Declare the testing hosts with
    [[hosts]] environment, so that there is something to compare with. Ask MFA of console users,
    delete root access keys, replace access keys over 90 days old, and go through the roster
    whenever somebody leaves.
    """
    limits = profile.host_limits
    elsewhere = [host for host in host_accounts if not host.is_own]
    for host in at_least_one(own(host_accounts), "host"):
        for other in at_least_one(elsewhere, "host of another [[hosts]] environment"):
            with subject(f"{host.name} and {other.name}", saw=f"{host.seen}; {other.seen}"):
                users = {*host.reading.users} & {*other.reading.users} - {*limits.shared_users}
                assert not users, f"users of both: {', '.join(sorted(users))}"
                keys = {*host.reading.fingerprints} & {*other.reading.fingerprints}
                keys -= {*limits.shared_keys}
                assert not keys, f"keys that open both: {', '.join(sorted(keys))}"
    assert attestation.evidence
