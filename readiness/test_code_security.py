"""Code security: the code that is launched was read, tested and carries no secrets."""

import pytest

from pytest_orr import at_least_one, each, own


@pytest.mark.orr(
    "code.audit.internal",
    stated="service source code internal audit, nil pointer, crash handling, memory leakage, etc",
    severity="blocker",
    phase="build",
    owner="service",
    question="Who other than the authors read the release code for nil dereference, crash paths "
    "and leaks, at which commit, and which findings stay open?",
    evidence="commit",
    valid_for=180,
    void="share",
)
@pytest.mark.manual
def test_somebody_other_than_the_authors_read_the_release_code(
    merged_changes, code_scans, release_jobs, profile, as_of, subject, attestation
):
    """Somebody other than its authors has read the release's code for crashes and leaks.

    Why: A nil dereference that no test reaches takes the process down with the first odd request
    of launch day; a slow leak does it a week later, at night. Authors read what they meant to
    write, a second reader reads what is there.

    Fix: Require an approval by somebody else for every merge, and have what changed since the
    previous release (at a first launch: everything) read for nil, crash and leak paths. Name the
    analyser's report under [[scans]] about = "code", what may stay under [[accepted]], and the jobs
    of race and leak tests under [delivery] analyser_jobs; state who read what, and what is open.
    """
    for branch in at_least_one(merged_changes, "branch"):
        with subject(branch.name, saw=branch.seen):
            assert branch.has_news, "nothing came to it"
        for change in branch.unread:
            with subject(change.name, saw=change.seen):
                assert change.readers, "nobody but its author approved it"
        for commit in branch.strays:
            with subject(commit.name, saw=commit.seen):
                assert commit.is_accounted_for, "it came to the branch without a merged change"
    for scan in at_least_one(code_scans, "report of an analyser"):
        with subject(scan.name, saw=scan.seen):
            open_ones = [
                found.seen
                for found in scan.reading.open_findings
                if not found.acceptance(profile.accepted_among("code"), as_of) and found.is_grave
            ]
            assert not open_ones, f"{len(open_ones)} findings: {'; '.join(open_ones[:5])}"
            assert scan.reading.counts(profile.release.commit, as_of, profile.scan_limits)
    with subject("[delivery] analyser_jobs", saw=", ".join(profile.delivery.analyser_jobs)):
        assert profile.delivery.declared("analyser_jobs", "the jobs of race and leak tests")
    for job in each(release_jobs.found(*profile.delivery.analyser_jobs)):
        with subject(f"job {job.name}", saw=job.seen):
            assert job.is_there, "no pipeline of the release's commit has it"
            assert job.has_succeeded, "it did not succeed for the release's commit"
    assert attestation.evidence


@pytest.mark.orr(
    "code.audit.external",
    stated="service source code external audit with a security audit report",
    severity="blocker",
    phase="launch",
    owner="security",
    question="Which firm audited which scope at which commit, and how was each finding resolved?",
    evidence="report",
    valid_for=365,
    void="paths",
)
@pytest.mark.manual
def test_an_outside_firm_audited_the_code_and_its_findings_are_resolved(
    external_audits, profile, subject, attestation
):
    """An outside firm has audited the code, and each finding of its report is resolved.

    Why: A team shares its blind spots, and an attacker does not share them. A report about another
    commit, or one whose findings were never closed, only tells others where to look.

    Fix: Book the audit early enough to repair what it finds, with scope and commit in the order.
    Keep the report with its SHA-256 and a list of findings, each with its state and the commit
    that closed it, and let the firm look again at audited paths that changed since.
    """
    most = profile.repository.audited_lines if profile.repository else 0
    for audit in at_least_one(external_audits, "audit under [[repository.audits]]"):
        with subject(audit.report.name, saw=audit.report.seen):
            same = audit.report.reading.is_the_declared_file
            assert same, "the report is not the file whose SHA-256 was declared"
        with subject(audit.code.name, saw=audit.code.seen):
            changed = audit.code.reading.changed_lines
            assert audit.code.reading.is_ancestor, "the release was not built upon what was audited"
            assert audit.code.reading.has_files(), "nothing was audited"
            assert changed <= most, f"{changed} audited lines changed since, {most} may"
        with subject(audit.findings.name, saw=audit.findings.seen):
            for finding in at_least_one(audit.findings.reading.findings, "finding in the list"):
                with subject(f"{audit.findings.name}: {finding.id}", saw=finding.seen):
                    stays_open = finding.is_open and finding.is_grave
                    assert not stays_open, "a grave finding is still open"
    assert any(proof.kind == "report" and proof.sha256 for proof in attestation.evidence), (
        "no report with its SHA-256: nobody could tell later which report was meant"
    )


