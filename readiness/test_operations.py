"""Operations: people can restart, roll back and stop the service, and help its users."""

import pytest

from pytest_orr import at_least_one, each, own


@pytest.mark.orr(
    "operations.runbook.location",
    stated="where is the runbook?",
    severity="blocker",
    phase="launch",
    owner="service",
    question="Where is the runbook, and can an on-call person open it at night without the author?",
    evidence="link",
    valid_for=180,
)
@pytest.mark.manual
def test_the_on_call_finds_the_runbook_without_its_author(
    runbooks, alert_runbooks, subject, attestation
):
    """The runbook has one known place that the on-call person can open without its author.

    Why: A runbook on a wiki behind the office VPN, or one that needs a permission nobody thought
    of, does not exist at three in the morning. Alerts without a link send people searching.

    Fix: Put the runbook in one place that does not depend on the service itself, and its link into
    every alert's `runbook_url`. Name it under [documents.runbook], its host under [evidence]
    hosts. Let somebody from the rota who did not write it open it from their on-call device, and
    name that person in the statement.
    """
    for runbook in at_least_one(runbooks, "runbook"):
        with subject(runbook.name, saw=runbook.seen):
            assert runbook.document.is_there, "there is no such document"
            lacks = runbook.document.missing("[documents.runbook]")
            assert not lacks, f"it lacks declared headings: {lacks}"
    for alert in at_least_one(alert_runbooks, "alert rule of the service"):
        with subject(alert.name, saw=alert.seen):
            link = alert.reading
            assert link.url, "it names no runbook_url"
            assert link.is_asked, "its runbook_url is on no host of [evidence] by https"
            assert link.is_there, "its runbook_url leads to nothing that is there"
    assert attestation.evidence


@pytest.mark.orr(
    "operations.runbook.maintainer",
    stated="who will update the runbook regularly?",
    severity="major",
    phase="launch",
    owner="service",
    question="Who maintains the runbook, who is the deputy, and how often is it reviewed?",
    evidence="roster",
    valid_for=90,
)
@pytest.mark.manual
def test_the_runbook_has_a_maintainer_and_a_deputy(runbooks, profile, as_of, subject, attestation):
    """The runbook has a maintainer, a deputy who is somebody else, and a review rhythm.

    Why: A runbook is right on the day it is written; after three releases its commands name
    hosts that are gone. "The team" as owner means that everybody waits for somebody.

    Fix: Name one person and one deputy in CODEOWNERS or as the page's owners, and agree on a rhythm
    of at most 180 days. Put the next review into the calendar, and make a runbook check part
    of the release's merge-request template.
    """
    declared = profile.documents.runbook
    for runbook in at_least_one(runbooks, "runbook"):
        with subject(f"{runbook.name}: owner", saw=runbook.owner.seen):
            owner = runbook.owner.reading
            assert owner.is_person, "its owner is none of [[service.people]]"
            assert owner.is_active, "its owner has no access to the project any more"
            assert owner.is_code_owner is not False, "CODEOWNERS names others"
        with subject(f"{runbook.name}: deputy", saw=runbook.deputy.seen):
            deputy = runbook.deputy.reading
            assert deputy.is_active, "its deputy is nobody who is there"
            assert not deputy.is_same_as(runbook.owner.reading), "owner and deputy are the same"
        with subject(f"{runbook.name}: rhythm", saw=runbook.seen):
            days = declared.rhythm("[documents.runbook]")
            is_read = runbook.is_newer_than(days, as_of)
            assert is_read, f"it was not changed for more than the {days} days of its rhythm"
    assert attestation.evidence


