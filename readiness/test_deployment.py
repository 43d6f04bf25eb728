"""Deployment: the service is deployed by machines, and its secrets stay sealed."""

import pytest

from pytest_orr import at_least_one, each, own


@pytest.mark.orr(
    "deployment.automation.ansible",
    stated="use ansible to deploy the service",
    severity="major",
    phase="build",
    owner="platform",
    question="When was the last complete deployment to a clean host, and by whom?",
    evidence="log",
    valid_for=90,
)
@pytest.mark.manual
def test_ansible_deploys_the_service_to_a_clean_host(
    host_deployments, profile, subject, attestation
):
    """Ansible alone turns a clean host into a running one.

    Why: A host that was finished by hand cannot be rebuilt when its zone is lost on launch day.
    A playbook that is only ever run against old hosts hides the step that somebody once typed.

    Fix: Start an empty instance from the declared image, run the playbook from the pipeline
    without logging in, and keep the job's log. Let the last task write the commit to a file, and
    name it under [[hosts]] revision_file. Put every manual step you meet into a role, and compare
    the inventory with the hosts that are really running.
    """
    for host in at_least_one(own(host_deployments, role="backend"), "backend host"):
        with subject(host.name, saw=host.seen):
            commit = profile.release.commit
            assert host.reading.is_of(commit), "another commit than the release is deployed"
    assert attestation.evidence


@pytest.mark.orr(
    "deployment.automation.credential-cleanup",
    stated="auto remove any credentials from the remote host after deployment",
    severity="blocker",
    phase="launch",
    owner="platform",
    question="What removes credentials from the host, and does it also run after a failed "
    "deployment?",
    evidence="log",
    valid_for=30,
)
def test_no_deployment_credentials_stay_on_the_hosts(host_leftovers, subject):
    """No deployment leaves a credential on a host, not even one that failed half-way.

    Why: A vault password, cloud key or registry login forgotten in a home or temp directory
    turns one compromised host into a compromised account. Failed runs are the usual source,
    because they stop before the clean-up task.

    Fix: Move the clean-up into the `always:` part of an Ansible block, covering key files, `.env`,
    `.docker/config.json`, `.aws/credentials` and Ansible's own temp directory. [host_limits]
    leftovers names what is looked for, by path alone. Where other homes are closed to the auditor,
    set [ssh] sudo and allow it to run find.
    """
    for host in at_least_one(own(host_leftovers), "host"):
        with subject(host.name, saw=host.seen):
            left = host.reading.paths
            assert not left, f"a deployment left behind: {', '.join(left)}"


@pytest.mark.orr(
    "deployment.automation.systemd",
    stated="use systemd to launch service to avoid service interruption",
    severity="major",
    phase="build",
    owner="platform",
    question="What restarts the service after a crash, and after a reboot?",
    evidence="log",
    valid_for=180,
)
def test_systemd_restarts_the_service_after_a_crash_and_a_reboot(host_units, profile, subject):
    """Under systemd the service comes back after a crash and after a reboot, without a person.

    Why: A process started from a shell or a screen session dies with the first kernel update
    or out-of-memory kill, and stays down until somebody wakes up. A unit that is active but not
    enabled looks the same until the reboot.

    Fix: Deploy a unit with `Restart=on-failure`, a start limit, `User=` other than root, and
    enable it; declare it under [[hosts]] units. A unit that systemd had to restart often has a
    fault of its own: read `journalctl -u`, mend it, and start it anew, which counts from zero.
    """
    most = profile.host_limits.most_restarts
    for host in at_least_one(own(host_units, role="backend"), "backend host"):
        with subject(host.name, saw="it was read"):
            for unit in at_least_one(host.reading.units, "unit under [[hosts]] units"):
                with subject(f"{host.name}: {unit.name}", saw=unit.state):
                    assert unit.is_loaded, "systemd does not know the unit"
                    assert unit.is_active, "the unit does not run"
                    assert unit.is_enabled, "the unit does not come back after a reboot"
                    assert unit.restarts_itself, "systemd does not restart it after a crash"
                    assert unit.restarts <= most, f"systemd restarted it {unit.restarts} times"
                    assert not unit.runs_as_root, "the unit runs as root"