@pytest.mark.orr(
    "code.audit.smart-contract",
    stated="smart-contract audit, both internal and external",
    severity="blocker",
    phase="launch",
    owner="security",
    question="Which internal and which external reviewer, which commit, which addresses, and what "
    "remains open?",
    evidence="report",
    valid_for=365,
    void="bytecode",
)
@pytest.mark.manual
def test_smart_contracts_were_audited_inside_and_outside(
    contracts, code_scans, profile, as_of, subject, attestation
):
    """The deployed contracts were audited twice: by the team and by a firm outside.

    Why: A contract cannot be patched like a server: a flaw in its bytecode is paid for with the
    funds it holds. An audit of other source, or from before a proxy's upgrade, says nothing about
    the code that runs.

    Fix: Have both reviewers report on the same commit and name every address. Declare each under
    [[contracts]] with the artefact that was built from that commit: it is compared with what runs
    there, of a proxy with its implementation. Let an analyser such as Slither report on the release
    under [[scans]]. A service without contracts declares that in its profile.
    """
    for contract in at_least_one(contracts, "declared contract"):
        with subject(contract.name, saw=contract.seen):
            code = contract.reading
            assert code.size, "no code is deployed at its address"
            assert not code.is_undeclared_proxy, "it runs other code than its own: is_proxy"
            assert not code.leads_nowhere, "it is declared a proxy, and names no implementation"
            assert code.is_the_build, f"it is not the build of the audited commit {code.commit}"
    for scan in at_least_one(code_scans, "report of an analyser"):
        with subject(scan.name, saw=scan.seen):
            open_ones = [
                found.seen
                for found in scan.reading.open_findings
                if not found.acceptance(profile.accepted_among("code"), as_of) and found.is_grave
            ]
            assert not open_ones, f"{len(open_ones)} findings: {'; '.join(open_ones[:5])}"
            assert scan.reading.counts(profile.release.commit, as_of, profile.scan_limits)
    reports = {proof.ref for proof in attestation.evidence if proof.kind == "report"}
    assert len(reports) >= 2, "two reports are needed: an internal and an external one"
    assert any(proof.kind == "table" for proof in attestation.evidence), "no list of addresses"


@pytest.mark.orr(
    "code.dependency.security",
    stated="dependency security check, dependency package library update",
    severity="blocker",
    phase="build",
    owner="service",
    question="Which list of dependencies was checked with which database, when, and what is "
    "deliberately not updated?",
    evidence="report",
    valid_for=30,
)
def test_dependencies_carry_no_unhandled_advisory_and_are_kept_current(
    dependencies, profile, subject, as_of
):
    """No dependency has an unhandled high or critical advisory, and updates keep coming in.

    Why: A published advisory tells everybody how to attack a service that still carries the old
    version. Dependencies left alone for a year can then only be updated in one risky leap, under
    pressure.

    Fix: Commit a lockfile per package manager, and let OSV, the forge's alerts or a scanner whose
    report [[scans]] names look at all of them. Let Dependabot or Renovate propose updates, merge
    at least every 90 days, and write each advisory that stays under [[accepted]], with a reason
    and an end.
    """
    commit, limits = profile.release.commit, profile.scan_limits
    accepted = profile.accepted_among("dependencies")
    for lockfile in at_least_one(dependencies.lockfiles, "lockfile"):
        with subject(lockfile.name, saw=lockfile.seen):
            assert lockfile.reading.is_whole, "it does not lock all that it names"
    for source in at_least_one(dependencies.sources, "source of advisories"):
        with subject(source.name, saw=source.seen):
            assert source.reading.counts(commit, as_of, limits), "it proves nothing"
    for source, advisory in each(dependencies.grave(commit, as_of, limits)):
        with subject(f"{advisory.id} of {advisory.rule}, by {source}", saw=advisory.seen):
            stays = advisory.acceptance(accepted, as_of)
            assert stays or not advisory.is_grave, "nobody accepted it under [[accepted]]"
    for entry in accepted:
        with subject(f"accepted: {entry.id}", saw=dependencies.fate_of(entry, as_of)):
            assert profile.may_accept(entry.by), f"{entry.by} may not accept it"
    with subject("updates", saw=dependencies.updates.seen):
        updates = dependencies.updates.reading
        assert updates.bots, "nothing proposes updates"
        days = profile.code.newest_update_days
        assert (as_of - updates.newest).days <= days, f"no update within {days} days"


