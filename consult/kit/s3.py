"""Files in a bucket of an S3-compatible store. Loaded only where STORAGES names it.

The bucket is private: no file gets a public mark or a signed address, everything goes through the pages. A file is one PUT,
which a store takes whole or not at all; and it is fetched whole before the first byte of an answer is sent.
"""

import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import Any

import botocore
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from consult.kit.store import Unreachable

#: Seconds. Two attempts at a store that takes the call and never answers must end before a web process is given up.
CONNECT, READ, ATTEMPTS = 3, 20, 2
#: A monitor may ask every second: the store is asked so often only, and not waited for longer than that.
LOOK, LOOK_PAUSE = 2, 5.0
#: Up to so many bytes are held in memory while they are sent.
MEMORY, CHUNK = 1 << 20, 1 << 16
#: Beside the folders, while it is looked at who may read.
PROBE = "may-a-stranger-read-this"
#: The largest PUT there is: nothing is cut into parts, of which some could be left behind.
ONE_PUT = 5 * 1024 ** 3


@contextmanager
def _asking(name: str = "") -> Iterator[None]:
    try:
        yield
    except ClientError as said:
        code = said.response["Error"]["Code"]
        if code in {"NoSuchKey", "404"}:
            raise FileNotFoundError(name) from said
        raise Unreachable(code) from said
    except (BotoCoreError, Boto3Error) as gone:
        raise Unreachable(type(gone).__name__) from gone


def _shown(asked: Callable[[], Any]) -> bool:
    try:
        asked()
    except ClientError:
        return False
    return True


class Bucket(S3Storage):
    """One folder of a bucket, with the promises of ``consult.kit.store``."""

    def __init__(self, **options: Any) -> None:
        # Checksums in trailers are understood by few stores but Amazon's.
        config = Config(connect_timeout=CONNECT, read_timeout=READ, retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
                        s3={"addressing_style": options.get("addressing_style") or "path"}, signature_version="s3v4",
                        request_checksum_calculation="when_required", response_checksum_validation="when_required")
        transfer = TransferConfig(multipart_threshold=ONE_PUT, use_threads=False)
        super().__init__(**options, client_config=config, transfer_config=transfer, default_acl=None, file_overwrite=False)
        self._up, self._asked_again_at = False, float("-inf")

    @property
    def bucket(self) -> Any:
        """Of this thread: boto3's resources must not be shared."""
        return self.connection.Bucket(self.bucket_name)

    @property
    def client(self) -> Any:
        return self.connection.meta.client

    def _key(self, name: str) -> str:
        key: str = self._normalize_name(clean_name(name))
        return key

    def url(self, name: str | None, *args: Any, **kwargs: Any) -> str:
        raise ValueError("A stored file has no address: pages send it.")

    def _open(self, name: str, mode: str = "rb") -> File:
        """All of the file, read to its end: what breaks off is known before anything is sent."""
        if mode != "rb":
            raise ValueError("A file in a bucket is read, or put as a whole.")
        spool: Any = tempfile.SpooledTemporaryFile(max_size=MEMORY)  # noqa: SIM115 - closed with the answer
        try:
            with _asking(name):
                for piece in self.client.get_object(Bucket=self.bucket_name, Key=self._key(name))["Body"].iter_chunks(CHUNK):
                    spool.write(piece)
        except BaseException:
            spool.close()
            raise
        spool.seek(0)
        return File(spool, name)

    def _save(self, name: str, content: Any) -> str:
        with _asking(name):
            stored: str = super()._save(name, content)
        return stored

    def delete(self, name: str) -> None:
        with _asking(name):
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _asking(name):
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        with _asking(name):
            return int(super().size(name))

    def get_modified_time(self, name: str) -> datetime:
        with _asking(name):
            changed: datetime = super().get_modified_time(name)
        return changed

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with _asking(name):
            folders, names = super().listdir(name)
        return folders, names

    def put(self, name: str, content: bytes, *, beside: str = "", once: bool = False) -> str:
        """One PUT. What is written once has its fingerprint in its name: a request that was given up may still arrive, after

        the one that took its place.
        """
        if once:
            stem, dot, extension = name.rpartition(".")
            name = f"{stem}-{hashlib.sha256(content).hexdigest()[:16]}{dot}{extension}"
        with _asking(name):
            self.client.put_object(Bucket=self.bucket_name, Key=self._key(name), Body=content,
                                   **self._get_write_parameters(name))
        return name

    def walk(self, folder: str = "") -> Iterator[tuple[str, datetime]]:
        """Every file below, with the time of its last change, a thousand at a time."""
        home = f"{self.location.strip('/')}/" if self.location else ""
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket_name, Prefix=home + (f"{folder.strip('/')}/" if folder else ""))
        with _asking(folder):
            for page in pages:
                for one in page.get("Contents", ()):
                    yield one["Key"][len(home):], one["LastModified"]

    def answers(self) -> bool:
        """Does the store know the bucket, and us?"""
        if time.monotonic() >= self._asked_again_at:
            try:
                self._quick.head_bucket(Bucket=self.bucket_name)
                self._up = True
            except (BotoCoreError, ClientError):
                self._up = False
            self._asked_again_at = time.monotonic() + LOOK_PAUSE
        return self._up

    def open_to_all(self) -> bool:
        """Does it show a file, or the names of its files, to somebody who has no key? Raises Unreachable."""
        stranger = self._client(signature_version=botocore.UNSIGNED)
        with _asking():
            self.client.put_object(Bucket=self.bucket_name, Key=PROBE, Body=b"")
            try:
                return any(_shown(asked) for asked in (
                    lambda: stranger.list_objects_v2(Bucket=self.bucket_name, MaxKeys=1),
                    lambda: stranger.get_object(Bucket=self.bucket_name, Key=PROBE)))
            finally:
                self.client.delete_object(Bucket=self.bucket_name, Key=PROBE)

    @cached_property
    def _quick(self) -> Any:
        return self._client()

    def _client(self, **more: Any) -> Any:
        config = self.client_config.merge(Config(connect_timeout=LOOK, read_timeout=LOOK, retries={"total_max_attempts": 1},
                                                 **more))
        return self._create_session().client("s3", region_name=self.region_name, endpoint_url=self.endpoint_url,
                                             verify=self.verify, config=config)