@pytest.mark.orr(
    "deployment.docker.team-account",
    stated="docker deployment with docker hub setup using team account",
    severity="major",
    phase="build",
    owner="platform",
    question="Who owns the registry organisation, and who recovers it if they leave?",
    evidence="roster",
    valid_for=180,
)
@pytest.mark.manual
def test_images_come_from_an_account_of_the_team(attestation):
    """Production images come from an organisation's namespace with at least two owners.

    Why: An image in somebody's personal namespace disappears, or is taken over, together with
    that account: the hosts then cannot pull, or pull something else. One owner without a second
    factor is one phishing mail away from that.

    Fix: Create an organisation in Docker Hub or your registry, move the repositories there, name
    two owners and enforce two-factor login. Let the pipeline push with an organisation token,
    and check that `docker inspect` on the hosts shows the organisation's name.
    """
    assert attestation.evidence


@pytest.mark.orr(
    "deployment.docker.build-automation",
    stated="docker build / image / process automation",
    severity="major",
    phase="build",
    owner="platform",
    question="Which steps of the image process are still done by hand?",
    evidence="link",
    valid_for=180,
)
@pytest.mark.manual
def test_the_pipeline_builds_and_pushes_every_image(attestation):
    """The pipeline builds and pushes every image, and the running digest is the one it built.

    Why: An image built on a laptop carries uncommitted changes and local credentials, and
    nobody can say later which source runs in production. A security fix then has no known place
    to go.

    Fix: Build and push in the tag's CI job only, label the image with the commit
    (`org.opencontainers.image.revision`), and deploy by digest. Compare three digests: the job's
    log, the registry's tag, the running container; take push rights away from people.
    """
    assert attestation.evidence


@pytest.mark.orr(
    "deployment.database.write-restriction",
    stated="database setup and security rule setup with write permission restriction",
    severity="blocker",
    phase="build",
    owner="security",
    question="Which identities may write to the database, who reviewed this, and when?",
    evidence="table",
    valid_for=90,
)
@pytest.mark.manual
def test_only_declared_identities_may_write_to_the_database(
    databases, database_grants, database_rules, as_of, subject, attestation
):
    """Only declared identities may write to the database, and none of them is a superuser.

    Why: An application role that owns its schema turns one SQL injection into changed balances
    or a dropped table. Hosted databases with open rules are found by scanners within days of
    going public.

    Fix: Give the application a role without superuser and ownership, migrations a role of
    their own, and everybody else read-only; name them under [[databases]] writers, with a login
    that can only read. Keep the instance in private subnets behind security groups that let in the
    service's alone, encrypted, protected from deletion, on a version that its vendor mends. Let
    hosted rules deny whoever is not logged in, and test them in the emulator. Have the listing
    reviewed.
    """
    for name in at_least_one(databases.declared, "database"):
        with subject(name, saw="declared in readiness.toml"):
            assert databases.has(name), "no account and region of readiness.toml has it"
    for database in each(databases.found):
        with subject(database.name, saw=database.seen):
            assert database.reading.is_declared, "no [[databases]] of readiness.toml names it"
            assert database.reading.is_encrypted, "it is not encrypted"
            assert database.reading.is_protected, "nothing protects it from being deleted"
            assert not database.reading.is_public, "the world can reach its address"
    for door in each(databases.doors):
        with subject(door.name, saw=door.seen):
            others, writers = "; ".join(door.reading.strangers), ", ".join(door.reading.writers)
            assert not others, f"its groups let in others than the service: {others}"
            assert not writers, f"its policy lets write whom writers does not name: {writers}"
    for version in each(databases.versions):
        with subject(version.name, saw=version.seen):
            assert version.reading.is_offered, "AWS no longer offers this version"
            assert version.reading.is_supported(as_of), "AWS's standard support for it has ended"
    for server in each(database_grants.servers):
        with subject(server.name, saw=server.seen):
            able = "; ".join(server.reading.login_ways)
            assert not able, f"the login that should only read may write: {able}"
    for role in each(database_grants.roles):
        with subject(role.name, saw=role.seen):
            excess = "; ".join(role.excess)
            assert role.is_declared, "it may write, and nobody declared that it may"
            assert role.may_write, "writers names it, and it may write nothing"
            assert not excess, f"it may do more than write: {excess}"
    for firestore in each(database_rules):
        with subject(firestore.name, saw=firestore.seen):
            for rule in firestore.reading.rules:
                with subject(rule.name, saw=rule.seen):
                    assert rule.reading.admits_nobody, "whoever is not logged in may write"
            tests = firestore.reading.tests
            with subject(tests.name, saw=tests.seen):
                failed = ", ".join(tests.reading.failed)
                assert tests.reading.ran > 0, "no test of the rules ran"
                assert not failed, f"tests of the rules failed: {failed}"
    assert attestation.evidence


