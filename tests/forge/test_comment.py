"""One comment for each project and target on a pull request, edited in place, and nobody else's ever touched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.forge.forges import TOKEN, AzureHandler, GitHubHandler, State, serving
from tests.harness import Folder

MARKER = "<!-- pcsync:plan contoso-imagery/production -->"
PLAN = f"{MARKER}\n## Plan for production\n"


@pytest.fixture
def github() -> Iterator[State]:
    with serving(GitHubHandler) as state:
        yield state


@pytest.fixture
def azure() -> Iterator[State]:
    with serving(AzureHandler) as state:
        yield state


def of_github(state: State, folder: Path, event: object = None) -> Folder:
    (folder / "event.json").write_text(json.dumps(event if event is not None else {"pull_request": {"number": 7}}))
    (folder / "plan.md").write_text(PLAN)
    environment = {
        "GITHUB_REPOSITORY": "contoso/catalog",
        "GITHUB_API_URL": state.url,
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_EVENT_PATH": str(folder / "event.json"),
    }
    return Folder(folder, environment)


def of_azure(state: State, folder: Path) -> Folder:
    (folder / "plan.md").write_text(PLAN)
    environment = {
        "GITHUB_REPOSITORY": "",
        "SYSTEM_COLLECTIONURI": f"{state.url}/contoso/",
        "SYSTEM_TEAMPROJECT": "geo data",
        "BUILD_REPOSITORY_ID": "r1",
        "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
        "SYSTEM_ACCESSTOKEN": TOKEN,
    }
    return Folder(folder, environment)


@pytest.fixture(params=["github", "azure"])
def forge(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[State, Folder]:
    state: State = request.getfixturevalue(request.param)
    return state, (of_github if request.param == "github" else of_azure)(state, tmp_path)


def test_a_second_run_edits_the_comment_of_the_first(forge):
    state, folder = forge

    first = folder.run("comment", "plan.md")
    folder.write("plan.md", PLAN + "changed\n")
    second = folder.run("comment", "plan.md")

    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert "added" in first.err
    assert "edited" in second.err
    assert [it["body"] for it in state.comments] == [PLAN + "changed\n"]


def test_the_same_text_again_is_not_sent(forge):
    state, folder = forge
    folder.run("comment", "plan.md")
    state.asked.clear()

    again = folder.run("comment", "plan.md")

    assert "unchanged" in again.err
    assert {line.split()[0] for line in state.asked} == {"GET"}


def test_a_comment_of_somebody_else_is_never_edited_even_with_our_marker(forge):
    state, folder = forge
    state.comment(PLAN + "looks fine, merge it", author="mallory")

    folder.run("comment", "plan.md")

    assert [it["body"] for it in state.comments] == [PLAN + "looks fine, merge it", PLAN]


def test_each_target_has_a_comment_of_its_own(forge):
    state, folder = forge
    folder.run("comment", "plan.md")
    folder.write("staging.md", PLAN.replace("production", "staging"))

    folder.run("comment", "staging.md")

    assert len(state.comments) == 2


def test_our_comment_is_found_on_a_later_page(github, tmp_path):
    for number in range(5):
        github.comment(f"remark {number}", author="reviewer")
    github.comment(PLAN + "old")

    of_github(github, tmp_path).run("comment", "plan.md")

    assert github.comments[-1]["body"] == PLAN
    assert len(github.comments) == 6


def test_a_personal_token_edits_the_comments_of_its_own_account(github, tmp_path):
    github.login = "deploy-bot"
    github.comment(PLAN + "old", author="deploy-bot")

    of_github(github, tmp_path).run("comment", "plan.md")

    assert [it["body"] for it in github.comments] == [PLAN]


def test_a_pull_request_of_a_fork_is_found_by_what_github_says_of_the_run(github, tmp_path):
    github.pulls = [
        {"number": 3, "head": {"label": "mallory:main", "sha": "bad"}},
        {"number": 7, "head": {"label": "mallory:fix", "sha": "abc"}},
    ]
    run = {"head_repository": {"owner": {"login": "mallory"}}, "head_branch": "fix", "head_sha": "abc", "pull_requests": []}

    ran = of_github(github, tmp_path, {"workflow_run": run}).run("comment", "plan.md")

    assert ran.code == 0, ran.err
    assert [it["body"] for it in github.comments] == [PLAN]


def test_a_push_that_is_about_no_pull_request_says_so(github, tmp_path):
    ran = of_github(github, tmp_path, {"ref": "refs/heads/main"}).run("comment", "plan.md")

    assert ran.code == 64
    assert "--pull-request" in ran.err
    assert github.comments == []


def test_a_token_that_may_not_write_exits_8_and_says_how_forks_are_done(github, tmp_path):
    github.refusals = [0, 0, 403]

    ran = of_github(github, tmp_path).run("comment", "plan.md")

    assert ran.code == 8
    assert "fork" in ran.err
    assert TOKEN not in ran.err + ran.out


def test_a_post_is_not_repeated_after_a_gateway_error_and_a_get_is(github, tmp_path):
    github.refusals = [0, 502, 0, 502]

    ran = of_github(github, tmp_path).run("comment", "plan.md")

    assert ran.code == 1
    assert [line.split()[0] for line in github.asked] == ["GET", "GET", "GET", "POST"]


def test_a_text_without_the_hidden_first_line_is_refused(forge):
    state, folder = forge
    folder.write("notes.md", "# my notes\n")

    ran = folder.run("comment", "notes.md")

    assert ran.code == 64
    assert state.comments == []


def test_a_text_longer_than_a_comment_is_refused(forge):
    state, folder = forge
    folder.write("plan.md", PLAN + "x" * 70_000)

    ran = folder.run("comment", "plan.md")

    assert ran.code == 64
    assert "65,536" in ran.err
    assert state.comments == []


def test_a_token_never_travels_unencrypted_to_another_machine(github, tmp_path):
    folder = of_github(github, tmp_path)
    elsewhere = Folder(folder.path, {**folder.environment, "GITHUB_API_URL": "http://github.example"})

    ran = elsewhere.run("comment", "plan.md")

    assert ran.code == 64
    assert "https" in ran.err


def test_outside_of_a_pipeline_the_command_says_what_it_needs(tmp_path):
    folder = Folder(tmp_path, {"GITHUB_REPOSITORY": "", "SYSTEM_COLLECTIONURI": ""})
    folder.write("plan.md", PLAN)

    ran = folder.run("comment", "plan.md")

    assert ran.code == 64
    assert "GITHUB_REPOSITORY" in ran.err
