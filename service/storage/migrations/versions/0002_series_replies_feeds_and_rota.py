"""series replies feeds and rota"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MESSAGEKINDS = (
    "invitation",
    "update",
    "cancel",
    "announcement",
    "your_link",
    "sign_in",
    "staff_welcome",
    "request_answer",
    "place_offered",
    "reminder",
    "nudge",
    "rota_ask",
    "rota_news",
)

TASKKINDS = (
    "ring",
    "text",
    "post",
    "through",
    "safe_contact",
    "keep_apart",
    "mail_failed",
    "place_free",
    "no_way_left",
    "decide",
    "link_again",
    "hand_over",
    "ask_to_join",
    "read_mail",
    "answer_by_mail",
    "address_failed",
    "rota_gap",
    "look_at_date",
)


def upgrade() -> None:
    """Take the step."""
    _allow("tasks", "taskkind", TASKKINDS)
    _allow("messages", "messagekind", MESSAGEKINDS)
    op.create_table(
        "calendar_blocks",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("made_for", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("block", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject_id", "made_for", name=op.f("pk_calendar_blocks")),
    )
    op.create_table(
        "special_dates",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "bank_holiday",
                "ramadan",
                "feast",
                "school_break",
                "local",
                "clock_change",
                "darkness",
                "place_closed",
                "place_check",
                "place_taken",
                "host_taken",
                name="datekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_special_dates_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_special_dates_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_dates")),
    )
    with op.batch_alter_table("special_dates", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_special_dates_organisation_id_last_on"),
            ["organisation_id", "last_on"],
            unique=False,
        )

    op.create_table(
        "availability",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("is_away", sa.Boolean(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("until_minute", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "0 <= from_minute AND from_minute < until_minute AND until_minute <= 1440",
            name=op.f("ck_availability_minutes"),
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_availability_weekday")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_availability_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_availability_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability")),
    )
    with op.batch_alter_table("availability", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_availability_organisation_id_person_id"),
            ["organisation_id", "person_id"],
            unique=False,
        )

    op.create_table(
        "bounces",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("email_key", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_bounces_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_bounces_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounces")),
    )
    with op.batch_alter_table("bounces", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bounces_organisation_id_person_id"),
            ["organisation_id", "person_id"],
            unique=False,
        )

    op.create_table(
        "feeds",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "own",
                "hosting",
                name="feedkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("link_hash", sa.String(), nullable=False),
        sa.Column("link_generation", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kept_version", sa.Integer(), nullable=False),
        sa.Column("leaves_out_mailed", sa.Boolean(), nullable=False),
        sa.Column("is_neutral", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_feeds_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_feeds_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeds")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_feeds_link_hash")),
    )
    with op.batch_alter_table("feeds", schema=None) as batch_op:
        batch_op.create_index(
            "ix_feeds_behind",
            ["organisation_id"],
            unique=False,
            sqlite_where=sa.text("kept_version < version"),
            postgresql_where=sa.text("kept_version < version"),
        )
        batch_op.create_index(
            batch_op.f("ix_feeds_organisation_id_person_id"),
            ["organisation_id", "person_id"],
            unique=False,
        )

    op.create_table(
        "place_troubles",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("fact", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_place_troubles_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_place_troubles_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["places.id"], name=op.f("fk_place_troubles_place_id_places")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_troubles")),
    )
    with op.batch_alter_table("place_troubles", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_place_troubles_organisation_id_last_on"),
            ["organisation_id", "last_on"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_place_troubles_place_id"), ["place_id"], unique=False)

    op.create_table(
        "series",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "running",
                "ended",
                name="seriesstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("starts_local", sa.String(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column(
            "limits", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "date_rules", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("weeks_ahead", sa.Integer(), nullable=False),
        sa.Column("made_until", sa.Date(), nullable=True),
        sa.Column("follows_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kind_id", sa.Uuid(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("neutral_title", sa.String(), nullable=False),
        sa.Column("real_title", sa.String(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("second_id", sa.Uuid(), nullable=True),
        sa.Column("place_id", sa.Uuid(), nullable=True),
        sa.Column("outdoor_place_id", sa.Uuid(), nullable=True),
        sa.Column("no_remote_reason", sa.String(), nullable=False),
        sa.Column("help_phone", sa.String(), nullable=False),
        sa.Column(
            "phone_joining",
            sa.Enum(
                "dial",
                "ring",
                name="phonejoining",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("dial_number", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 5 AND 1440", name=op.f("ck_series_minutes")),
        sa.CheckConstraint("weeks_ahead BETWEEN 1 AND 52", name=op.f("ck_series_weeks_ahead")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_series_created_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["follows_id"], ["series.id"], name=op.f("fk_series_follows_id_series")
        ),
        sa.ForeignKeyConstraint(["kind_id"], ["kinds.id"], name=op.f("fk_series_kind_id_kinds")),
        sa.ForeignKeyConstraint(["lead_id"], ["people.id"], name=op.f("fk_series_lead_id_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_series_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["outdoor_place_id"], ["places.id"], name=op.f("fk_series_outdoor_place_id_places")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["places.id"], name=op.f("fk_series_place_id_places")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["people.id"], name=op.f("fk_series_second_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
    )
    with op.batch_alter_table("series", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_series_organisation_id_state"),
            ["organisation_id", "state"],
            unique=False,
        )

    op.create_table(
        "series_dates",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("on", sa.String(), nullable=False),
        sa.Column(
            "choice",
            sa.Enum(
                "keep",
                "skip",
                "move",
                name="datechoice",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("moved_to", sa.String(), nullable=True),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_series_dates_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["series.id"],
            name=op.f("fk_series_dates_series_id_series"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series_dates")),
        sa.UniqueConstraint("series_id", "on", name=op.f("uq_series_dates_series_id_on")),
    )
    op.create_table(
        "series_guests",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("is_every_time", sa.Boolean(), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "room",
                "online",
                "phone",
                "outdoors",
                name="way",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("supporters", sa.Integer(), nullable=False),
        sa.Column("supporter_name", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("supporters BETWEEN 0 AND 2", name=op.f("ck_series_guests_supporters")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_series_guests_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_series_guests_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["series.id"],
            name=op.f("fk_series_guests_series_id_series"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series_guests")),
        sa.UniqueConstraint(
            "series_id", "person_id", name=op.f("uq_series_guests_series_id_person_id")
        ),
    )
    with op.batch_alter_table("series_guests", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_series_guests_organisation_id_person_id"),
            ["organisation_id", "person_id"],
            unique=False,
        )

    op.create_table(
        "askings",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "room",
                "online",
                "phone",
                "outdoors",
                name="way",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_askings_meeting_id_meetings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_askings_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_askings")),
    )
    with op.batch_alter_table("askings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_askings_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_askings_organisation_id_created_at"),
            ["organisation_id", "created_at"],
            unique=False,
        )

    op.create_table(
        "duties",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "lead",
                "co_facilitator",
                "remote_buddy",
                "greeter",
                "on_call",
                name="meetingrole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_duties_meeting_id_meetings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_duties_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_duties_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duties")),
        sa.UniqueConstraint("meeting_id", "role", name=op.f("uq_duties_meeting_id_role")),
    )
    with op.batch_alter_table("duties", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_duties_organisation_id_person_id"),
            ["organisation_id", "person_id"],
            unique=False,
        )

    op.create_table(
        "step_ins",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "lead",
                "co_facilitator",
                "remote_buddy",
                "greeter",
                "on_call",
                name="meetingrole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("from_person_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["people.id"], name=op.f("fk_step_ins_asked_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["from_person_id"], ["people.id"], name=op.f("fk_step_ins_from_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_step_ins_meeting_id_meetings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_step_ins_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["taken_by"], ["people.id"], name=op.f("fk_step_ins_taken_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_ins")),
    )
    with op.batch_alter_table("step_ins", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_step_ins_organisation_id_meeting_id"),
            ["organisation_id", "meeting_id"],
            unique=False,
        )

    op.create_table(
        "calendar_replies",
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitations.id"],
            name=op.f("fk_calendar_replies_invitation_id_invitations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_calendar_replies")),
    )
    op.create_table(
        "holds",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "room",
                "online",
                "phone",
                "outdoors",
                name="way",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "taken",
                "declined",
                "expired",
                "withdrawn",
                name="holdstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("waited_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("seats BETWEEN 1 AND 3", name=op.f("ck_holds_seats")),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitations.id"],
            name=op.f("fk_holds_invitation_id_invitations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_holds_meeting_id_meetings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_holds_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_holds_meeting_id_state"), ["meeting_id", "state"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_holds_state_expires_at"), ["state", "expires_at"], unique=False
        )
        batch_op.create_index(
            "uq_holds_one_open",
            ["invitation_id"],
            unique=True,
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        )

    op.create_table(
        "incoming_mails",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "reply",
                "counter",
                "answer_in_words",
                "words",
                "away",
                "bounce",
                "unreadable",
                name="mailkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitations.id"],
            name=op.f("fk_incoming_mails_invitation_id_invitations"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_incoming_mails_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_incoming_mails_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_mails")),
        sa.UniqueConstraint("digest", name=op.f("uq_incoming_mails_digest")),
    )
    with op.batch_alter_table("incoming_mails", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_incoming_mails_invitation_id"), ["invitation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_incoming_mails_organisation_id_received_at"),
            ["organisation_id", "received_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_incoming_mails_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "step_ins_asked",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("step_in_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("link_hash", sa.String(), nullable=False),
        sa.Column("said_no_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_step_ins_asked_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_step_ins_asked_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["step_in_id"],
            ["step_ins.id"],
            name=op.f("fk_step_ins_asked_step_in_id_step_ins"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_ins_asked")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_step_ins_asked_link_hash")),
        sa.UniqueConstraint(
            "step_in_id", "person_id", name=op.f("uq_step_ins_asked_step_in_id_person_id")
        ),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("time_sequence", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("is_standing", sa.Boolean(), nullable=False, server_default=sa.false())
        )

    with op.batch_alter_table("kinds", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_public", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column(
                "roles",
                sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
                nullable=False,
                server_default=sa.text("'[]'"),
            )
        )
        batch_op.add_column(
            sa.Column(
                "date_levels",
                sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
                nullable=False,
                server_default=sa.text("'{}'"),
            )
        )

    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("series_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("series_on", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column("is_edited", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("is_held", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("reminded_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("is_public", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_meetings_series_id_series_on"), ["series_id", "series_on"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_meetings_series_id_series"), "series", ["series_id"], ["id"]
        )

    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("region", sa.String(), nullable=False, server_default="GB-ENG")
        )
        batch_op.add_column(sa.Column("latitude", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("longitude", sa.Double(), nullable=True))
        batch_op.add_column(
            sa.Column("is_public", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("public_words", sa.String(), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("public_version", sa.Integer(), nullable=False, server_default=sa.text("1"))
        )
        batch_op.add_column(sa.Column("mailbox_sealed", sa.LargeBinary(), nullable=True))

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "reminders", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
            )
        )
        batch_op.add_column(
            sa.Column("email_stopped_at", sa.DateTime(timezone=True), nullable=True)
        )


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_column("email_stopped_at")
        batch_op.drop_column("reminders")

    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.drop_column("mailbox_sealed")
        batch_op.drop_column("public_version")
        batch_op.drop_column("public_words")
        batch_op.drop_column("is_public")
        batch_op.drop_column("longitude")
        batch_op.drop_column("latitude")
        batch_op.drop_column("region")

    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_meetings_series_id_series"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_meetings_series_id_series_on"), type_="unique")
        batch_op.drop_column("is_public")
        batch_op.drop_column("reminded_until")
        batch_op.drop_column("is_held")
        batch_op.drop_column("is_edited")
        batch_op.drop_column("series_on")
        batch_op.drop_column("series_id")

    with op.batch_alter_table("kinds", schema=None) as batch_op:
        batch_op.drop_column("date_levels")
        batch_op.drop_column("roles")
        batch_op.drop_column("is_public")

    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_column("time_sequence")
        batch_op.drop_column("is_standing")

    op.drop_table("step_ins_asked")
    with op.batch_alter_table("incoming_mails", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incoming_mails_person_id"))
        batch_op.drop_index(batch_op.f("ix_incoming_mails_organisation_id_received_at"))
        batch_op.drop_index(batch_op.f("ix_incoming_mails_invitation_id"))

    op.drop_table("incoming_mails")
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_holds_one_open",
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        )
        batch_op.drop_index(batch_op.f("ix_holds_state_expires_at"))
        batch_op.drop_index(batch_op.f("ix_holds_meeting_id_state"))

    op.drop_table("holds")
    op.drop_table("calendar_replies")
    with op.batch_alter_table("step_ins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_step_ins_organisation_id_meeting_id"))

    op.drop_table("step_ins")
    with op.batch_alter_table("duties", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duties_organisation_id_person_id"))

    op.drop_table("duties")
    with op.batch_alter_table("askings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_askings_organisation_id_created_at"))
        batch_op.drop_index(batch_op.f("ix_askings_meeting_id"))

    op.drop_table("askings")
    with op.batch_alter_table("series_guests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_series_guests_organisation_id_person_id"))

    op.drop_table("series_guests")
    op.drop_table("series_dates")
    with op.batch_alter_table("series", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_series_organisation_id_state"))

    op.drop_table("series")
    with op.batch_alter_table("place_troubles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_place_troubles_place_id"))
        batch_op.drop_index(batch_op.f("ix_place_troubles_organisation_id_last_on"))

    op.drop_table("place_troubles")
    with op.batch_alter_table("feeds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feeds_organisation_id_person_id"))
        batch_op.drop_index(
            "ix_feeds_behind",
            sqlite_where=sa.text("kept_version < version"),
            postgresql_where=sa.text("kept_version < version"),
        )

    op.drop_table("feeds")
    with op.batch_alter_table("bounces", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bounces_organisation_id_person_id"))

    op.drop_table("bounces")
    with op.batch_alter_table("availability", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_availability_organisation_id_person_id"))

    op.drop_table("availability")
    with op.batch_alter_table("special_dates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_special_dates_organisation_id_last_on"))

    op.drop_table("special_dates")
    op.drop_table("calendar_blocks")


def _allow(table: str, name: str, values: tuple[str, ...]) -> None:
    """Let a table's kind take these values and no others."""
    allowed = ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, sa.text(f"kind IN ({allowed})"))