@pytest.mark.orr(
    "deployment.database.backup",
    stated="database backup rules",
    severity="blocker",
    phase="launch",
    owner="platform",
    question="When was the last restore, how long did it take, and what was compared?",
    evidence="drill",
    valid_for=90,
)
def test_a_database_backup_was_restored_and_compared(database_backups, profile, as_of, subject):
    """Every database is backed up, copied elsewhere, and was restored from its backup in time.

    Why: Backups that were never restored fail when they are needed: the key is missing, a
    schema is left out, or the restore takes a day. The snapshot job's green light shows none
    of this.

    Fix: Keep at least seven days of encrypted automatic backups and one copy in another region
    or account. Restore the newest by AWS Backup, which keeps a record of it, or by hand: then
    compare row counts and a checksum of the largest tables, and state duration and data loss in
    attestations.toml with covers = "unknown". Give every backup plan a selection.
    """
    limits = profile.database_limits
    for name in each(database_backups.declared):
        with subject(name, saw="declared in readiness.toml"):
            assert database_backups.has(name), "no account and region of readiness.toml has it"
    for kept in each(database_backups.keeping):
        with subject(kept.name, saw=kept.seen):
            days = limits.retention_days
            assert kept.reading.days >= days, f"it is kept for fewer than {days} days"
            recent = kept.reading.reaches(as_of, limits)
            assert recent, f"it cannot be restored to the last {limits.restorable_minutes} minutes"
    for newest in each(database_backups.newest):
        with subject(newest.name, saw=newest.seen):
            fresh, hours = newest.reading.is_fresh(as_of, limits), limits.newest_hours
            assert fresh, f"no automatic backup is younger than {hours} hours"
            assert newest.reading.is_encrypted, "its newest backup is not encrypted"
    for copied in each(database_backups.copied):
        with subject(copied.name, saw=copied.seen):
            recent, days = copied.reading.is_recent(as_of, limits), limits.elsewhere_days
            assert recent, f"no copy of the last {days} days is in another region or account"
            assert copied.reading.is_encrypted, "its copy elsewhere is not encrypted"
    for plan in each(database_backups.plans):
        with subject(plan.name, saw=plan.seen):
            assert plan.reading.selections > 0, "the backup plan selects nothing"
    for restored in at_least_one(database_backups.restored, "database"):
        with subject(restored.name, saw=restored.seen):
            failed = restored.reading.proof(as_of, limits).failed
            assert not failed, f"the last restore failed: {failed}"


@pytest.mark.orr(
    "deployment.database.service-account-leak",
    stated="no leakage of the service account in Github",
    severity="blocker",
    phase="build",
    owner="security",
    question="Were service accounts ever committed, and were they rotated?",
    evidence="report",
    valid_for=30,
)
@pytest.mark.manual
def test_no_service_account_has_leaked_into_a_repository(attestation):
    """No database or cloud service account lies in any repository, and past leaks were rotated.

    Why: A service-account key in an old commit of a forgotten repository still opens the
    database. Deleting the file changes nothing: clones, forks and crawlers have it already.

    Fix: Scan the full history of every repository of the organisation (GitGuardian, gitleaks, or
    the host's secret scanning) for service-account and database detectors. Rotate every hit
    first and close the incident after, with the rotation's date in it.
    """
    assert attestation.evidence


@pytest.mark.orr(
    "deployment.vault.ansible-vault",
    stated="ansible-vault setup to protect credential files",
    severity="major",
    phase="build",
    owner="platform",
    question="Who knows the vault password, and when was it last changed after somebody left?",
    evidence="roster",
    valid_for=180,
)
@pytest.mark.manual
def test_ansible_vault_protects_the_credential_files(attestation):
    """Ansible Vault seals every credential file, and only named people know its password.

    Why: One vault password opens every secret of the deployment, and somebody who left keeps
    it until it is changed. A password file that was committed once makes the encryption
    worthless, however strong it is.

    Fix: Check that each file in the secret paths begins with `$ANSIBLE_VAULT;1.` and `AES256`,
    and that the password file is ignored and absent from `git log --all`. Keep the password in
    a secret manager with a short list of readers, and run `ansible-vault rekey` when one leaves.
    """
    assert attestation.evidence


