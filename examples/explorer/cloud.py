"""The AWS side of the embedded world: moto over HTTP, every call written down, and the names.

Run by ``world.py`` as ``python -m examples.explorer.cloud STATE FOLDER``.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from examples.explorer.child import stay
from examples.explorer.mail import PLANTED as MAIL_FAULTS
from examples.explorer.models import collect_seldom, share_models

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

IMAGES = Path(__file__).with_name("amis.json")
"""The only images that its account sees: moto's own are a thousand, made anew for each region."""
PLANTED = {
    "faulty": frozenset(
        {
            "alarm-without-actions",
            "backend-open-to-world",
            "backup-kept-too-short",
            "group-reference-to-stranger",
            "image-critical",
            "ipv6-world",
            "key-without-rotation",
            "rate-rule-counts",
            "renewal-failed",
            "saturation-alarm-silent",
            "ssh-from-forgotten-address",
        }
    ),
    "repaired": frozenset[str](),
}
SIGNED_FOR = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")


class WrittenDown:
    """Notes service and operation of each AWS request, then passes it on (WSGI)."""

    def __init__(self, inner: Any, notes: Path) -> None:
        self.inner = inner
        self.notes = notes
        notes.touch()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Note the request unless it is for moto's own controls, which nobody signs."""
        if signed := SIGNED_FOR.search(environ.get("HTTP_AUTHORIZATION", "")):
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = BytesIO(body)
            note = json.dumps({"service": signed[1], "action": operation(environ, body)})
            with self.notes.open("a", encoding="utf-8") as notes:
                notes.write(f"{note}\n")  # one short write, so lines of threads do not mix
        answer: Iterable[bytes] = self.inner(environ, start_response)
        return answer


def operation(environ: dict[str, Any], body: bytes) -> str:
    """Return the operation of a signed request, however its protocol writes it."""
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return str(target).rpartition(".")[2]
    if rpc := re.search(r"/operation/(\w+)$", environ["PATH_INFO"]):
        return str(rpc[1])
    form = body.decode("latin-1") if "form" in environ.get("CONTENT_TYPE", "") else ""
    for query in (form, environ.get("QUERY_STRING", "")):
        if action := parse_qs(query).get("Action"):
            return str(action[0])
    return f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"


def main(state: str, folder: Path) -> None:
    """Serve the account until the parent ends."""
    collect_seldom()
    os.environ["MOTO_AMIS_PATH"] = str(IMAGES)
    share_models()
    # moto reads models and images while it is imported, too
    from examples.explorer.account import build_account  # noqa: PLC0415 as said above
    from examples.explorer.names import records_of, serve_names  # noqa: PLC0415 as said above

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    notes = folder / "calls.jsonl"
    url = serve_account(notes, shown=folder / "chain.pem")
    account = build_account(url, faults=PLANTED[state])
    notes.write_text("", encoding="utf-8")  # building is not asking
    records = records_of(account, MAIL_FAULTS[state])
    stay(folder, url=url, account=account, resolver=serve_names(records))


def serve_account(notes: Path, *, shown: Path) -> str:
    """Serve an empty account, on threads, and return where."""
    from moto.moto_server import werkzeug_app as moto  # noqa: PLC0415 as in main()
    from werkzeug.serving import make_server  # noqa: PLC0415 as in main()

    from examples.explorer.dump import Telling  # noqa: PLC0415 as in main()
    from examples.explorer.planted import plant  # noqa: PLC0415 as in main()

    plant(shown=shown)
    served = moto.DomainDispatcherApplication(moto.create_backend_app)
    application = Telling(WrittenDown(served, notes))
    handler = moto.MotoRequestHandler
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