@pytest.mark.orr(
    "code.credentials.kms-private-keys",
    stated="security credential handling, KMS support on private keys",
    severity="blocker",
    phase="build",
    owner="security",
    question="For each private key: where does it live, who or what may use it, how is it rotated "
    "and recovered?",
    evidence="table",
    valid_for=180,
)
@pytest.mark.manual
def test_private_keys_live_in_a_key_service(
    key_uses, host_secret_files, profile, subject, as_of, attestation
):
    """Private keys live in a key service, and each one's users and recovery are known.

    Why: A key in a file is copied without a trace, with a backup, an image or a laptop, and
    whoever holds the copy signs as the service. A key that nobody can recover stops the service
    just as surely.

    Fix: Create the keys in KMS and sign or decrypt by API call, under a key policy and grants that
    name only who needs them, and declare these as users and administrators under [[keys]]. Remove
    PEM and keystore files from the directories that [[hosts]] service_directories names, and keep
    an inventory of key ids with place, users, rotation and recovery, never with key material.
    """
    days = profile.credential_limits.key_used_within_days
    for alias in at_least_one(key_uses.declared, "declared key"):
        with subject(alias, saw="it is there"):
            assert key_uses.has(alias), "no account and region of the profile has it"
    for key in each(key_uses.policies):
        with subject(f"{key.name}: policy", saw=key.seen):
            policy = key.reading
            assert policy.is_enabled, "it cannot be used, or not for long"
            assert policy.usage == policy.declared_usage, f"declared for {policy.declared_usage}"
            strangers = policy.strangers
            assert not strangers, f"its policy admits more than [[keys]]: {', '.join(strangers)}"
    for key in each(key_uses.grants):
        with subject(f"{key.name}: grants", saw=key.seen):
            strangers = key.reading.strangers
            assert not strangers, f"a grant admits more than [[keys]]: {', '.join(strangers)}"
            idle = key_uses.idle_users_of(key.name)
            assert not idle, f"neither policy nor grant admits these users: {', '.join(idle)}"
    for key in each(key_uses.activities):
        with subject(f"{key.name}: use", saw=key.seen):
            was_used = key.reading.was_used_within(days, as_of)
            assert was_used, f"none of its declared users has used it in {days} days"
    for host in at_least_one(own(host_secret_files, role="backend"), "backend host"):
        with subject(host.name, saw="it was read"):
            declared = host.reading.directories
            for directory in at_least_one(declared, "[[hosts]] service_directories"):
                with subject(f"{host.name}: {directory.path}", saw=directory.seen):
                    keys = directory.keys
                    assert not keys, f"key files lie there: {', '.join(keys)}"
    assert attestation.evidence


@pytest.mark.orr(
    "code.credentials.no-plaintext",
    stated="no plaintext of any credentials, strong encryption algorithm on the passcode",
    severity="blocker",
    phase="build",
    owner="security",
    question="Which algorithm and cost parameters protect stored passcodes, and which places were "
    "searched for plaintext?",
    evidence="log",
    valid_for=180,
)
@pytest.mark.manual
def test_no_credential_is_in_plain_text_and_passcodes_are_hashed_slowly(
    host_secret_files, tree_secrets, code_scans, profile, as_of, subject, attestation
):
    """No credential is kept in plain text, and stored passcodes are hashed by a slow algorithm.

    Why: A configuration file is seen by far more eyes than a vault: each backup, each support
    bundle, each read-only login. And a stolen table of passcodes under a fast hash is guessed at
    billions of tries per second.

    Fix: Replace values in the files that [[hosts]] config_files names by references (ssm:, arn:,
    vault:), set those files to mode 0600, and rotate whatever was found in the clear. Take secrets
    out of the repository's files, and write what is none under [[accepted]]. Hash passcodes with
    argon2id, scrypt or bcrypt, at a cost measured on the production machine.
    """
    commit, limits = profile.release.commit, profile.scan_limits
    for host in at_least_one(own(host_secret_files, role="backend"), "backend host"):
        with subject(host.name, saw="it was read"):
            for file in at_least_one(host.reading.config_files, "[[hosts]] config_files"):
                with subject(f"{host.name}: {file.path}", saw=file.seen):
                    assert file.is_private, "others than its owner may read or change it"
                    plain = file.plain_secrets
                    assert not plain, f"values stand there in the clear: {', '.join(plain)}"
    for report in at_least_one(tree_secrets.reports, "scan of the repository's files"):
        with subject(report.name, saw=report.seen):
            assert report.reading.counts(commit, as_of, limits), "it proves nothing"
    for hit in each(tree_secrets.hits):
        with subject(hit.name, saw=hit.seen):
            stays = hit.may_stay(profile.accepted, as_of)
            assert stays, "a secret stands there, and nobody accepted it under [[accepted]]"
    for scan in at_least_one(code_scans, "report of an analyser"):
        with subject(f"hashes, by {scan.name}", saw=scan.seen):
            fast = [
                found.seen
                for found in scan.reading.fast_hashes
                if not found.acceptance(profile.accepted_among("code"), as_of)
            ]
            assert not fast, f"a fast hash may be one of passwords: {'; '.join(fast[:5])}"
            assert scan.reading.counts(commit, as_of, limits), "it proves nothing"
    assert attestation.evidence