@pytest.mark.orr(
    "operations.support.email",
    stated="support email account setup",
    severity="major",
    phase="launch",
    owner="support",
    question="Who reads the support mailbox, within which time, and when was it last tested?",
    evidence="ticket",
    valid_for=90,
)
@pytest.mark.manual
def test_support_mail_is_read_and_answered_in_time(support_mail, subject, attestation):
    """Mail to the support address is read by named people and answered within the agreed time.

    Why: Users who lost sight of their funds write a mail before they write in public; an
    unread mailbox turns them around. Without SPF and DMARC others send "support" mail in the
    service's name.

    Fix: Set up the mailbox with MX, SPF and DMARC records, show the address on the site, and name
    who reads it at which hours. Write to it from a private account, and keep the ticket
    with the time that the answer took.
    """
    for mail in at_least_one(support_mail, "address for support"):
        with subject(mail.route.name, saw=mail.route.seen):
            assert mail.route.reading.hosts, "no mail server is named"
            assert not mail.route.reading.lost, "a mail server has no address"
        with subject(mail.senders.name, saw=mail.senders.seen):
            assert mail.senders.reading.is_one, "there must be exactly one record"
            assert not mail.senders.reading.lets_anybody, "anybody may send in the service's name"
            assert mail.senders.reading.refuses_others, "it does not end in -all or ~all"
            assert mail.senders.reading.can_be_checked, "whoever checks it has to give up"
        with subject(mail.forgeries.name, saw=mail.forgeries.seen):
            assert mail.forgeries.reading.is_there, "there is no policy for forged mail"
        with subject(mail.address, saw="the pages that must show it"):
            assert at_least_one(mail.pages, "page under [support] shown_on")
        for page in each(mail.pages):
            with subject(page.name, saw=page.seen):
                assert page.reading.shows, f"it does not show {mail.address}"
        for server in each(mail.servers):
            with subject(server.name, saw=server.seen):
                assert server.reading.takes, f"it takes no mail for {mail.address}"
    assert attestation.evidence


@pytest.mark.orr(
    "operations.support.chat-channel",
    stated="discord/telegram support channel setup",
    severity="minor",
    phase="launch",
    owner="support",
    question="Who moderates the channel at which hours, and how are scams handled?",
    evidence="roster",
    valid_for=90,
)
@pytest.mark.manual
def test_the_chat_channel_is_open_and_moderated(chat_channels, subject, attestation):
    """The support channel on Discord or Telegram is linked, moderated, and rid of scammers.

    Why: Impostors answer questions in an unmoderated channel within minutes, and ask for seed
    phrases in private messages. An invitation that expires after a week leaves users with the
    impostor's channel as the only one they find.

    Fix: Create the channel with a permanent invitation, link it from the site, and name at least
    two moderators with their hours. Pin the warning that staff never write first, turn on the
    anti-spam bot, and write down how an impostor is reported and removed.
    """
    for channel in at_least_one(chat_channels, "channel"):
        with subject(channel.name, saw=channel.door.seen):
            assert channel.door.reading.is_there, "nobody gets in"
            assert channel.door.reading.is_the_declared, "it leads to somebody else's server"
            assert channel.door.reading.is_open_to_many, "it is one person's account"
            assert not channel.door.reading.expires, "the invitation ends"
            assert not channel.door.reading.most_uses, "the invitation is used up one day"
        for told in each(channel.moderators):
            with subject(told.name, saw=told.seen):
                assert told.reading.people >= channel.least, "too few people moderate it"
                assert not told.reading.most_uses, "the invitation is used up one day"
        with subject(f"links to {channel.name}", saw="the pages that must have one"):
            assert at_least_one(channel.pages, "page under [support] shown_on")
        for page in each(channel.pages):
            with subject(f"{page.name} to {channel.name}", saw=page.seen):
                assert page.reading.shows, "the page does not link to it"
    assert attestation.evidence


