"""Receipts: a photo or PDF that comes with a claim, sealed; opened by coordinators only, and written down.

Each is sealed with a key of its own, and that key as its person's own words are: once the person's key
is gone, no old copy of the database shows what was in it.
"""

import os
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accessibility.claims import ClaimState
from service.actions.money.receipt_files import ReceiptFile, read_receipt
from service.actions.needs import CannotOpen, Sealer
from service.actions.permissions import Permission, require, require_for
from service.actor import Actor
from service.errors import Refused
from service.identifiers import new_id
from service.storage.audit import record
from service.storage.base import Db
from service.storage.claiming import claim_by_id, claim_to_change, receipt_by_id, receipts_of
from service.storage.claims import Receipt

#: A ticket there, one back, and room for a few more.
MOST_RECEIPTS: Final = 5
#: What the sealed words of a receipt are: its key.
KEY: Final = "key"
KEY_BYTES, NONCE_BYTES = 32, 12
#: Claims that a receipt can still be added to.
TAKING: Final = frozenset({ClaimState.ASKED, ClaimState.AGREED, ClaimState.PAID})


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A file that came with a claim of somebody."""

    claim_id: UUID
    person_id: UUID
    content: bytes = field(repr=False)


async def add_receipt(
    db: Db, actor: Actor, sealer: Sealer, handed_in: HandedIn, *, now: datetime
) -> Receipt:
    """Keep a receipt for a claim, sealed; raises Invalid for what is none, or Refused."""
    person_id = handed_in.person_id
    require_for(actor, person_id)
    claim = await claim_to_change(db, actor, handed_in.claim_id, person_id=person_id)
    file = read_receipt(handed_in.content)
    if claim.state not in TAKING:
        raise Refused("claim-moved-on")
    if len(await receipts_of(db, actor, claim.id)) >= MOST_RECEIPTS:
        raise Refused("too-many-receipts", field="receipt")
    key, nonce = os.urandom(KEY_BYTES), os.urandom(NONCE_BYTES)
    receipt = Receipt(
        id=new_id(),
        organisation_id=claim.organisation_id,
        claim_id=claim.id,
        media_type=file.media_type,
        bytes_count=len(file.content),
        created_at=now,
    )
    receipt.sealed = nonce + AESGCM(key).encrypt(nonce, file.content, _bound_to(receipt))
    db.add(receipt)
    await db.flush()
    await sealer.seal(db, receipt, KEY, person_id, key.hex())
    facts = {"person_id": person_id, "bytes": receipt.bytes_count}
    record(db, actor, "receipt.added", receipt, now=now, **facts)
    return receipt


async def open_receipt(
    db: Db, actor: Actor, sealer: Sealer, claim_id: UUID, receipt_id: UUID, *, now: datetime
) -> ReceiptFile:
    """Open a receipt, and write down who did; raises NotFound or CannotOpen."""
    require(actor, Permission.KEEP_CLAIMS)
    claim = await claim_by_id(db, actor, claim_id)
    receipt = await receipt_by_id(db, actor, claim_id, receipt_id)
    key = bytes.fromhex(await sealer.open(db, receipt, KEY))
    nonce, sealed = receipt.sealed[:NONCE_BYTES], receipt.sealed[NONCE_BYTES:]
    try:
        content = AESGCM(key).decrypt(nonce, sealed, _bound_to(receipt))
    except InvalidTag as error:
        raise CannotOpen from error
    record(db, actor, "receipt.opened", receipt, now=now, person_id=claim.person_id)
    return ReceiptFile(receipt.media_type, content)


def _bound_to(receipt: Receipt) -> bytes:
    return f"receipts|sealed|{receipt.id}|{receipt.organisation_id}".encode()
