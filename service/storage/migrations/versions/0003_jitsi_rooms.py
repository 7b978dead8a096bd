"""Jitsi servers, rooms beside meetings, what servers told us, and who took part."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from service.clock import Clock
from service.identifiers import new_id
from service.storage.types import UtcDateTime

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

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
    "room_trouble",
    "note_who_came",
)
ROLES = (
    "facilitator",
    "coordinator",
    "director",
    "safeguarding",
    "admin",
    "operator",
)


def upgrade() -> None:
    """Take the step."""
    _allow("tasks", "taskkind", "kind", TASKKINDS)
    _allow("tasks", "role", "for_role", ROLES)
    _allow("staff_roles", "role", "role", ROLES)
    op.create_table(
        "jitsi_servers",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "plain",
                "hs256",
                "rs256",
                "jaas",
                name="serverkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("app_id", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("muc_domain", sa.String(), nullable=False),
        sa.Column(
            "abilities", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "foreign_rooms",
            sa.Enum(
                "refuse",
                "let_be",
                name="foreignrooms",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_retired", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jitsi_servers")),
        sa.UniqueConstraint("slug", name=op.f("uq_jitsi_servers_slug")),
    )
    op.create_table(
        "dial_in_numbers",
        sa.Column("server_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("is_toll_free", sa.Boolean(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["server_id"],
            ["jitsi_servers.id"],
            name=op.f("fk_dial_in_numbers_server_id_jitsi_servers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dial_in_numbers")),
        sa.UniqueConstraint(
            "server_id", "number", name=op.f("uq_dial_in_numbers_server_id_number")
        ),
    )
    op.create_table(
        "jitsi_server_keys",
        sa.Column("server_id", sa.Uuid(), nullable=False),
        sa.Column(
            "use",
            sa.Enum(
                "signing",
                "inbound",
                "webhook",
                name="keyuse",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("public_pem", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["server_id"],
            ["jitsi_servers.id"],
            name=op.f("fk_jitsi_server_keys_server_id_jitsi_servers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jitsi_server_keys")),
        sa.UniqueConstraint(
            "server_id", "use", "name", name=op.f("uq_jitsi_server_keys_server_id_use_name")
        ),
    )
    op.create_table(
        "room_events",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("server_id", sa.Uuid(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "created",
                "destroyed",
                "joined",
                "left",
                "lobby_joined",
                "lobby_left",
                "dialled_in",
                "dialled_out",
                "hung_up",
                name="eventkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["server_id"],
            ["jitsi_servers.id"],
            name=op.f("fk_room_events_server_id_jitsi_servers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_room_events")),
    )
    with op.batch_alter_table("room_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_room_events_received_at"), ["received_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_room_events_room_at"), ["room", "at"], unique=False)

    op.create_table(
        "others_there",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
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
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "events",
                "noted",
                name="attendancesource",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("people >= 0", name=op.f("ck_others_there_people")),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_others_there_meeting_id_meetings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_others_there_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_others_there")),
        sa.UniqueConstraint("meeting_id", "way", name=op.f("uq_others_there_meeting_id_way")),
    )
    op.create_table(
        "attendances",
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
        sa.Column("was_there", sa.Boolean(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "events",
                "noted",
                name="attendancesource",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("noted_by", sa.Uuid(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitations.id"],
            name=op.f("fk_attendances_invitation_id_invitations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_attendances_meeting_id_meetings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["noted_by"], ["people.id"], name=op.f("fk_attendances_noted_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_attendances_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendances")),
        sa.UniqueConstraint(
            "meeting_id", "invitation_id", name=op.f("uq_attendances_meeting_id_invitation_id")
        ),
    )
    with op.batch_alter_table("attendances", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_attendances_organisation_id_meeting_id"),
            ["organisation_id", "meeting_id"],
            unique=False,
        )

    op.create_table(
        "side_rooms",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "use",
            sa.Enum(
                "table",
                "practice",
                name="sideroomuse",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("host_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("pin", sa.String(), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["host_id"], ["people.id"], name=op.f("fk_side_rooms_host_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitations.id"],
            name=op.f("fk_side_rooms_invitation_id_invitations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_side_rooms_meeting_id_meetings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_side_rooms_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_side_rooms")),
        sa.UniqueConstraint("name", name=op.f("uq_side_rooms_name")),
        sa.UniqueConstraint("pin", name=op.f("uq_side_rooms_pin")),
    )
    with op.batch_alter_table("side_rooms", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_side_rooms_invitation_id"), ["invitation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_side_rooms_organisation_id_meeting_id"),
            ["organisation_id", "meeting_id"],
            unique=False,
        )

    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("dial_pin", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("ringer_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("table_id", sa.Uuid(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_invitations_dial_pin"), ["dial_pin"])
        batch_op.create_foreign_key(
            batch_op.f("fk_invitations_ringer_id_people"), "people", ["ringer_id"], ["id"]
        )

    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("room_pin", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column("waits_in_lobby", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("passcode", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_meetings_room_pin"), ["room_pin"])

    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("server_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_organisations_server_id"), ["server_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_organisations_server_id_jitsi_servers"),
            "jitsi_servers",
            ["server_id"],
            ["id"],
        )

    _move_addresses()
    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.drop_column("jitsi_url")

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "join_choices",
                sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
                nullable=False,
                server_default=sa.text("'[]'"),
            )
        )


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_column("join_choices")

    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("jitsi_url", sa.VARCHAR(), nullable=False, server_default=""))
        batch_op.drop_constraint(
            batch_op.f("fk_organisations_server_id_jitsi_servers"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_organisations_server_id"))
        batch_op.drop_column("server_id")

    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_meetings_room_pin"), type_="unique")
        batch_op.drop_column("settled_at")
        batch_op.drop_column("passcode")
        batch_op.drop_column("waits_in_lobby")
        batch_op.drop_column("room_pin")

    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_invitations_ringer_id_people"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_invitations_dial_pin"), type_="unique")
        batch_op.drop_column("table_id")
        batch_op.drop_column("ringer_id")
        batch_op.drop_column("dial_pin")

    with op.batch_alter_table("side_rooms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_side_rooms_organisation_id_meeting_id"))
        batch_op.drop_index(batch_op.f("ix_side_rooms_invitation_id"))

    op.drop_table("side_rooms")
    with op.batch_alter_table("attendances", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendances_organisation_id_meeting_id"))

    op.drop_table("attendances")
    op.drop_table("others_there")
    with op.batch_alter_table("room_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_room_events_room_at"))
        batch_op.drop_index(batch_op.f("ix_room_events_received_at"))

    op.drop_table("room_events")
    op.drop_table("jitsi_server_keys")
    op.drop_table("dial_in_numbers")
    op.drop_table("jitsi_servers")


def _allow(table: str, name: str, column: str, values: tuple[str, ...]) -> None:
    """Let a column take these values and no others."""
    allowed = ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, sa.text(f"{column} IN ({allowed})"))


def _move_addresses() -> None:
    """Make a plain server of each address organisations had, and lead them to it."""
    connection = op.get_bind()
    organisations = sa.table(
        "organisations", sa.column("server_id", sa.Uuid()), sa.column("jitsi_url", sa.String())
    )
    address = organisations.c.jitsi_url
    found = connection.scalars(sa.select(address).where(address != "").distinct().order_by(address))
    for number, url in enumerate(found.all(), start=1):
        server_id = new_id()
        connection.execute(sa.insert(_SERVERS).values({"id": server_id} | _plain(url, number)))
        connection.execute(
            sa.update(organisations).where(address == url).values(server_id=server_id)
        )


_SERVERS = sa.table(
    "jitsi_servers",
    *(sa.column(name, sa.String()) for name in ("slug", "name", "kind", "url", "foreign_rooms")),
    *(sa.column(name, sa.String()) for name in ("app_id", "audience", "subject", "muc_domain")),
    sa.column("id", sa.Uuid()),
    sa.column("abilities", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
    sa.column("is_retired", sa.Boolean()),
    sa.column("version", sa.Integer()),
    sa.column("created_at", UtcDateTime()),
)


def _plain(url: str, number: int) -> dict[str, object]:
    return {
        **{"slug": f"rooms-{number}", "name": urlsplit(url).hostname or url, "kind": "plain"},
        **{"url": url.rstrip("/"), "foreign_rooms": "refuse", "app_id": "", "audience": ""},
        **{"subject": "", "muc_domain": "", "abilities": [], "is_retired": False, "version": 1},
        "created_at": Clock().now(),
    }
