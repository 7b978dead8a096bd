"""Raising tasks about a meeting or a series: whose they are, and by when they are to be done."""

from datetime import datetime

from scheduling.deadlines import tell_by
from scheduling.recurrence import instant_of
from scheduling.time import WallTime
from service.storage.meetings import Meeting
from service.storage.series import Series
from service.storage.tasks import Task, TaskKind


def about_meeting(task: Task, meeting: Meeting, *, now: datetime) -> Task:
    """Complete a task with its meeting: due in time for people to know, what goes by post earlier."""
    starts_at, by_post = meeting.starts_at or now, task.kind is TaskKind.POST
    task.organisation_id, task.meeting_id = meeting.organisation_id, meeting.id
    task.due_at, task.created_at = tell_by(now, starts_at, by_post=by_post), now
    return task


def about_series(task: Task, series: Series, *, now: datetime) -> Task:
    """Complete a task with the series its subject is: due before the first of its dates."""
    starts_at = now
    if series.starts_local is not None:
        starts_at = max(now, instant_of(WallTime(series.starts_local, series.zone)))
    task.about = "series"
    task.organisation_id, task.due_at = series.organisation_id, tell_by(now, starts_at)
    task.created_at = now
    return task
