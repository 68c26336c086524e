"""What goes over the pipes between the press and its setter: a head in JSON, then parts of bytes, each with its length.

The streams are unbuffered: what a fork copies holds no half a message.
"""

import json
import struct
from typing import IO, Any

SIZE = struct.Struct(">I")

Head = dict[str, Any]


def send(stream: IO[bytes], head: Head, *parts: bytes) -> None:
    for part in (json.dumps(head | {"parts": len(parts)}).encode(), *parts):
        for piece in (SIZE.pack(len(part)), part):
            rest = memoryview(piece)
            while rest:
                rest = rest[stream.write(rest):]


def receive(stream: IO[bytes]) -> tuple[Head, list[bytes]]:
    """One message. Raises EOFError when the other side is gone, even in the middle of a message."""
    head = json.loads(_part(stream))
    return head, [_part(stream) for _number in range(head.pop("parts"))]


def _part(stream: IO[bytes]) -> bytes:
    (size,) = SIZE.unpack(_exactly(stream, SIZE.size))
    return _exactly(stream, size)


def _exactly(stream: IO[bytes], size: int) -> bytes:
    content = bytearray()
    while len(content) < size:
        piece = stream.read(size - len(content))
        if not piece:
            raise EOFError
        content += piece
    return bytes(content)
