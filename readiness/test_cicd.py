"""CI/CD: every release is built, tested, tried on few and signed before it reaches everybody."""

import pytest


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
@pytest.mark.manual
def test_a_pipeline_tests_and_deploys_the_default_branch(attestation):
    """A pipeline tests the default branch and makes every production deployment.

    Why: A deployment from somebody's terminal skips the tests on exactly the evening when they
    would have helped. Afterwards nobody can reconstruct what was deployed, or repeat it.

    Fix: Make the test job a required check of the protected default branch, and deploy from a
    pipeline job only. Take production credentials off laptops, then look at the last three
    deployments: each must point to a pipeline with more than zero tests.
    """
    assert attestation.evidence


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
@pytest.mark.manual
def test_the_main_branch_reaches_the_testnet_every_day(attestation):
    """A schedule deploys the testnet image of the main branch, and failures reach a person.

    Why: Chain clients and node interfaces change under the service; a testnet that runs the main
    branch meets the change days before mainnet does. A schedule that fails silently for a month
    gives only the feeling of it.

    Fix: Add a scheduled job that builds the testnet image from main and deploys it, then reads
    the health endpoint and the block height twice: it must grow. Send a failed run to the
    team's channel with a named person, and check that the last success is under 48 hours old.
    """
    assert attestation.evidence


@pytest.mark.orr(
    "cicd.release.test",
    stated="release test",
    severity="blocker",
    phase="launch",
    owner="service",
    question="What was tested by hand, by whom, and on which build?",
    evidence="report",
    valid_for=30,
)
@pytest.mark.manual
def test_the_release_itself_was_tested(attestation):
    """The release suites passed on the very commit that is to be launched.

    Why: Tests that passed on the branch say nothing about the tag that was made after one more
    fix. Skipped suites count as green in most pipelines, so the number of tests matters as
    much as the colour.

    Fix: Run the declared release suites in the tag's pipeline and keep the JUnit report: total
    above zero, no failures, few skips. Do the manual cases on the same build, note who did which,
    and bind the statement to that commit.
    """
    assert attestation.release != "any", "a release test is stated for one commit"
    assert attestation.evidence


@pytest.mark.orr(
    "cicd.release.tag-signoff",
    stated="release tag/sign-off process",
    severity="blocker",
    phase="launch",
    owner="service",
    question="Who signs off, in which order, and what was left open?",
    evidence="decision",
    valid_for=30,
)
@pytest.mark.manual
def test_release_tags_are_protected_and_signed_off_by_two(attestation):
    """Release tags are protected and signed, and two people in their roles sign a release off.

    Why: Without a protected tag anybody with write access decides what production runs, and a
    moved tag changes a release after its review. Without named approvers everybody assumes that
    somebody else has looked.

    Fix: Protect the tag pattern, sign tags, and write down who signs in which order. Rehearse
    once on the previous release, or on a release candidate before a first launch: the record names
    the commit, two different approvers, and what they left open.
    """
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
)
@pytest.mark.manual
def test_the_release_served_a_canary_before_everybody(attestation):
    """The release served a small share of real traffic, and a stop rule was watched meanwhile.

    Why: Some faults need real wallets, real data and real load; a canary lets one visitor in
    twenty meet them instead of all. A canary without traffic, or without a rule for stopping,
    proves nothing.

    Fix: Send a declared share to the new digest by weighted target groups, for the declared
    time, and compare its error ratio with the old one's (no more than 1.1 times). Keep the graph
    and the decision to go on, with the number of requests the canary really served.
    """
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
@pytest.mark.manual
def test_travis_or_its_successor_builds_and_tests(attestation):
    """Travis, or the system that took its place, builds and tests the default branch.

    Why: A build configuration that outlived its service looks like testing to every newcomer
    while nothing runs. When a merge breaks the build, nobody is told.

    Fix: If Travis still builds, show a build of the default branch that passed in the last 30
    days. If GitHub Actions or GitLab CI took over, name it, link its passing test job, and
    delete `.travis.yml` and the badge.
    """
    assert attestation.evidence


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
@pytest.mark.manual
def test_a_tag_alone_makes_the_release(attestation):
    """Pushing a tag makes the release, with checksums, and by actions pinned to a commit.

    Why: Release files that somebody uploads by hand may be anything, and users have no way to
    tell. A third-party action that is followed by tag can be replaced by its author, or by
    whoever took the author's account.

    Fix: Write a workflow on `release` or tag push (on GitLab a job with the `release:` keyword)
    that builds, adds checksums or an attestation, and publishes. Pin each foreign action by full
    commit sha, and check that the run of the newest tag succeeded.
    """
    assert attestation.evidence
