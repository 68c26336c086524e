"""An S3 server of the test's own on this machine, and what settings say of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

BUCKET = "consult"


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
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    store = Store(server, f"http://{host}:{port}")
    try:
        store.client.create_bucket(Bucket=BUCKET)
        yield store
    finally:
        from moto.s3.models import s3_backends
        s3_backends.reset()
        store.stop()