@pytest.mark.orr(
    "deployment.vault.encrypt-all",
    stated="encrypt all credentials and config files",
    severity="blocker",
    phase="build",
    owner="platform",
    question="Which configuration stays in clear text, and why is that safe?",
    evidence="table",
    valid_for=90,
)
@pytest.mark.manual
def test_every_secret_and_config_file_is_encrypted_or_excused(attestation):
    """Every secret and config file is encrypted; those in clear are listed with a reason.

    Why: The leak is rarely in the file called secrets; it is a connection string in a config
    that nobody counted as one. A list of exceptions with reasons is the only way to see the file
    that was forgotten.

    Fix: List all files that match the secret and config paths, subtract those with a vault, SOPS
    or KMS header, and give each remaining one a reason. Run a secret scan over the remainder; what
    it finds goes into the vault and is rotated.
    """
    assert attestation.evidence


@pytest.mark.orr(
    "deployment.vault.private-repo",
    stated="private repo set up to save the encrypted files",
    severity="blocker",
    phase="build",
    owner="platform",
    question="Who has access to the repository with the encrypted files, and when was that last "
    "reviewed?",
    evidence="roster",
    valid_for=90,
)
@pytest.mark.manual
def test_encrypted_files_live_in_a_private_repository(attestation):
    """Encrypted files live in one private repository that only the declared team can open.

    Why: A vault file that anybody can download can be attacked offline for years, and it also
    shows which systems exist. A fork or an old contractor's membership opens it as surely as a
    public setting.

    Fix: Keep the files in one repository with visibility private, forking off, a protected default
    branch and no deploy key that can write. Compare its members with the team's list, request
    it once without logging in (404 expected), and repeat the review each quarter.
    """
    assert attestation.evidence


@pytest.mark.orr(
    "deployment.infura.project-id-protection",
    stated="infura project ID protection",
    severity="blocker",
    phase="launch",
    owner="security",
    question="Which protections are set for each id (secret, origins, addresses, methods)?",
    evidence="capture",
    valid_for=90,
)
@pytest.mark.manual
def test_a_stolen_infura_project_id_is_of_no_use(attestation):
    """A copied Infura project id is refused: each has a secret, an origin or an allow-list.

    Why: The id in the frontend's bundle can be read by every visitor, and without an allow-list
    it serves whoever copies it. The quota is then spent by strangers, and the pages stop
    showing balances at the worst moment.

    Fix: In the provider's dashboard set allowed origins, contract addresses and methods for the
    browser's id, and require the secret for the backend's. Call each once the wrong way (foreign
    Origin, no secret) and once the right way: the first must be refused, the second answered.
    """
    assert attestation.evidence


@pytest.mark.orr(
    "deployment.infura.high-limit",
    stated="check if high limit account setup is needed for frontend",
    severity="major",
    phase="plan",
    owner="product",
    question="Is a higher limit needed: which plan, which limit, and which peak was used in the "
    "last month?",
    evidence="decision",
    valid_for=60,
)
@pytest.mark.manual
def test_the_node_provider_plan_covers_the_projected_peak(attestation):
    """It was decided, with numbers, whether the frontend needs a plan with a higher limit.

    Why: Wallet and explorer pages make several node calls per visit, so a busy launch day meets
    the daily limit hours before it meets the servers' capacity. The provider then answers 429 and
    every visitor sees an empty page.

    Fix: Multiply the projected visits by the calls of one visit (count them in the browser's
    network panel) and compare with 70 % of the plan's daily limit. Record the decision, yes or
    no, with plan, limit and the peak of the last month from the provider's usage page.
    """
    assert attestation.evidence


@pytest.mark.orr(
    "deployment.infura.separate-project-ids",
    stated="use different infura project ID for different services",
    severity="major",
    phase="build",
    owner="platform",
    question="Which id belongs to which service and environment?",
    evidence="table",
    valid_for=180,
)
@pytest.mark.manual
def test_every_service_has_an_infura_project_id_of_its_own(attestation):
    """Every service and environment has an Infura project id that no other one uses.

    Why: With a shared id a loop on staging, or another team's launch, uses up the limit of
    production. When the id leaks, it cannot be revoked without taking several services down.

    Fix: Create one project per service and environment, deploy the ids through the vault, and
    delete the shared one. Keep a table of service, environment and a fingerprint of the id (a
    keyed hash, never the id itself) and look for duplicates.
    """
    assert attestation.evidence