@pytest.mark.orr(
    "operations.support.faq",
    stated="published usage FAQ",
    severity="minor",
    phase="launch",
    owner="support",
    question="Which of the top questions of the test phase does the FAQ cover?",
    evidence="link",
    valid_for=180,
)
@pytest.mark.manual
def test_the_faq_answers_the_questions_that_testers_asked(
    faqs, profile, as_of, subject, attestation
):
    """A published FAQ answers the questions that came up most in the test phase.

    Why: The first thousand users ask the same ten questions, and each costs support the time
    that a real problem needs. An FAQ that was written before anybody had used the service answers
    none of them.

    Fix: Count the questions of the test phase by topic, answer the top ones on one public page,
    and link it from the frontend and from support's first reply. Run a link checker over it, and
    note the date of the last change on the page.
    """
    least = profile.documents.faq_questions
    for faq in at_least_one(faqs, "FAQ"):
        with subject(faq.name, saw=faq.seen):
            lacks = ", ".join(faq.document.lacks)
            assert faq.document.is_there, "there is no such document"
            assert not lacks, f"it lacks declared headings: {lacks}"
            assert faq.questions >= least, f"it answers {faq.questions} questions of {least}"
        with subject(f"{faq.name}: age", saw=faq.seen):
            days = profile.documents.faq.oldest_days
            assert faq.document.is_newer_than(days, as_of), f"not changed for {days} days"
        with subject(faq.linked.name, saw=faq.linked.seen):
            assert faq.linked.reading.linking, "no page of the frontend leads to it"
        with subject(faq.links.name, saw=faq.links.seen):
            dead = ", ".join(faq.links.reading.dead)
            assert faq.links.reading.all_alive, f"dead links: {dead}"
    assert attestation.evidence


@pytest.mark.orr(
    "operations.support.inline-help",
    stated="pop-up or inline help on the frontend",
    severity="minor",
    phase="launch",
    owner="support",
    question="Did someone outside the team finish the main flow with only this help, and who?",
    evidence="capture",
    valid_for=180,
)
@pytest.mark.manual
def test_somebody_new_finishes_the_main_flow_with_inline_help_alone(
    help_pages, subject, attestation
):
    """Somebody outside the team finished the main flow with nothing but the help on the page.

    Why: Words such as gas, nonce or finality stop newcomers at the step where a mistake cannot
    be undone. Those who built the page cannot see what it leaves out.

    Fix: Add a tooltip or help text wherever the main flow asks for a choice or an amount. Give the
    page and one task to somebody who has never seen it, stay silent, take screenshots where they
    hesitate, and repeat after the repair.
    """
    for page in at_least_one(help_pages, "page with inline help"):
        with subject(page.name, saw=page.seen):
            missing = ", ".join(page.reading.missing)
            assert page.reading.status == 200, "there is no such page"
            assert not missing, f"nothing on it is {missing}"
    assert attestation.evidence


@pytest.mark.orr(
    "operations.restart.frontend",
    stated="how to restart the front end?",
    severity="major",
    phase="launch",
    owner="service",
    question="Who, not being the author of the instructions, restarted the frontend, and how long "
    "did it take?",
    evidence="drill",
    valid_for=90,
)
@pytest.mark.manual
def test_the_frontend_was_restarted_from_the_runbook(
    frontend_deployments, runbooks, drills, profile, as_of, subject, attestation
):
    """Somebody who did not write the runbook restarted the frontend with it, in known time.

    Why: A static frontend is "restarted" by publishing it again and emptying the CDN's cache,
    which nobody guesses under pressure. Instructions that only their author has followed leave
    out what the author does without thinking.

    Fix: Write the section with the commands or the pipeline's job, cache invalidation included, and
    let a pipeline deploy at least every [delivery] drill_days. Hand the section to somebody else,
    measure from the first click until the new build id is served, write it down under drills/, and
    let that person confirm the statement.
    """
    days = profile.delivery.drill_days
    for last in each(frontend_deployments):
        with subject(f"deployment to {last.name}", saw=last.seen):
            assert last.reading.has_succeeded, "the last one did not succeed"
            assert last.reading.is_within(days, as_of), f"the last one is older than {days} days"
    for runbook in at_least_one(runbooks, "runbook"):
        section = runbook.section("restart_frontend")
        with subject(section.name, saw=section.seen):
            assert section.is_there, "the runbook does not say how the frontend is restarted"
            assert section.has_commands, "no commands stand there to be copied"
    for drill in each(drills.behind(attestation.drill)):
        with subject(drill.name, saw=drill.seen):
            assert not drill.went, f"the drill {drill.went}"
            assert drill.still_holds, "the drill is void"


