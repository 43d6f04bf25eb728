"""Deployment: the service is deployed by machines, and its secrets stay sealed."""

import pytest

from pytest_orr import at_least_one, both_ways, each, own


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
    host_deployments,
    playbooks,
    lint_results,
    release_jobs,
    infrastructure_plans,
    profile,
    as_of,
    subject,
    attestation,
):
    """Ansible alone turns a clean host into a running one.

    Why: A host that was finished by hand cannot be rebuilt when its zone is lost on launch day.
    A playbook that is only ever run against old hosts hides the step that somebody once typed.

    Fix: Start an empty instance from the declared image, run the playbook from the pipeline
    without logging in, and keep the job's log. Let the last task write the commit to a file, and
    name it under [[hosts]] revision_file. Lint playbooks in a job, name it and its report under
    [delivery], and keep inventories and [[hosts]] alike. Declare plans there if Terraform makes the
    hosts. Put every manual step you meet into a role.
    """
    for book in at_least_one(playbooks.playbooks, "playbook in the repository"):
        with subject(book.name, saw=book.seen):
            assert book.reading.plays, "it has no play"
    for inventory in at_least_one(playbooks.inventories, "inventory in the repository"):
        with subject(inventory.name, saw=inventory.seen):
            assert inventory.reading.hosts, "it lists no host"
    declared = [machine.name for machine in profile.machines]
    with subject("inventories", saw=f"{len(declared)} hosts under [[hosts]]"):
        for host, is_declared, is_listed in both_ways(declared, playbooks.hosts):
            with subject(f"{host} in inventories", saw="compared with [[hosts]]"):
                assert is_listed, "no inventory lists this host of [[hosts]]"
                assert is_declared, "no [[hosts]] of readiness.toml declares it"
    for job in each(release_jobs.found(profile.delivery.lint_job)):
        with subject(f"job {job.name}", saw=job.seen):
            assert job.has_succeeded, "it did not succeed for the release's commit"
    for report in at_least_one(lint_results, "report of the linter"):
        with subject(report.name, saw=report.seen):
            objections = [finding.seen for finding in report.findings]
            assert not objections, f"the linter objects: {'; '.join(objections[:5])}"
    for plan in each(infrastructure_plans):
        with subject(plan.name, saw=plan.seen):
            assert plan.reading.counts(profile.delivery.plan_days, as_of), "it is old"
            assert not plan.reading.drifted, "what it lists was changed past Terraform"
            assert not plan.reading.changes, "what runs differs from the release's files"
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
    void="commit",
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
def test_images_come_from_an_account_of_the_team(
    image_accounts, running_images, profile, subject, attestation
):
    """Production images come from an organisation's namespace with at least two owners.

    Why: An image in somebody's personal namespace disappears, or is taken over, together with
    that account: the hosts then cannot pull, or pull something else. One owner without a second
    factor is one phishing mail away from that.

    Fix: Create an organisation in Docker Hub or your registry, move the repositories there, name
    two owners and enforce two-factor login. Let the pipeline push with an organisation token, and
    deploy the images of [release] from there. Name the organisation under [images.namespace], with
    a token that may read its members. Whether a second factor is enforced is told by no API: the
    statement says it, and who may administer an AWS account whose ECR holds images.
    """
    least = profile.images.minimum_owners
    for image in at_least_one(image_accounts, "image of the release"):
        with subject(image.name, saw=image.seen):
            account = image.reading
            assert account.is_declared, "it is published under an account that is not declared"
            assert account.is_organisation is not False, "its namespace is one person's"
            assert account.has_owners(least), f"fewer than {least} people own its namespace"
    for container in at_least_one(running_images, "container that runs an image of the release"):
        with subject(container.name, saw=container.seen):
            assert container.reading.digests, "it runs an image that came from no registry"
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
def test_the_pipeline_builds_and_pushes_every_image(built_images, running_images, profile, subject):
    """The pipeline builds and pushes every image, and the running digest is the one it built.

    Why: An image built on a laptop carries uncommitted changes and local credentials, and
    nobody can say later which source runs in production. A security fix then has no known place
    to go.

    Fix: Build and push in the tag's CI job only, label the image with the commit
    (`org.opencontainers.image.revision`), and deploy by digest. Write images of [release] as
    name:tag@sha256:…, name the job under [delivery] image_job, and the artifact in which it keeps
    the digest under [[images.built]]. Let the login ask docker or podman on the hosts, and take
    push rights away from people.
    """
    commit = profile.release.commit
    for image in at_least_one(built_images, "image of the release"):
        with subject(image.name, saw=image.seen):
            built = image.reading
            assert built.was_built, "no job of the release's commit built and pushed it"
            assert built.is_the_same_everywhere, (
                "the job, the tag and the release do not name one digest"
            )
            assert built.is_of(commit), "its label names another commit than the release"
    for container in at_least_one(running_images, "container that runs an image of the release"):
        with subject(container.name, saw=container.seen):
            running = container.reading
            assert running.is_released, "it runs another digest than the release"
            assert running.is_of(commit), "its label names another commit than the release"


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
def test_a_database_backup_was_restored_and_compared(
    database_backups, drills, profile, as_of, subject
):
    """Every database is backed up, copied elsewhere, and was restored from its backup in time.

    Why: Backups that were never restored fail when they are needed: the key is missing, a
    schema is left out, or the restore takes a day. The snapshot job's green light shows none
    of this.

    Fix: Keep at least seven days of encrypted automatic backups and one copy in another region
    or account. Restore the newest by AWS Backup, which keeps a record of it, or by hand: then
    compare row counts and a checksum of the largest tables, write duration and data loss down under
    drills/, and state it with covers = "unknown". Give every backup plan a selection.
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
    for drill in each(drills.lately("deployment.database.backup", limits.restore_days, as_of)):
        with subject(drill.name, saw=drill.seen):
            assert not drill.went, f"the drill {drill.went}"
            assert drill.still_holds, "the drill is void"


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
def test_no_service_account_has_leaked_into_a_repository(secret_scans, profile, subject, as_of):
    """No database or cloud service account lies in any repository, and past leaks were rotated.

    Why: A service-account key in an old commit of a forgotten repository still opens the
    database. Deleting the file changes nothing: clones, forks and crawlers have it already.

    Fix: Let GitGuardian watch every repository of the team, and name it under [gitguardian]. Rotate
    every service account that it or the forge's secret scanning ever saw, then close the incident
    as revoked, or write the date under [[accepted]] rotated. Who looked at other repositories in
    another way can be stated, with covers = "unknown".
    """
    accepted, limits = profile.accepted_among("secrets"), profile.scan_limits
    with subject("all repositories", saw=secret_scans.seen):
        assert secret_scans.watchers_of_all, "nobody watches them"
    for source in each(secret_scans.sources):
        with subject(source.name, saw=source.seen):
            assert source.reading, "it did not answer"
    for workspace in each(secret_scans.workspaces):
        with subject(f"{workspace.name}: scope", saw=workspace.seen):
            assert workspace.reading.watches_all, "it shows no repository"
    for report in each(secret_scans.reports):
        with subject(f"{report.name}: scope", saw=report.seen):
            counts = report.reading.counts(profile.release.commit, as_of, limits, history=True)
            assert counts, "it proves nothing"
    for hit in each(secret_scans.service_accounts):
        with subject(f"{hit.kind} account: {hit.name}", saw=hit.seen):
            assert hit.is_settled(accepted, as_of), "it is open, and nobody accepted it"
            done = hit.is_rotated(accepted) or hit.may_stay(accepted, as_of)
            assert done, "it was closed, and not rotated since it was seen"


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
def test_ansible_vault_protects_the_credential_files(sealed_files, subject):
    """Ansible Vault seals every credential file, and its password never was in the repository.

    Why: One vault password opens every secret of the deployment, and somebody who left keeps
    it until it is changed. A password file that was committed once makes the encryption
    worthless, however strong it is.

    Fix: Encrypt each file that [repository] secrets names by `ansible-vault encrypt`, which writes
    `$ANSIBLE_VAULT;1.1;AES256`, and rotate what once stood there in clear. Put the password's file
    into `.gitignore`, keep the password in a secret manager with a short list of readers, and run
    `ansible-vault rekey` when one leaves, or when the file is found in a history.
    """
    for file in at_least_one(sealed_files.secrets, "file that [repository] secrets names"):
        with subject(file.name, saw=file.seen):
            assert file.reading.is_vaulted, "ansible-vault did not encrypt it by AES256"
    for place in at_least_one(sealed_files.passwords, "pattern under vault_passwords"):
        with subject(place.name, saw=place.seen):
            once = ", ".join(place.reading.ever)
            assert place.reading.is_ignored, "git does not ignore it: anybody may commit it"
            assert not once, f"a history holds it: {once}"


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
def test_every_secret_and_config_file_is_encrypted_or_excused(
    sealed_files, tree_secrets, profile, as_of, subject
):
    """Every secret and config file is encrypted; those in clear are listed with a reason.

    Why: The leak is rarely in the file called secrets; it is a connection string in a config
    that nobody counted as one. A list of exceptions with reasons is the only way to see the file
    that was forgotten.

    Fix: Name files with credentials and settings under [repository] secrets and configs, seal them
    with ansible-vault, SOPS, age or KMS, and give each other one a reason under in_clear. Scan the
    release's files for secrets; what is found goes into the vault and is rotated.
    """
    commit, limits = profile.release.commit, profile.scan_limits
    for pattern in each(sealed_files.unmatched):
        with subject(f"pattern {pattern}", saw="no file fits it"):
            assert sealed_files.has_files_for(pattern), "no file of the release fits it"
    for file in at_least_one(sealed_files.files, "file with secrets or settings"):
        with subject(file.name, saw=file.seen):
            stays = file.reading.is_sealed or file.reading.reason
            assert stays, "it is not encrypted, and in_clear gives no reason"
    for report in at_least_one(tree_secrets.reports, "scan of the repository's files"):
        with subject(report.name, saw=report.seen):
            assert report.reading.counts(commit, as_of, limits), "it proves nothing"
    for hit in each(tree_secrets.hits_in(each(sealed_files.in_clear))):
        with subject(hit.name, saw=hit.seen):
            stays = hit.may_stay(profile.accepted, as_of)
            assert stays, "a secret stands in clear, and nobody accepted it under [[accepted]]"


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
def test_encrypted_files_live_in_a_private_repository(vault_repositories, subject):
    """Encrypted files live in one private repository that only the declared team can open.

    Why: A vault file that anybody can download can be attacked offline for years, and it also
    shows which systems exist. A fork or an old contractor's membership opens it as surely as a
    public setting.

    Fix: Keep the files in one repository with visibility private, forking off, a protected default
    branch and no deploy key that can write. Name it, its team and its files under
    [vault_repository]; without one the service's own project counts, with [forge] team and
    [repository] secrets. Take out who is not in the team, and delete copies of the files.
    """
    for vault in at_least_one(vault_repositories, "repository with encrypted files"):
        with subject(vault.access.name, saw=vault.access.seen):
            access = vault.access.reading
            assert access.visibility == "private", f"it is {access.visibility}"
            assert access.is_hidden, "somebody without a token does not get 404"
            assert not access.may_be_forked, "it may be forked"
        with subject(vault.members.name, saw=vault.members.seen):
            assert vault.members.reading.members, "nobody has access"
        for name, is_declared, has_access in both_ways(vault.team, vault.names):
            with subject(f"{name} in {vault.project}", saw=vault.members.seen):
                assert is_declared, "has access and is not in the declared team"
                assert has_access, "is in the declared team and has no access"
        with subject(vault.branch.name, saw=vault.branch.seen):
            assert vault.branch.reading.is_protected, "nothing protects it"
        with subject(vault.keys.name, saw=vault.keys.seen):
            assert not vault.keys.reading.writing, "a machine's key may write"
        for file in at_least_one(vault.files, "encrypted file"):
            with subject(file.name, saw=file.seen):
                assert file.reading.is_there, "it is not there"
                assert not file.reading.elsewhere, "it lies elsewhere, too"


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
def test_a_stolen_infura_project_id_is_of_no_use(provider_protections, subject):
    """A copied Infura project id is refused: each has a secret, an origin or an allow-list.

    Why: The id in the frontend's bundle can be read by every visitor, and without an allow-list
    it serves whoever copies it. The quota is then spent by strangers, and the pages stop
    showing balances at the worst moment.

    Fix: In the provider's dashboard set allowed origins, contract addresses and methods for the
    browser's id, and require the secret for the backend's. Declare both under
    [[provider.projects]]: each is called once the wrong way (foreign Origin, no secret), which must
    be refused, and once the right way, which must be answered. Take a backend's id out of the
    pages.
    """
    for project in at_least_one(provider_protections.projects, "project of this environment"):
        with subject(project.name, saw=project.seen):
            admitted = project.reading.admitted
            assert not admitted, f"it is answered {' and '.join(admitted)}"
    for page in at_least_one(provider_protections.bundles, "frontend"):
        with subject(f"pages of {page.name}", saw=page.seen):
            told = page.reading.projects
            assert not told, f"everybody can read the id of {', '.join(told)} in them"


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
def test_the_node_provider_plan_covers_the_projected_peak(
    provider_limits, profile, as_of, subject, attestation
):
    """It was decided, with numbers, whether the frontend needs a plan with a higher limit.

    Why: Wallet and explorer pages make several node calls per visit, so a busy launch day meets
    the daily limit hours before it meets the servers' capacity. The provider then answers 429 and
    every visitor sees an empty page.

    Fix: Multiply the projected visits by the calls of one visit (count them in the browser's
    network panel) and compare with 70 % of the plan's daily limit: [provider] calls_per_request and
    calls_per_day. Count the provider's refusals (429, 402) in a metric that Prometheus
    keeps for more than a week, and name it as refused_calls. Record the decision, yes or no, with
    plan, limit and the peak of the last month from the usage page.
    """
    with subject("calls a day", saw=provider_limits.seen):
        assert provider_limits.fits, "more than the plan allows with a margin: take a larger one"
    with subject("refused calls", saw=provider_limits.refusals.seen):
        minutes = profile.monitoring.freshest_minutes
        has_none = provider_limits.refusals.reading.has_none(as_of, minutes)
        assert has_none, "the provider has refused calls"
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
def test_every_service_has_an_infura_project_id_of_its_own(provider_projects, subject):
    """Every service and environment has an Infura project id that no other one uses.

    Why: With a shared id a loop on staging, or another team's launch, uses up the limit of
    production. When the id leaks, it cannot be revoked without taking several services down.

    Fix: Create one project per service and environment, deploy the ids through the vault, and
    delete the shared one. Declare each under [[provider.projects]], and let all services share a
    [provider] fingerprint_key: keyed fingerprints of the ids, never the ids, are then compared with
    each other and with those in the reviews that [peers] names.
    """
    for project in at_least_one(provider_projects.own, "project"):
        with subject(project.name, saw=project.seen):
            others = provider_projects.others_with(project.reading.fingerprint, project.name)
            assert not others, f"the same id serves {', '.join(others)}"
            assert provider_projects.can_compare, "there is nothing to compare it with"
    for peer in each(provider_projects.peers):
        with subject(peer.name, saw=peer.seen):
            assert peer.reading.fingerprints, "it tells of no project"
