"""An S3 server of the test's own on this machine, and what settings say of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer
from werkzeug.serving import make_server

BUCKET = "consult"


class Private(ThreadedMotoServer):
    """The server of moto, which would show the names of a private bucket's files to strangers."""

    def _server_entry(self) -> None:
        all_of_it = DomainDispatcherApplication(create_backend_app)

        def private(environ: Any, start: Any) -> Any:
            if "list-type" in environ["QUERY_STRING"] and "HTTP_AUTHORIZATION" not in environ:
                start("403 Forbidden", [("Content-Length", "0")])
                return [b""]
            return all_of_it(environ, start)

        self._server = make_server(self._ip_address, self._port, private, True, request_handler=MotoRequestHandler)
        self._server_ready_event.set()
        self._server.serve_forever()


@dataclass
class Store:
    """The server while it answers; ``stop`` takes it away."""

    server: ThreadedMotoServer | None
    url: str
    gone: bool = False

    @property
    def client(self) -> Any:
        return boto3.client("s3", endpoint_url=self.url, region_name="us-east-1", aws_access_key_id="key",
                            aws_secret_access_key="secret")

    def names(self) -> list[str]:
        return [one["Key"] for one in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", ())]

    def storages(self) -> dict[str, Any]:
        """What settings make of S3_BUCKET and its kin."""
        options = {"bucket_name": BUCKET, "access_key": "key", "secret_key": "secret", "endpoint_url": self.url,
                   "region_name": "us-east-1", "addressing_style": "path"}
        return {alias: {"BACKEND": "consult.kit.s3.Bucket", "OPTIONS": {**options, "location": folder}}
                for alias, folder in (("default", "files"), ("arrivals", "arrivals"))}

    def environment(self) -> dict[str, str]:
        return {"S3_BUCKET": BUCKET, "S3_ENDPOINT_URL": self.url, "S3_ACCESS_KEY": "key", "S3_SECRET_KEY": "secret"}

    def stop(self) -> None:
        if self.server and not self.gone:
            self.server.stop()
            self.gone = True


@contextmanager
def served() -> Iterator[Store]:
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"
    server = Private(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    store = Store(server, f"http://{host}:{port}")
    try:
        store.client.create_bucket(Bucket=BUCKET)
        yield store
    finally:
        s3_backends.reset()
        store.stop()