@pytest.mark.orr(
    "operations.restart.backend",
    stated="how to restart the backend?",
    severity="blocker",
    phase="launch",
    owner="service",
    question="Who, not being the author of the instructions, restarted the backend, how long did "
    "it take, and which requests failed?",
    evidence="drill",
    valid_for=90,
)
@pytest.mark.manual
def test_the_backend_was_restarted_from_the_runbook(
    host_units, runbooks, drills, profile, subject, as_of, attestation
):
    """Somebody who did not write the runbook restarted the backend, and failures were counted.

    Why: Restarting is the first measure in most incidents and goes wrong in its own way: both
    hosts at once, no drain from the balancer, a stop timeout that kills running writes. Who
    does it for the first time in an incident makes two incidents of it.

    Fix: Write the section host by host: drain, `systemctl restart`, wait for health, next. Set
    `TimeoutStopSec`, run the drill in production under normal traffic by somebody other than the
    author, and write down under drills/ the minutes until all were healthy, how many are allowed,
    and the 5xx count of the balancer.
    """
    longest = profile.host_limits.oldest_restart_days
    for host in at_least_one(own(host_units, role="backend"), "backend host"):
        with subject(host.name, saw="it was read"):
            for unit in at_least_one(host.reading.units, "unit under [[hosts]] units"):
                with subject(f"{host.name}: {unit.name}", saw=unit.state):
                    recently = host.reading.started_within(unit, longest, as_of)
                    assert recently, "nobody has restarted the unit for too long"
                    assert unit.stops_in_time, "systemd waits for ever for it to stop"
    for runbook in at_least_one(runbooks, "runbook"):
        section = runbook.section("restart_backend")
        with subject(section.name, saw=section.seen):
            assert section.is_there, "the runbook does not say how the backend is restarted"
            assert section.has_commands, "no commands stand there to be copied"
    for drill in each(drills.behind(attestation.drill)):
        with subject(drill.name, saw=drill.seen):
            assert not drill.went, f"the drill {drill.went}"
            assert drill.still_holds, "the drill is void"


@pytest.mark.orr(
    "operations.rollback.criteria",
    stated="rollback/revert criteria",
    severity="blocker",
    phase="launch",
    owner="service",
    question="At which measurable point do we roll back, and who decides?",
    evidence="decision",
    valid_for=90,
)
@pytest.mark.manual
def test_rollback_criteria_are_measurable_and_have_a_decider(
    rollback_criteria, criteria_metrics, profile, as_of, subject, attestation
):
    """The points at which we roll back are numbers with a window, and one person decides.

    Why: Without a number the discussion about whether it is bad enough lasts longer than the
    rollback. Everybody hopes for the quick fix, and meanwhile the users lose data or money.

    Fix: Write down metric, threshold, window and decider for each criterion, such as 5xx above 2 %
    for five minutes or the index ten blocks behind. Name the metric as Prometheus does (a name, a
    selector or an expression) or by CloudWatch's namespace and name, see that it has data of the
    last 15 minutes, and name who decides when the first decider does not answer.
    """
    for criterion in at_least_one(rollback_criteria, "criterion in the file"):
        with subject(criterion.name, saw=criterion.seen):
            assert criterion.metric, "it names no metric"
            assert criterion.is_measurable, "its threshold holds no number"
            assert criterion.has_window, "it does not say for how long"
            assert criterion.decider, "it does not say who decides"
    for metric in each(criteria_metrics):
        with subject(metric.name, saw=metric.seen):
            has_data = metric.reading.has_data(as_of, profile.monitoring.freshest_minutes)
            assert has_data, "nobody can measure it: it has no fresh data"
    assert attestation.evidence


