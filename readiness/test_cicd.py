"""CI/CD: every release is built, tested, tried on few and signed before it reaches everybody."""

import pytest

from pytest_orr import at_least_one, each


@pytest.mark.orr(
    "cicd.pipeline.ci-cd",
    stated="continuous integration/deployment",
    severity="major",
    phase="build",
    owner="service",
    question="Which steps to production are manual?",
    evidence="link",
    valid_for=180,
)
def test_a_pipeline_tests_and_deploys_the_default_branch(branch_pipelines, profile, subject):
    """A pipeline tests the default branch and makes every production deployment.

    Why: A deployment from somebody's terminal skips the tests on exactly the evening when they
    would have helped. Afterwards nobody can reconstruct what was deployed, or repeat it.

    Fix: Make the test job a required check of the protected default branch, let it leave a JUnit
    report, and deploy from a pipeline job with the environment's name only. Take production
    credentials off laptops. Name required_checks under [delivery].
    """
    branch, checks = branch_pipelines, profile.delivery.required_checks
    with subject(branch.name, saw=branch.seen):
        assert branch.latest, "no pipeline ran for it"
        assert branch.tests > 0, "no pipeline of it that succeeded tells of a test"
    for run in branch.latest:
        with subject(run.name, saw=run.seen):
            assert run.has_succeeded, "the newest pipeline of the branch's head did not succeed"
    with subject(branch.protection.name, saw=branch.protection.seen):
        protection = branch.protection.reading
        assert protection.is_protected, "it is not protected"
        assert protection.waits_for_pipeline, "changes are merged without waiting for a pipeline"
        missing = ", ".join(protection.missing(checks))
        assert not missing, f"its protection does not require {missing}"
    with subject(branch.deployment.name, saw=branch.deployment.seen):
        made = branch.deployment.reading.deployment
        assert made.pipeline, f"no pipeline made it, but {made.by or 'somebody'}"


@pytest.mark.orr(
    "cicd.pipeline.testnet-canary",
    stated="canary: setup an automated testnet deployment using testnet docker image",
    severity="major",
    phase="build",
    owner="service",
    question="What is deployed to the testnet automatically, and who looks at failures?",
    evidence="link",
    valid_for=90,
)
def test_the_main_branch_reaches_the_testnet_every_day(
    testnet_deployments, profile, subject, as_of
):
    """A schedule deploys the testnet image of the main branch, and the testnet lives.

    Why: Chain clients and node interfaces change under the service; a testnet that runs the main
    branch meets the change days before mainnet does. A schedule that fails silently for a month
    gives only the feeling of it.

    Fix: Add a schedule that builds the testnet image from main, with a label that names the
    commit, pushes and deploys it, and name it with image and node under [delivery.testnet]. Send
    a failed run to the team's channel with a named person; the last success must be under 48
    hours old, and the block height must grow.
    """
    limits, testnet = profile.delivery.testnet, testnet_deployments
    with subject("schedule of the testnet", saw=f"{limits.schedule}"):
        assert testnet.schedules, "the forge has no schedule of this name"
    for one in testnet.schedules:
        with subject(one.name, saw=one.seen):
            assert one.reading.schedule.is_active, "it is switched off"
            assert one.reading.is_of_the_branch, f"it does not build {one.reading.branch}"
            recent = one.reading.has_succeeded_within(limits.oldest_success_hours, as_of)
            assert recent, f"it did not succeed within {limits.oldest_success_hours} hours"
    with subject(testnet.deployment.name, saw=testnet.deployment.seen):
        assert testnet.deployment.reading.deployment.pipeline, "no pipeline made it"
        assert testnet.came_by_the_schedule(), "it is not what the schedule last succeeded for"
    with subject(testnet.image.name, saw=testnet.image.seen):
        built = testnet.is_built_from_what_was_deployed()
        assert built, "its image was built from another commit than was deployed"
    with subject(testnet.running.name, saw=testnet.running.seen):
        assert testnet.runs_its_image(), "it is not what the image's tag leads to"
    with subject(testnet.heights.name, saw=testnet.heights.seen):
        assert testnet.heights.reading.grows, "its height did not grow between two reads"


