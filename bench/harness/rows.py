"""The rows of the bench: one request each, with the body that goes with it.

A row says nothing of any server. What the endpoints do is in ../project/src/pages.
"""

import json
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """One request that is measured."""

    name: str
    title: str
    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def all_headers(self, origin: str) -> dict[str, str]:
        """The headers for a server at `origin`; Astro refuses a form whose Origin is not its own."""
        headers = dict(self.headers)
        if headers.get("content-type", "").startswith("multipart/"):
            headers["origin"] = origin
        return headers


def _order() -> bytes:
    """An order of exactly 1,024 bytes of JSON."""
    lines = [
        {"sku": f"SKU-{i:04}", "quantity": i % 5 + 1, "price": round(3.25 * (i + 1), 2), "note": "gift wrap"}
        for i in range(12)
    ]
    order = {"id": 4711, "customer": "Ada Lovelace", "lines": lines, "comment": ""}
    missing = 1024 - len(json.dumps(order, separators=(",", ":")))
    order["comment"] = ("leave it at the door, please; " * 20)[:missing]
    body = json.dumps(order, separators=(",", ":")).encode()
    if len(body) != 1024:
        raise AssertionError(f"the echo body has {len(body)} bytes, not 1024")
    return body


_BOUNDARY = "----transom-bench-7d1f0b6c"


def _form() -> bytes:
    """A form of one text field and one file of 256 KB, without a byte order that compresses."""
    state, data = 1, bytearray()
    for _ in range(256 * 1024):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        data.append(state >> 16 & 0xFF)
    return (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="title"\r\n\r\nHolidays\r\n'
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="photo.bin"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode() + bytes(data) + f"\r\n--{_BOUNDARY}--\r\n".encode()


ROWS = [
    Row("hello", "hello JSON", "GET", "/hello"),
    Row("params", "path and query parameters", "GET", "/users/42?view=full", {"x-agent": "bench"}),
    Row("echo", "1 KB JSON echo", "POST", "/echo", {"content-type": "application/json"}, _order()),
    Row("rss", "50-item RSS", "GET", "/rss.xml"),
    Row("objects", "500 objects: filter, sort", "GET", "/products?name=lamp%20%5B1-7%5D&max=80"),
    Row("stream", "64-chunk stream", "GET", "/stream"),
    Row(
        "multipart",
        "256 KB multipart, SHA-256",
        "POST",
        "/upload",
        {"content-type": f"multipart/form-data; boundary={_BOUNDARY}"},
        _form(),
    ),
]