@pytest.mark.orr(
    "operations.rollback.process",
    stated="what is the rollback/revert process?",
    severity="blocker",
    phase="launch",
    owner="service",
    question="When was the last rollback drill, how long did it take, and was data lost?",
    evidence="drill",
    valid_for=90,
)
@pytest.mark.manual
def test_a_rollback_was_rehearsed_without_loss_of_data(
    earlier_images,
    environment_histories,
    release_jobs,
    schema_changes,
    runbooks,
    drills,
    profile,
    as_of,
    subject,
    attestation,
):
    """A rollback to the previous release was rehearsed: its time and its data loss are known.

    Why: The old image is no longer in the registry, or the old code cannot read the new schema:
    both show only when somebody goes back. A release that cannot be taken back turns each bug
    into a race for a fix.

    Fix: Add a rollback job to the pipeline that deploys the previous digest, and name both under
    [delivery]. Give each migration a step back, or a comment that begins with one of [repository]
    safe_marks. Rehearse it each quarter in production or the named staging (before a first launch
    there), so that the forge shows an older commit after a newer one; compare row counts before and
    after, and write down minutes and loss under drills/.
    """
    delivery = profile.delivery
    for image in each(earlier_images):
        with subject(image.name, saw=image.seen):
            assert image.reading.is_there, "it cannot be pulled any more"
            assert image.reading.is_pinned, "it is named by a tag, which may lead elsewhere today"
    with subject("[delivery] rollback_job", saw=delivery.rollback_job or ""):
        assert delivery.declared("rollback_job", "the job that rolls back")
    for job in each(release_jobs.found(delivery.rollback_job)):
        with subject(f"job {job.name}", saw=job.seen):
            assert job.is_there, "no pipeline of the release's commit has it"
    for change in each(schema_changes):
        with subject(change.path, saw=change.seen):
            assert change.way_back, "it says neither how it is taken back nor that it may stay"
    for drill in at_least_one(environment_histories.drills, "environment"):
        with subject(f"drill in {drill.name}", saw=drill.seen):
            last = drill.last_rollback(delivery.drilled_since(as_of))
            assert last, "no rollback was rehearsed there"
            days = (as_of - last.began).days
            assert days <= delivery.drill_days, f"the last rollback is {days} days old"
    for runbook in at_least_one(runbooks, "runbook"):
        section = runbook.section("rollback")
        with subject(section.name, saw=section.seen):
            assert section.is_there, "the runbook does not say how a release is taken back"
    for done in each(drills.behind(attestation.drill)):
        with subject(done.name, saw=done.seen):
            assert not done.went, f"the drill {done.went}"
            assert done.still_holds, "the drill is void"


@pytest.mark.orr(
    "operations.rollback.two-person-rule",
    stated="two person rule on critical rollback",
    severity="blocker",
    phase="launch",
    owner="service",
    question="How is the two-person rule enforced, also for people with console access?",
    evidence="capture",
    valid_for=180,
)
@pytest.mark.manual
def test_a_critical_rollback_needs_two_people(
    deployment_approvals, environment_histories, profile, as_of, subject, attestation
):
    """A critical rollback needs two people, and the rule holds at the console as well.

    Why: A rollback over a migration can destroy more than the fault it answers, and one tired
    person at night should not decide it alone. A rule in the pipeline is no rule for somebody
    who can change the task or the host directly.

    Fix: Protect the forge's environment with two approvals and without self-approval (one of GitHub
    asks for one only: add a second gate there, and state it). Put an approval step before the
    production role at the console, such as one of SSM Automation, which is not read here, and
    export both rules together with one rollback that shows two names.
    """
    people, since = profile.delivery.rollback_people, profile.delivery.drilled_since(as_of)
    for history in each(environment_histories.deciding):
        with subject(f"history of {history.name}", saw=history.seen):
            assert history.reading.runs, "nothing was ever deployed there"
            runs = [run for run in history.reading.decisive(since) if not run.shows(people)]
            assert not runs, f"fewer than {people} people: {'; '.join(run.seen for run in runs)}"
    for rule in at_least_one(deployment_approvals, "rule about deployments"):
        with subject(rule.name, saw=rule.seen):
            approval = rule.reading
            assert approval.required, "nobody must approve"
            assert not approval.own_approval_counts, "whoever starts it may approve it, too"
            assert approval.takes(people), f"fewer than {people} must approve"
    assert attestation.evidence