@pytest.mark.orr(
    "cicd.release.test",
    stated="release test",
    severity="blocker",
    phase="launch",
    owner="service",
    question="What was tested by hand, by whom, and on which build?",
    evidence="report",
    valid_for=30,
    void="commit",
)
def test_the_release_itself_was_tested(release_tests, profile, subject):
    """The release suites passed on the very commit that is to be launched.

    Why: Tests that passed on the branch say nothing about the tag that was made after one more
    fix. Skipped suites count as green in most pipelines, so the number of tests matters as
    much as the colour.

    Fix: Name the suites under [delivery] release_suites, run them in the tag's pipeline and keep
    the JUnit report: total above zero, no failures, no more skips than most_skipped. Do the manual
    cases on the same build.
    """
    limits = profile.delivery
    at_least_one(release_tests.tags, "tag of a release at the release's commit")
    for run in at_least_one(release_tests.runs, "pipeline of the release's tag"):
        with subject(run.name, saw=run.seen):
            assert run.reports_on(release_tests.commit), "its report is about another commit"
            assert run.failed == 0, f"{run.failed} of its tests failed"
    with subject("tests of the release", saw=release_tests.seen):
        skipped, most = release_tests.skipped, limits.most_skipped
        assert release_tests.total > 0, "no report tells of a test"
        assert skipped <= most, f"{skipped} tests were skipped, and at most {most} may be"
    for suite in at_least_one(limits.release_suites, "suite in [delivery] release_suites"):
        with subject(f"suite {suite}", saw=release_tests.seen):
            assert release_tests.has_run(suite), "no report of the tag's pipelines has a test of it"


@pytest.mark.orr(
    "cicd.release.tag-signoff",
    stated="release tag/sign-off process",
    severity="blocker",
    phase="launch",
    owner="service",
    question="Who signs off, in which order, and what was left open?",
    evidence="decision",
    valid_for=30,
    void="commit",
)
@pytest.mark.manual
def test_release_tags_are_protected_and_signed_off_by_two(
    tagged_releases, earlier_sign_offs, profile, subject, attestation
):
    """Release tags are protected and signed, and two people in their roles sign a release off.

    Why: Without a protected tag anybody with write access decides what production runs, and a
    moved tag changes a release after its review. Without named approvers everybody assumes that
    somebody else has looked.

    Fix: Protect the pattern of release tags on the forge, sign the tag with a key that [repository]
    signers names, publish the release, and write who signs off, in which order, under [delivery]
    signers. Rehearse once on the previous release, or on a release candidate before a first launch:
    name its signoff.json under [delivery.earlier_review], and it is verified. Without one the
    statement alone says that a release was signed off.
    """
    delivery = profile.delivery
    with subject("sign-off policy", saw=", ".join(delivery.signers)):
        signers = {*delivery.declared("signers", "the people who sign a release off,")}
        assert len(signers) >= delivery.approvers, f"fewer than {delivery.approvers} may sign"
        empty = profile.unfilled(delivery.signing_roles, signers)
        assert not empty, f"nobody among them has the role {', '.join(empty)}"
    for release in at_least_one(tagged_releases, "release"):
        with subject(release.protection.name, saw=release.protection.seen):
            assert release.protection.reading.covering, f"no rule protects {release.pattern}"
        with subject(f"tag of {profile.release.commit[:12]}", saw=release.names):
            assert release.tags, f"no tag {release.pattern} leads to the release's commit"
        for tag in release.tags:
            with subject(tag.signature.name, saw=tag.signature.seen):
                signature = tag.signature.reading
                assert signature.is_of_release, "the checkout's tag leads to another commit"
                assert signature.is_verified, "no declared signer signed it"
            with subject(tag.publication.name, saw=tag.publication.seen):
                assert tag.publication.reading.is_published, "the forge has no release of this tag"
    for earlier in each(earlier_sign_offs):
        with subject(earlier.name, saw=earlier.seen):
            sign_off = earlier.reading
            assert sign_off.is_genuine, f"it is not the file that {sign_off.tag} was published with"
            assert not sign_off.refused, f"{sign_off.refused}: {sign_off.why}"
    assert attestation.release != "any", "a sign-off is stated for one commit"
    assert attestation.evidence


