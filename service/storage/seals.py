"""Sealing one value: AES-256-GCM, bound to where it stands. Plain functions of bytes, without a database."""

import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class Seal:
    """The seal of one column of a table in one organisation; each row's is another.

    The associated data is the table, the column, the organisation and the row, the last two as bytes:
    as text they would take as long as the cipher does.
    """

    __slots__ = ("_bound_to", "_place")

    def __init__(self, table: str, column: str, organisation_id: UUID) -> None:
        self._place = table, column, organisation_id
        self._bound_to = f"{table}|{column}|".encode() + organisation_id.bytes

    def close(self, cipher: AESGCM, row_id: UUID, words: str) -> tuple[bytes, bytes]:
        """Seal words for this row; gives the nonce and the sealed bytes."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce, cipher.encrypt(nonce, words.encode(), self._bound_to + row_id.bytes)

    def open(self, cipher: AESGCM, row_id: UUID, nonce: bytes, sealed: bytes) -> str:
        """Open this row's words; raises InvalidTag if key, place or value are others."""
        try:
            return cipher.decrypt(nonce, sealed, self._bound_to + row_id.bytes).decode()
        except InvalidTag:
            return cipher.decrypt(nonce, sealed, self._as_text(row_id)).decode()

    def _as_text(self, row_id: UUID) -> bytes:
        """Give what it was bound to before schema 0004; whatever is sealed again is bound anew."""
        table, column, organisation_id = self._place
        return f"{table}|{column}|{row_id}|{organisation_id}".encode()