@pytest.mark.orr(
    "operations.emergency.pause",
    stated="how to pause the service in case of a security breach?",
    severity="blocker",
    phase="launch",
    owner="security",
    question="Who may pause the service, how many minutes does it take, and when was it rehearsed "
    "(testnet)?",
    evidence="drill",
    valid_for=90,
)
@pytest.mark.manual
def test_the_service_can_be_paused_within_minutes(
    pause_switches, runbooks, drills, subject, attestation
):
    """Named people can pause the service within minutes, and they rehearsed it.

    Why: In a breach the loss grows by the block; stopping what moves funds or serves false data
    comes before understanding. A multisig whose signers sleep on one continent, or a switch
    that was never pulled, is found out too late.

    Fix: Provide one switch (the contract's pause, a firewall rule that counts until it stops, a
    target group with a maintenance page) and name it under [[emergency.pause]], with the multisig
    that pauses a contract. Write the section in the runbook. Rehearse it on the testnet or staging
    from the call to the paused state, and back; record each minute.
    """
    for switch in at_least_one(pause_switches.switches, "pause switch"):
        with subject(switch.name, saw=switch.seen):
            assert switch.reading.is_there, "there is no such switch"
            assert switch.reading.is_off, "it is pulled already, or stops somebody now"
    for contract in each(pause_switches.contracts):
        with subject(f"{contract.name}: pauser", saw=contract.seen):
            assert contract.reading.is_the_pauser, "the declared multisig is not who may pause it"
            assert contract.reading.takes_enough, "too few owners of the multisig must sign"
    for runbook in at_least_one(runbooks, "runbook"):
        section = runbook.section("pause")
        with subject(section.name, saw=section.seen):
            assert section.is_there, "the runbook does not say how the service is paused"
    for drill in each(drills.behind(attestation.drill)):
        with subject(drill.name, saw=drill.seen):
            assert not drill.went, f"the drill {drill.went}"
            assert drill.still_holds, "the drill is void"


@pytest.mark.orr(
    "operations.emergency.takedown",
    stated="how to take down the backend?",
    severity="blocker",
    phase="launch",
    owner="service",
    question="In which order is the backend taken down, who is told, and when was it rehearsed?",
    evidence="drill",
    valid_for=90,
)
@pytest.mark.manual
def test_the_backend_can_be_taken_down_in_order(
    emergency_permissions, name_lifetimes, runbooks, drills, profile, subject, attestation
):
    """The on-call person can take the backend down in a known order, with everybody told.

    Why: Pulling the plug in the wrong order leaves half-written data, or a frontend that sends
    users to nowhere. An on-call role without the permission finds out while the attacker is
    still inside.

    Fix: Write the order (announce, frontend to maintenance, drain, stop, seal the database) with
    the systems that depend on it and whom to tell, each named under [emergency] dependents. Allow
    the on-call role what [emergency] actions names, keep DNS TTLs at 300 seconds or less, rehearse
    on staging, and write it down under drills/.
    """
    longest = profile.emergency.longest_ttl
    for permission in at_least_one(emergency_permissions.permissions, "emergency action"):
        with subject(permission.name, saw=permission.seen):
            assert permission.reading.is_allowed, "the on-call role may not do it"
    for name in at_least_one(name_lifetimes, "public name"):
        with subject(f"{name.name}: TTL", saw=name.seen):
            too_long = name.reading.is_longer_than(longest)
            assert not too_long, f"others remember it for longer than {longest} seconds"
    for runbook in at_least_one(runbooks, "runbook"):
        section = runbook.section("takedown")
        with subject(section.name, saw=section.seen):
            assert section.is_there, "the runbook does not say how the backend is taken down"
            lacking = ", ".join(section.lacks(profile.emergency.told))
            assert not lacking, f"it does not name who must be told: {lacking}"
    for drill in each(drills.behind(attestation.drill)):
        with subject(drill.name, saw=drill.seen):
            assert not drill.went, f"the drill {drill.went}"
            assert drill.still_holds, "the drill is void"


