"""GitHub and Azure DevOps as far as a comment sees them, on a port of this machine: the network's edge, and nothing of ours."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "ghs_planted-canary"
BOT = "github-actions[bot]"


@dataclass
class State:
    """What the forge holds, what it was asked, and what it answers instead."""

    comments: list[dict[str, Any]] = field(default_factory=list)
    pulls: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)
    login: str = ""
    page: int = 2
    url: str = ""

    def comment(self, body: str, author: str = BOT) -> dict[str, Any]:
        """A comment that somebody left."""
        made = {"id": len(self.comments) + 1, "body": body, "user": {"login": author}, "html_url": f"{self.url}/c/{len(self.comments) + 1}"}
        self.comments.append(made)
        return made


class Handler(BaseHTTPRequestHandler):
    """One request; ``state`` is set on the class of each server."""

    state: State
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Nothing on stderr."""

    def answer(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        parts = urlsplit(self.path)
        self.state.asked.append(f"{self.command} {parts.path}")
        if self.headers.get("authorization") != f"Bearer {TOKEN}":
            return self.send(401, {"message": "Bad credentials"})
        if self.state.refusals and (status := self.state.refusals.pop(0)):
            return self.send(status, {"message": "Resource not accessible by integration"})
        return self.route(self.command, parts.path, parse_qs(parts.query), body)

    do_GET = do_POST = do_PATCH = answer  # noqa: N815  http.server calls them so

    def send(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"content-length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def route(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> None:
        raise NotImplementedError


class GitHubHandler(Handler):
    """``/repos/contoso/catalog``, pull request 7."""

    def route(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> None:
        state, comments = self.state, "/repos/contoso/catalog/issues/7/comments"
        match method, path:
            case "GET", "/user":
                self.send(200, {"login": state.login}) if state.login else self.send(403, {"message": "not for integrations"})
            case "GET", _ if path == comments:
                page = int(query.get("page", ["1"])[0])
                rest = state.comments[page * state.page :]
                link = {"link": f'<{state.url}{comments}?page={page + 1}>; rel="next"'} if rest else {}
                self.send(200, state.comments[(page - 1) * state.page : page * state.page], link)
            case "POST", _ if path == comments:
                self.send(201, state.comment(body["body"], state.login or BOT))
            case "PATCH", _ if path.startswith("/repos/contoso/catalog/issues/comments/"):
                found = next(it for it in state.comments if str(it["id"]) == path.rpartition("/")[2])
                found["body"] = body["body"]
                self.send(200, found)
            case "GET", "/repos/contoso/catalog/pulls":
                self.send(200, [it for it in state.pulls if it["head"]["label"] == query["head"][0]])
            case _:
                self.send(404, {"message": "Not Found"})


class AzureHandler(Handler):
    """Organisation ``/contoso/``, project ``geo data``, repository ``r1``, pull request 7; every comment is a thread."""

    ME = "me-id"

    def route(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> None:
        state, threads = self.state, "/contoso/geo%20data/_apis/git/repositories/r1/pullRequests/7/threads"
        match method, path:
            case "GET", "/contoso/_apis/connectionData":
                self.send(200, {"authenticatedUser": {"id": self.ME}})
            case "GET", _ if path == threads:
                self.send(200, {"value": [self.thread(it) for it in state.comments]})
            case "POST", _ if path == threads:
                self.send(200, self.thread(state.comment(body["comments"][0]["content"], self.ME)))
            case "PATCH", _ if path.startswith(f"{threads}/"):
                found = next(it for it in state.comments if str(it["id"]) == path.removeprefix(f"{threads}/").partition("/")[0])
                found["body"] = body["content"]
                self.send(200, self.thread(found)["comments"][0])
            case _:
                self.send(404, {"message": "no such route"})

    def thread(self, it: dict[str, Any]) -> dict[str, Any]:
        return {"id": it["id"], "comments": [{"id": 1, "content": it["body"], "author": {"id": it["user"]["login"]}}]}


@contextmanager
def serving(handler: type[Handler]) -> Iterator[State]:
    """A forge on a port of its own; the state says what it holds and what it was asked."""
    state = State()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (handler,), {"state": state}))
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
