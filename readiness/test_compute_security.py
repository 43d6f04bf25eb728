"""Compute security: machines and images are supported, patched, large enough and watched."""

import pytest

from pytest_orr import at_least_one, days_left, each, own


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
    host_images, machine_images, profile, subject, as_of
):
    """Every host runs a supported LTS image with all security updates installed.

    Why: After its end of life a distribution publishes no fixes, so each new hole in kernel or
    OpenSSL stays open on the host. A fix that waits for a reboot protects nobody either.

    Fix: Rebuild hosts on an LTS release with at least 180 days of support left, let the package
    index be refreshed daily, install the security updates, and reboot where that is asked for. A
    host that is not reached from here is reported by a file: `orr plan --script HOST` prints what
    to run there, and [[hosts]] outputs names what it printed. An EC2 instance that is no host of
    [[hosts]] answers through SSM: let SSM manage it, and scan it daily by a patch baseline of AWS.
    """
    limits = profile.host_limits
    for host in at_least_one(own(host_images), "host or instance of the service"):
        with subject(f"{host.name}: release", saw=host.seen):
            assert host.reading.is_lts, "it is no release with long-term support"
            left = days_left(host.reading.end_of_support, as_of)
            assert left >= limits.minimum_support_days, "its support ends too soon"
        with subject(f"{host.name}: updates", saw=host.seen):
            assert not host.reading.reboot_required, "an update waits for a reboot"
            pending = host.reading.security_updates(as_of, limits.oldest_index_days)
            assert not pending, f"security updates wait: {', '.join(pending)}"
    for image in each(machine_images):
        with subject(f"{image.name}: AMI", saw=image.seen):
            assert not image.reading.is_deprecated(as_of), "its AMI is deprecated"


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
    on-call reads, and warn when the last success is over 7 days old. On an EC2 instance that is no
    host of [[hosts]], let an association of SSM run AWS-RunPatchBaseline with Operation=Install on
    a schedule, by a patch baseline of AWS.
    """
    longest = profile.host_limits.oldest_update_run_days
    for host in at_least_one(own(host_update_schedules), "host or instance of the service"):
        with subject(host.name, saw=host.seen):
            schedule = host.reading
            assert schedule.is_scheduled, "neither a timer, cron nor SSM installs updates"
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
def test_docker_base_images_are_pinned_and_updated(
    base_images, container_images, profile, subject, as_of
):
    """Docker base images are pinned, scanned and regularly updated.

    Why: Most packages in a container come with its base image, where a scan of the source's
    lockfiles does not look. Under a floating `latest`, two builds of one commit differ, and nobody
    can say which of them was tested.

    Fix: Pin each FROM line to tag and digest, let Renovate or Dependabot raise it, and rebuild at
    least every 90 days. Scan on push, with ECR or Trivy, and clear the critical findings before
    the release is tagged. Name the release's images by digest under images of [release]: those in
    ECR are looked up there, others in [[images.registries]], with a report under [[images.scans]].
    """
    limits = profile.compute
    for base in at_least_one(base_images, "FROM line of the release's Dockerfiles"):
        with subject(base.name, saw=base.seen):
            assert not base.reading.is_floating, "neither a tag of its own nor a digest pins it"
    for image in at_least_one(container_images, "image of the release"):
        with subject(image.name, saw=image.seen):
            found = image.reading
            assert found.is_pinned, "the release names it by a tag, which may move"
            assert found.pushed_within(limits.oldest_image_days, as_of) or found.builds_on_current(
                base_images
            ), "it was pushed too long ago, and its base is not what its name leads to today"
            critical = found.critical_findings(as_of, limits.oldest_scan_days)
            assert not critical, f"its scan has {critical} critical findings"


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
    host_machines, sized_instances, loaded_hosts, profile, subject, attestation
):
    """The machines are large enough for the projected load, by a calculation that can be read.

    Why: A machine that is too small fails in the busiest hour, and a larger type then means a
    restart in the middle of it. Burstable types hide the shortage from any test that ends before
    their CPU credits do.

    Fix: Calculate CPU, memory, disk and connections per tier from the projected peak, with one
    machine lost, and declare the result under [[hosts]] minimum. Confirm it in the load test's
    window, which [[stress_tests]] tells: p95 of CPU at most 60 %, memory 75 %, disk 70 %, CPU
    credits left over, and Compute Optimizer without an under-provisioned machine. Outside of AWS
    Prometheus tells the same by node_exporter.
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
    most = profile.compute
    for machine in each(sized_instances):
        with subject(f"{machine.name}: type", saw=machine.size.seen):
            short = machine.size.reading.falls_short_of(profile.minimum_of(machine.instance.host))
            assert not short, f"it has less than [[hosts]] minimum: {', '.join(short)}"
        with subject(f"{machine.name}: advice", saw=machine.advice.seen):
            assert not machine.advice.reading.wants_more, "Compute Optimizer finds it too small"
        for load in machine.loads:
            with subject(f"{machine.name}: {load.name}", saw=load.seen):
                assert load.reading.cpu <= most.highest_cpu, "its CPU was too busy"
                assert load.reading.memory <= most.highest_memory, "its memory ran short"
                assert load.reading.disk <= most.highest_disk, "its disk was too full"
                has_credits = not machine.size.reading.is_burstable or load.reading.credits > 0
                assert has_credits, "it used up its CPU credits"
    for load in each(loaded_hosts):
        with subject(load.name, saw=load.seen):
            assert load.reading.cpu <= most.highest_cpu, "its CPU was too busy"
            assert load.reading.memory <= most.highest_memory, "its memory ran short"
            assert load.reading.disk <= most.highest_disk, "its disk was too full"
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
def test_alarms_on_machine_load_reach_somebody(watched_instances, profile, subject, as_of):
    """Every machine's load is watched by alarms that reach somebody.

    Why: EC2 reports neither memory nor disk by itself, so users are the first to notice a disk
    full of logs. An alarm to a topic without a confirmed subscriber turns red in silence, and a
    machine that stands on no list is watched by nobody.

    Fix: Run the CloudWatch agent on each instance, with alarms on CPU, status check, memory and
    disk, actions enabled, to a topic with a confirmed subscription. Trip one with `aws cloudwatch
    set-alarm-state` and see what arrives. Give each instance the name of its host in [[hosts]] as
    its tag Name, or say under [[hosts]] instances which host it is.
    """
    longest = profile.compute.oldest_sample_minutes
    for machine in at_least_one(watched_instances.found, "instance of the service"):
        with subject(machine.name, saw=machine.instance.seen):
            assert machine.instance.is_running, "it does not run"
            assert machine.instance.is_known, "no host of [[hosts]] is this instance alone"
            assert not machine.instance.stray, machine.instance.stray
    for machine in each(watched_instances.running):
        for load in profile.compute.watched:
            with subject(f"{machine.name}: {load}", saw=machine.seen(load)):
                gap = machine.watch.reading.gap(load)
                assert not gap, gap
                recent = machine.samples.reading.are_recent(load, longest, as_of)
                assert recent, f"it was not measured in the last {longest} minutes"
    for host in each(watched_instances.lost):
        with subject(host):
            assert host not in watched_instances.lost, "no instance of the service is this host"


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
    account_credentials, iam_users, host_accounts, profile, subject, as_of, attestation
):
    """People log in to testing and production by separate accounts, each one approved.

    Why: Access to testing is given out freely, to contractors and pipelines too; if the same login
    opens production, all of them hold it. The account of somebody who left is the one that nobody
    misses when it is misused.

    Fix: Use different AWS accounts, Unix users and SSH keys for the two, and list the few overlaps
    that are meant under [host_limits] shared_users and shared_keys. Declare the testing hosts with
    [[hosts]] environment and its account with [[aws.accounts]] environment, so that there is
    something to compare with. Ask MFA of console users and of the root, delete root access keys
    and keys that nobody uses, replace access keys over 90 days old, and go through the roster
    whenever somebody leaves.
    """
    for own_account in each(account_credentials.own):
        with subject(own_account.name, saw=own_account.seen):
            own_id, others = own_account.reading.account, account_credentials.others
            for other in at_least_one(others, "account of another [[aws.accounts]] environment"):
                names = f"{own_account.name} and {other.name}"
                with subject(names, saw=f"{own_account.seen}; {other.seen}"):
                    assert own_id != other.reading.account, "testing and production share it"
    ages = profile.credential_limits
    for account in each(iam_users):
        with subject(account.report.name, saw=account.report.seen):
            report = account.report.reading
            for user in report.users:
                with subject(user.arn, saw=user.seen):
                    assert user.has_mfa or not user.has_password, "console login without MFA"
                    old = user.keys_older_than(ages.oldest_access_key_days, as_of)
                    assert not old, f"its access keys are too old: {', '.join(old)}"
                    idle = user.unused_keys_older_than(ages.unused_access_key_days, as_of)
                    assert not idle, f"nobody ever used its access keys: {', '.join(idle)}"
            with subject(report.root.arn, saw=report.root.seen):
                assert not report.root.keys, "the root has access keys"
                has_mfa = report.root.has_mfa or account.root_cannot_log_in
                assert has_mfa, "the root can log in without MFA"
        with subject(account.summary.name, saw=account.summary.seen):
            summary = account.summary.reading
            assert not summary.has_keys, "the root has access keys"
            assert summary.has_mfa or not summary.has_password, "the root can log in without MFA"
            differs = summary.differs_from(account.report.reading)
            assert not differs, f"the credential report says otherwise: {', '.join(differs)}"
    limits = profile.host_limits
    elsewhere = [host for host in each(host_accounts) if not host.is_own]
    for host in at_least_one(own(host_accounts), "host"):
        for other in at_least_one(elsewhere, "host of another [[hosts]] environment"):
            with subject(f"{host.name} and {other.name}", saw=f"{host.seen}; {other.seen}"):
                users = {*host.reading.users} & {*other.reading.users} - {*limits.shared_users}
                assert not users, f"users of both: {', '.join(sorted(users))}"
                keys = {*host.reading.fingerprints} & {*other.reading.fingerprints}
                keys -= {*limits.shared_keys}
                assert not keys, f"keys that open both: {', '.join(sorted(keys))}"
    assert attestation.evidence