@pytest.mark.orr(
    "operations.emergency.threshold-script",
    stated="contingency script to increase the threshold",
    severity="major",
    phase="launch",
    owner="security",
    question="Which threshold can the script increase, within which safe range, and who may run "
    "it?",
    evidence="log",
    valid_for=90,
)
@pytest.mark.manual
def test_the_threshold_script_is_reviewed_and_bounded(
    contingency_scripts, release_jobs, profile, subject, attestation
):
    """A reviewed script raises the threshold within a safe range, and its dry run succeeds.

    Why: When a limit (signatures, withdrawals, requests) must be raised in an attack, commands
    typed from memory get the wrong zero. A script without bounds can itself switch off the
    protection it was meant to strengthen.

    Fix: Commit the script with upper and lower bounds and a `--dry-run`, have it reviewed by
    somebody else, and run the dry run in CI for each release. Write down which threshold, which
    range and which people, and keep the job's log.
    """
    for script in at_least_one(contingency_scripts, "contingency script"):
        with subject(script.text.name, saw=script.text.seen):
            lacks = ", ".join(script.text.reading.lacks)
            assert script.text.reading.is_executable, "it is not executable"
            assert script.text.reading.has_interpreter, "its first line names no interpreter"
            assert not lacks, f"it does not name its declared bounds: {lacks}"
        with subject(script.review.name, saw=script.review.seen):
            assert script.review.reading.readers, "nobody but its author approved its last change"
    with subject("[delivery] dry_run_job", saw=profile.delivery.dry_run_job or ""):
        assert profile.delivery.declared("dry_run_job", "the job of the dry run")
    for job in each(release_jobs.found(profile.delivery.dry_run_job)):
        with subject(f"job {job.name}", saw=job.seen):
            assert job.has_succeeded, "the dry run did not succeed for the release's commit"
    assert attestation.evidence


@pytest.mark.orr(
    "operations.refund.process",
    stated="what is the manual refund process?",
    severity="major",
    phase="launch",
    owner="product",
    question="Which steps, approvals, source account and maximum time does a refund have, and "
    "which rehearsal showed it?",
    evidence="ticket",
    valid_for=180,
)
@pytest.mark.manual
def test_a_manual_refund_was_rehearsed_from_request_to_payment(
    refund_processes, subject, attestation
):
    """A manual refund was rehearsed from the request to the payment, with its approvals.

    Why: The first refund comes in the week in which everything else goes wrong, and is then paid
    from the wrong account, twice, or to whoever wrote first. Users forgive a fault sooner than
    weeks without an answer.

    Fix: Make a ticket template with steps, two approvals, source account and a maximum time. Play
    one invented claim through to a small real payment or a recorded dry run, and close the
    ticket with what took longer than it should.
    """
    for process in at_least_one(refund_processes, "process of refunds"):
        with subject(process.document.name, saw=process.document.seen):
            assert process.document.reading.is_there, "there is no such document"
            lacks = process.document.reading.missing("[documents.refund_process]")
            assert not lacks, f"it lacks declared headings: {lacks}"
        with subject(process.owner.name, saw=process.owner.seen):
            assert process.owner.reading.is_active, "its owner is nobody who is there"
        with subject(process.rehearsal.name, saw=process.rehearsal.seen):
            assert process.rehearsal.reading.is_closed, "the rehearsal's issue is still open"
            was_dropped = process.rehearsal.reading.was_done is False
            assert not was_dropped, "the rehearsal's issue was closed as not done"
    assert attestation.evidence


@pytest.mark.orr(
    "operations.refund.criteria",
    stated="what are the refund criteria?",
    severity="major",
    phase="launch",
    owner="product",
    question="Which cases are refunded, up to which amount, who decides, and who checked it "
    "legally?",
    evidence="decision",
    valid_for=180,
)
@pytest.mark.manual
def test_refund_criteria_are_decided_and_published(refund_criteria, subject, attestation):
    """Which cases are refunded, and up to which amount, is decided, checked and published.

    Why: Without criteria the loudest user gets a refund and the quiet one does not, and every
    exception becomes a promise. Terms on the site that say something else are the ones that
    count in court.

    Fix: Decide cases, limits and who decides in between, and have counsel check it. Keep the
    document under version control, publish the same text in the terms, and compare the digests
    after each change.
    """
    for criteria in at_least_one(refund_criteria, "criteria of refunds"):
        with subject(criteria.document.name, saw=criteria.document.seen):
            assert criteria.document.reading.is_there, "there is no such document"
            assert criteria.document.reading.is_file, "they are not under version control"
        with subject(criteria.owner.name, saw=criteria.owner.seen):
            assert criteria.owner.reading.is_active, "its owner is nobody who is there"
        with subject(criteria.terms.name, saw=criteria.terms.seen):
            assert criteria.terms.reading.is_there, "there are no such terms"
            assert criteria.is_what_users_read, "the published terms say something else"
    assert attestation.evidence
