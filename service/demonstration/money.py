"""The money of the demonstration, asked for and paid; and the things it owns, one of them due back."""

from datetime import datetime, timedelta

from sqlalchemy import select

from accessibility.claims import Asked, ClaimState
from accessibility.consent import ConsentChannel
from service.actions.lending.keeping import KitDetails, add_thing
from service.actions.lending.out import Lending, lend
from service.actions.lending.overdue import notice_late_kit
from service.actions.money.asking import Asking, ask_for_money
from service.actions.money.deciding import Agreement, agree_claim
from service.actions.money.paying import hand_out
from service.actions.money.tasks import CASH
from service.actions.task_outcomes import Outcome
from service.actions.tasks import finish_task
from service.demonstration.houses import LONG_AGO
from service.demonstration.playing import invitation_to
from service.demonstration.scene_parts import Claimed, Thing
from service.demonstration.scenes import Scene, demonstration
from service.demonstration.stage import Stage
from service.identifiers import new_id
from service.storage.invitations import guest_invitation
from service.storage.meetings import Meeting
from service.storage.tasks import Task, TaskState

HOUR = timedelta(hours=1)


async def claim_money(stage: Stage, scene: Scene, meeting: Meeting) -> None:
    """Let people ask for money for a session, as far as it has come."""
    for each in scene.claims:
        await _claim(stage, scene, meeting, each)
        await stage.db.flush()
    if scene.is_told:
        await _get_cash_ready(stage, meeting)


async def keep_kit(stage: Stage) -> None:
    """Put down what the organisation owns, and who has it; what is late is asked for."""
    for thing in demonstration().kit:
        await _keep(stage, thing)
        await stage.db.flush()
    await notice_late_kit(stage.db, stage.system, now=stage.now)


async def _claim(stage: Stage, scene: Scene, meeting: Meeting, claimed: Claimed) -> None:
    db, then = stage.db, stage.now - timedelta(days=claimed.days_ago)
    guest = stage.as_guest(await invitation_to(stage, meeting, claimed.who))
    is_own = claimed.channel is ConsentChannel.WEB
    asked = Asked(
        claimed.kind,
        pence=claimed.pence,
        hours_tenths=claimed.hours * 10,
        hour_pence=claimed.hour_pence,
    )
    asking = Asking(new_id(), asked, claimed.pay_by, claimed.words, claimed.channel)
    invitation = await guest_invitation(db, guest)
    actor = guest if is_own else stage.coordinator
    claim = await ask_for_money(db, actor, invitation, asking, now=then)
    if claimed.state in (ClaimState.AGREED, ClaimState.PAID):
        agreement = Agreement(claim.asked_pence, claimed.pay_by, claimed.answer)
        await agree_claim(db, stage.coordinator, claim.id, agreement, now=then + HOUR)
    if claimed.state is ClaimState.PAID:
        host, at = stage.as_staff(scene.lead), meeting.starts_at or stage.now
        await hand_out(db, host, meeting.id, claim.id, now=at)


async def _get_cash_ready(stage: Stage, meeting: Meeting) -> None:
    """Let the coordinator have the envelopes ready in time."""
    query = select(Task).where(
        Task.meeting_id == meeting.id, Task.about == CASH, Task.state == TaskState.OPEN
    )
    for task in (await stage.db.scalars(query)).all():
        await finish_task(stage.db, stage.coordinator, task.id, Outcome.SETTLED, now=task.due_at)


async def _keep(stage: Stage, thing: Thing) -> None:
    db, bridget = stage.db, stage.coordinator
    details = KitDetails(thing.name, thing.is_lendable, thing.notes)
    item = await add_thing(db, bridget, thing.kind, details, now=stage.now - LONG_AGO)
    if thing.lent_to:
        then: datetime = stage.now - timedelta(days=thing.lent_days_ago)
        due_on = (stage.now + timedelta(days=thing.due_in_days)).date()
        lending = Lending(
            stage.people[thing.lent_to].id, due_on, with_charger=True, with_guide=True
        )
        await lend(db, bridget, item.id, lending, now=then)
