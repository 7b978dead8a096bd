"""Raising tasks about a meeting: whose they are and by when they are to be done, said in one place."""

from datetime import datetime

from scheduling.deadlines import tell_by
from service.storage.meetings import Meeting
from service.storage.tasks import Task, TaskKind


def about_meeting(task: Task, meeting: Meeting, *, now: datetime) -> Task:
    """Complete a task with its meeting: due in time for people to know, what goes by post earlier."""
    starts_at, by_post = meeting.starts_at or now, task.kind is TaskKind.POST
    task.organisation_id, task.meeting_id = meeting.organisation_id, meeting.id
    task.due_at, task.created_at = tell_by(now, starts_at, by_post=by_post), now
    return task