@pytest.mark.orr(
    "code.credentials.no-commit",
    stated="do not check-in any credentials into GitHub (using gitguardian monitor)",
    severity="blocker",
    phase="build",
    owner="security",
    question="Which tool scans the full history, when did it last run, and were all past hits "
    "rotated?",
    evidence="log",
    valid_for=30,
)
def test_the_whole_git_history_is_watched_for_credentials(secret_scans, profile, subject, as_of):
    """The whole Git history is watched for credentials, and every past hit was rotated.

    Why: What was pushed once stays in the history, in forks and in clones, and public pushes are
    harvested within minutes. Deleting the line hides the leak from the team alone.

    Fix: Connect every repository to GitGuardian and name it under [gitguardian], or switch on the
    forge's secret scanning with push protection. Rotate each hit before its incident is closed, and
    write what is no secret under [[accepted]]. Reports under [[scans]] show the past alone: then
    state, with covers = "unknown", who watches.
    """
    accepted, limits = profile.accepted_among("secrets"), profile.scan_limits
    with subject("who watches", saw=secret_scans.seen):
        assert secret_scans.watchers, "nobody"
    for watch in each(secret_scans.watches):
        with subject(watch.name, saw=watch.seen):
            assert watch.reading.watches, "GitGuardian does not monitor it"
            scanned = watch.reading.was_scanned_within(limits.oldest_watch_days, as_of)
            assert scanned, f"no scan of it ended within {limits.oldest_watch_days} days"
    for alerts in each(secret_scans.alerts):
        with subject(alerts.name, saw=alerts.seen):
            refused = alerts.reading.refuses_secrets
            assert refused, "a push that holds a secret is not refused"
    for report in each(secret_scans.reports):
        with subject(report.name, saw=report.seen):
            counts = report.reading.counts(profile.release.commit, as_of, limits, history=True)
            assert counts, "it proves nothing"
    for hit in each(secret_scans.hits):
        with subject(hit.name, saw=hit.seen):
            assert hit.is_settled(accepted, as_of), "it is open, and nobody accepted it"


@pytest.mark.orr(
    "code.credentials.separate-accounts",
    stated="trusted setup, use different credential on a different account to avoid massive "
    "leakage",
    severity="major",
    phase="plan",
    owner="security",
    question="Who created each credential, where, and who saw it? Which belongs to which account, "
    "and what is lost if it leaks?",
    evidence="table",
    valid_for=180,
)
@pytest.mark.manual
def test_one_leaked_credential_opens_one_account_only(account_credentials, subject, attestation):
    """Each environment has credentials and an account of its own, so that one leak opens one.

    Why: Where testing and production share a key, the least guarded laptop of the project guards
    the funds. A leak then takes both, and the key cannot be revoked without stopping both.

    Fix: Give each environment its own AWS account and create each credential inside the one that
    uses it, noting who did so and who saw it. Declare both under [[aws.accounts]] and
    [[credentials]], take test accounts out of the trust policies of production roles, and keep a
    table: credential, account, what its leak would cost.
    """
    facts = account_credentials
    for judged in at_least_one(facts.own, "account"):
        with subject(judged.name, saw=judged.seen):
            account = judged.reading.account
            for other in at_least_one(facts.others, "account of another environment"):
                both = f"{judged.name} and {other.name}"
                with subject(both, saw=f"{judged.seen}; {other.seen}"):
                    assert account != other.reading.account, "both environments share it"
    with subject("[[credentials]]", saw="each is looked up"):
        for credential in at_least_one(facts.credentials, "declared credential"):
            with subject(credential.name, saw=credential.seen):
                found = credential.reading
                same = found.same_as
                assert not same, f"it is that of another environment, too: {', '.join(same)}"
                assert found.is_at_home, "it lies in no account of its environment"
                assert found.is_there, "there is no such credential, or it is not active"
    for roles in each(facts.roles):
        with subject(roles.name, saw=roles.seen):
            for trust in roles.reading.trusts:
                for other in facts.other_accounts:
                    with subject(f"{trust.arn} and {other}", saw=trust.seen):
                        may = trust.admits(other)
                        assert not may, f"account {other} of another environment may assume it"
    assert attestation.evidence