@pytest.mark.orr(
    "cicd.release.canary",
    stated="release canary",
    severity="major",
    phase="launch",
    owner="service",
    question="Which share of the traffic, for how long, with which stop rule, and what was seen?",
    evidence="decision",
    valid_for=30,
    void="commit",
)
@pytest.mark.manual
def test_the_release_served_a_canary_before_everybody(
    release_canaries, canary_traffic, canary_shares, profile, as_of, subject, attestation
):
    """The release served a small share of real traffic, and a stop rule was watched meanwhile.

    Why: Some faults need real wallets, real data and real load; a canary lets one visitor in
    twenty meet them instead of all. A canary without traffic, or without a rule for stopping,
    proves nothing.

    Fix: Deploy each release to the forge's environment that [delivery.canary] names (to the named
    staging before a first launch), and to production only after the hours set there. Send a
    share to it by weighted target groups, or name the file that does it as rollout. Let both
    releases count requests and errors in Prometheus, and name the counters and the labels that tell
    the two apart: no more than 1.1 times the old one's part of requests may fail. Keep the graph
    and the decision to go on: the share, the stop rule and who decided are the statement's.
    """
    for canary in at_least_one(release_canaries, "environment of a canary"):
        with subject(canary.name, saw=canary.seen):
            run, hours = canary.reading, profile.delivery.canary.hours
            assert run.has_run, "the release never ran there"
            served = run.hours_before_all(as_of)
            assert served >= hours, f"it ran there {served:.1f} hours of {hours} before production"
    for traffic in each(canary_traffic):
        with subject(traffic.name, saw=traffic.seen):
            assert traffic.reading.was_used, "nobody used it"
            is_good = traffic.reading.is_as_good(profile.delivery.canary.worst_ratio)
            assert is_good, "a larger part of its requests failed than of the release before"
    for share in at_least_one(canary_shares, "rule that divides requests, or file of a rollout"):
        with subject(share.name, saw=share.seen):
            assert share.reading.divides, "it leads everybody to one release"
    assert attestation.release != "any", "a canary is stated for one release"
    assert attestation.evidence


@pytest.mark.orr(
    "cicd.github.travis",
    stated="Travis build and automated test",
    severity="minor",
    phase="build",
    owner="service",
    question="Which system builds and tests now?",
    evidence="link",
    valid_for=180,
)
def test_travis_or_its_successor_builds_and_tests(branch_builds, profile, subject, as_of):
    """Travis, or the system that took its place, builds and tests the default branch.

    Why: A build configuration that outlived its service looks like testing to every newcomer
    while nothing runs. When a merge breaks the build, nobody is told.

    Fix: If Travis still builds, name its repository under [delivery.travis]; the last build of the
    default branch must have passed, in the last 30 days. If GitHub Actions or GitLab CI took over,
    name it there as successor with its test_job, and delete `.travis.yml` and the badge.
    """
    limits = profile.delivery.travis
    build = branch_builds.build
    with subject(build.name, saw=build.seen):
        last = build.reading
        assert last.status == "success", f"its last build of the branch is {last.status}"
        days = last.days_before(as_of)
        assert days <= limits.oldest_build_days, f"its last build of the branch is {days} days old"


@pytest.mark.orr(
    "cicd.github.release-action",
    stated="integration with GitHub release action",
    severity="minor",
    phase="build",
    owner="service",
    question="How does a release come into being?",
    evidence="link",
    valid_for=180,
)
def test_a_tag_alone_makes_the_release(release_workflows, subject):
    """Pushing a tag makes the release, with checksums, and by actions pinned to a commit.

    Why: Release files that somebody uploads by hand may be anything, and users have no way to
    tell. A third-party action that is followed by tag can be replaced by its author, or by
    whoever took the author's account.

    Fix: Write a workflow on `release` or tag push (on GitLab a job with the `release:` keyword)
    that builds, adds checksums or an attestation, and publishes. Pin each foreign action by full
    commit sha, and check that the run of the newest tag succeeded.
    """
    made = release_workflows
    with subject("what makes releases", saw=made.seen):
        assert made.releasing, "no workflow or job is started by a release or a tag"
    with subject(made.newest.name, saw=made.newest.seen):
        tag = made.newest.reading
        assert tag.runs, f"nothing that makes releases ran for {tag.tag}"
        unsuccessful = [run.name for run in tag.runs if not run.has_succeeded]
        assert not unsuccessful, f"{', '.join(unsuccessful)} did not succeed"
    with subject(made.assets.name, saw=made.assets.seen):
        release = made.assets.reading
        assert release.is_published, f"no release of {release.tag} is published"
        at_least_one(release.files, "file of the release")
        unproven = ", ".join(release.unproven)
        assert not unproven, f"no checksum or attestation speaks for {unproven}"
    for file in each(made.files):
        with subject(file.name, saw=file.seen):
            follows = ", ".join(file.reading.follows)
            assert not follows, f"what it runs of others is not pinned by a commit: {follows}"
