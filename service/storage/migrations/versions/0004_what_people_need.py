"""What people need: arrangements, suppliers, money, kit, the audit chain, and what people said after."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0004"
down_revision: str | None = "0003"
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
    "access",
    "check_safe",
    "pay",
    "kit",
    "after_session",
    "safeguarding",
    "many_read",
    "own_data",
)
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
    "request_receipt",
    "feedback_ask",
    "ill_notice",
    "claim_answer",
    "kit_due",
    "note_waiting",
)


def upgrade() -> None:
    """Take the step."""
    _allow("tasks", "taskkind", "kind", TASKKINDS)
    _allow("messages", "messagekind", "kind", MESSAGEKINDS)
    op.create_table(
        "access_budgets",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("pence", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_access_budgets_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_budgets")),
    )
    op.create_table(
        "audit_checkpoints",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("lines_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_audit_checkpoints_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checkpoints")),
    )
    with op.batch_alter_table("audit_checkpoints", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_audit_checkpoints_organisation_id_number"),
            ["organisation_id", "number"],
            unique=False,
        )

    op.create_table(
        "audit_links",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_audit_links_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_links")),
        sa.UniqueConstraint("line_id", name=op.f("uq_audit_links_line_id")),
        sa.UniqueConstraint(
            "organisation_id", "number", name=op.f("uq_audit_links_organisation_id_number")
        ),
    )
    op.create_table(
        "kit_items",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "tablet",
                "phone",
                "sim",
                "loop",
                "air_filter",
                "co2_meter",
                "speakerphone",
                "ramp",
                "other",
                name="kitkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_lendable", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("is_retired", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_kit_items_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_items")),
        sa.UniqueConstraint(
            "organisation_id", "name", name=op.f("uq_kit_items_organisation_id_name")
        ),
    )
    op.create_table(
        "own_prices",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("typical", sa.Integer(), nullable=False),
        sa.Column("high", sa.Integer(), nullable=True),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_own_prices_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_prices")),
        sa.UniqueConstraint(
            "organisation_id", "code", name=op.f("uq_own_prices_organisation_id_code")
        ),
    )
    op.create_table(
        "own_terms",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("is_added", sa.Boolean(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("what_we_do", sa.String(), nullable=False),
        sa.Column(
            "action_lines", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "definition", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_own_terms_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_terms")),
        sa.UniqueConstraint(
            "organisation_id", "code", name=op.f("uq_own_terms_organisation_id_code")
        ),
    )
    op.create_table(
        "suppliers",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "codes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("price_pence", sa.Integer(), nullable=True),
        sa.Column("half_fee_days", sa.Integer(), nullable=False),
        sa.Column("full_fee_days", sa.Integer(), nullable=False),
        sa.Column("is_retired", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_suppliers_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppliers")),
        sa.UniqueConstraint(
            "organisation_id", "name", name=op.f("uq_suppliers_organisation_id_name")
        ),
    )
    op.create_table(
        "kept_apart",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("first_id <> second_id", name=op.f("ck_kept_apart_two")),
        sa.ForeignKeyConstraint(
            ["first_id"], ["people.id"], name=op.f("fk_kept_apart_first_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["people.id"], name=op.f("fk_kept_apart_made_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_kept_apart_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["people.id"], name=op.f("fk_kept_apart_second_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_apart")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_kept_apart_first_id_second_id")),
    )
    with op.batch_alter_table("kept_apart", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kept_apart_second_id"), ["second_id"], unique=False)

    op.create_table(
        "arrangements",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "booked",
                "done",
                "called_off",
                name="arrangementstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("supplier_id", sa.Uuid(), nullable=True),
        sa.Column("kit_id", sa.Uuid(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("estimate_pence", sa.Integer(), nullable=True),
        sa.Column("actual_pence", sa.Integer(), nullable=True),
        sa.Column("half_fee_from", sa.Date(), nullable=True),
        sa.Column("full_fee_from", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("people >= 1", name=op.f("ck_arrangements_people")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_arrangements_created_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["kit_id"], ["kit_items.id"], name=op.f("fk_arrangements_kit_id_kit_items")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_arrangements_meeting_id_meetings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_arrangements_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["suppliers.id"], name=op.f("fk_arrangements_supplier_id_suppliers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrangements")),
    )
    with op.batch_alter_table("arrangements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_arrangements_kit_id"), ["kit_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_arrangements_organisation_id_meeting_id"),
            ["organisation_id", "meeting_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_arrangements_supplier_id"), ["supplier_id"], unique=False
        )

    op.create_table(
        "host_ticks",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_host_ticks_by_people")),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_host_ticks_meeting_id_meetings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_host_ticks_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_ticks")),
        sa.UniqueConstraint("meeting_id", "line", name=op.f("uq_host_ticks_meeting_id_line")),
    )
    op.create_table(
        "safeguarding_notes",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["about_id"], ["people.id"], name=op.f("fk_safeguarding_notes_about_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_safeguarding_notes_meeting_id_meetings"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_safeguarding_notes_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["people.id"], name=op.f("fk_safeguarding_notes_written_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safeguarding_notes")),
    )
    with op.batch_alter_table("safeguarding_notes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_safeguarding_notes_organisation_id_created_at"),
            ["organisation_id", "created_at"],
            unique=False,
        )

    op.create_table(
        "still_counted",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column(
            "what",
            sa.Enum(
                "came",
                "asked",
                "said",
                name="counted",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("pence", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("people >= 0", name=op.f("ck_still_counted_people")),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_still_counted_meeting_id_meetings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_still_counted_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_still_counted")),
        sa.UniqueConstraint(
            "meeting_id", "what", "word", name=op.f("uq_still_counted_meeting_id_what_word")
        ),
    )
    op.create_table(
        "feedback",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum(
                "yes",
                "partly",
                "no",
                name="tookpart",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("has_words", sa.Boolean(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["people.id"], name=op.f("fk_feedback_entered_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitations.id"],
            name=op.f("fk_feedback_invitation_id_invitations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_feedback_meeting_id_meetings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_feedback_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_feedback_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("invitation_id", name=op.f("uq_feedback_invitation_id")),
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_feedback_organisation_id_at"), ["organisation_id", "at"], unique=False
        )

    op.create_table(
        "claims",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "travel",
                "childcare",
                "care",
                "other",
                name="claimkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "agreed",
                "refused",
                "paid",
                "taken_back",
                name="claimstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "pay_by",
            sa.Enum(
                "cash_at_the_door",
                "before",
                "to_supplier",
                name="payby",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_pence", sa.Integer(), nullable=False),
        sa.Column("agreed_pence", sa.Integer(), nullable=True),
        sa.Column("hours_tenths", sa.Integer(), nullable=True),
        sa.Column("miles_tenths", sa.Integer(), nullable=True),
        sa.Column("children", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "agreed_pence IS NULL OR agreed_pence >= 0", name=op.f("ck_claims_agreed")
        ),
        sa.CheckConstraint("asked_pence >= 0", name=op.f("ck_claims_asked")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_claims_decided_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_claims_meeting_id_meetings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_claims_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(["paid_by"], ["people.id"], name=op.f("fk_claims_paid_by_people")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_claims_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["access_requests.id"],
            name=op.f("fk_claims_request_id_access_requests"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
    )
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claims_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_claims_organisation_id_person_id"),
            ["organisation_id", "person_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_claims_organisation_id_state"),
            ["organisation_id", "state"],
            unique=False,
        )

    op.create_table(
        "loans",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("lent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lent_by", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("with_charger", sa.Boolean(), nullable=False),
        sa.Column("with_guide", sa.Boolean(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wiped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["kit_id"], ["kit_items.id"], name=op.f("fk_loans_kit_id_kit_items")
        ),
        sa.ForeignKeyConstraint(["lent_by"], ["people.id"], name=op.f("fk_loans_lent_by_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_loans_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_loans_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["access_requests.id"],
            name=op.f("fk_loans_request_id_access_requests"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loans")),
    )
    with op.batch_alter_table("loans", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_loans_kit_id"), ["kit_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_loans_organisation_id_due_on"),
            ["organisation_id", "due_on"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_loans_organisation_id_person_id"),
            ["organisation_id", "person_id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_loans_one_open",
            ["kit_id"],
            unique=True,
            sqlite_where=sa.text("returned_at IS NULL"),
            postgresql_where=sa.text("returned_at IS NULL"),
        )

    op.create_table(
        "receipts",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("bytes_count", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["claims.id"],
            name=op.f("fk_receipts_claim_id_claims"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_receipts_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
    )
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipts_claim_id"), ["claim_id"], unique=False)

    with op.batch_alter_table("access_requests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("act_by", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("arrangement_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("estimate_pence", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("actual_pence", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_access_requests_arrangement_id"), ["arrangement_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_access_requests_organisation_id_act_by_id"),
            ["organisation_id", "act_by", "id"],
            unique=False,
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_access_requests_arrangement_id_arrangements"),
            "arrangements",
            ["arrangement_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("wording_hash", sa.String(), nullable=False, server_default="")
        )

    with op.batch_alter_table("needs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("channel", sa.String(), nullable=False, server_default="web"))
        batch_op.add_column(sa.Column("entered_by", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_needs_entered_by_people"), "people", ["entered_by"], ["id"]
        )

    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "access_settings",
                sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
                nullable=False,
                server_default=sa.text("'{}'"),
            )
        )

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    _guard_the_audit()


def downgrade() -> None:
    """Take the step back."""
    _let_the_audit_change()
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_column("erased_at")

    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.drop_column("access_settings")

    with op.batch_alter_table("needs", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_needs_entered_by_people"), type_="foreignkey")
        batch_op.drop_column("entered_by")
        batch_op.drop_column("channel")

    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.drop_column("wording_hash")

    with op.batch_alter_table("access_requests", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_access_requests_arrangement_id_arrangements"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_access_requests_organisation_id_act_by_id"))
        batch_op.drop_index(batch_op.f("ix_access_requests_arrangement_id"))
        batch_op.drop_column("escalated_at")
        batch_op.drop_column("actual_pence")
        batch_op.drop_column("estimate_pence")
        batch_op.drop_column("arrangement_id")
        batch_op.drop_column("act_by")

    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipts_claim_id"))

    op.drop_table("receipts")
    with op.batch_alter_table("loans", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_loans_one_open",
            sqlite_where=sa.text("returned_at IS NULL"),
            postgresql_where=sa.text("returned_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_loans_organisation_id_person_id"))
        batch_op.drop_index(batch_op.f("ix_loans_organisation_id_due_on"))
        batch_op.drop_index(batch_op.f("ix_loans_kit_id"))

    op.drop_table("loans")
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claims_organisation_id_state"))
        batch_op.drop_index(batch_op.f("ix_claims_organisation_id_person_id"))
        batch_op.drop_index(batch_op.f("ix_claims_meeting_id"))

    op.drop_table("claims")
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_organisation_id_at"))
        batch_op.drop_index(batch_op.f("ix_feedback_meeting_id"))

    op.drop_table("feedback")
    op.drop_table("still_counted")
    with op.batch_alter_table("safeguarding_notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_safeguarding_notes_organisation_id_created_at"))

    op.drop_table("safeguarding_notes")
    op.drop_table("host_ticks")
    with op.batch_alter_table("arrangements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_arrangements_supplier_id"))
        batch_op.drop_index(batch_op.f("ix_arrangements_organisation_id_meeting_id"))
        batch_op.drop_index(batch_op.f("ix_arrangements_kit_id"))

    op.drop_table("arrangements")
    with op.batch_alter_table("kept_apart", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kept_apart_second_id"))

    op.drop_table("kept_apart")
    op.drop_table("suppliers")
    op.drop_table("own_terms")
    op.drop_table("own_prices")
    op.drop_table("kit_items")
    op.drop_table("audit_links")
    with op.batch_alter_table("audit_checkpoints", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_checkpoints_organisation_id_number"))

    op.drop_table("audit_checkpoints")
    op.drop_table("access_budgets")


def _allow(table: str, name: str, column: str, values: tuple[str, ...]) -> None:
    """Let a column take these values and no others."""
    allowed = ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, sa.text(f"{column} IN ({allowed})"))


#: What may be removed: a line that a checkpoint lets go, and then its link.
LINE_MAY_GO = """
    EXISTS (
        SELECT 1 FROM audit_links
        JOIN audit_checkpoints ON audit_checkpoints.organisation_id = audit_links.organisation_id
        WHERE audit_links.line_id = OLD.id
            AND audit_links.organisation_id = OLD.organisation_id
            AND audit_links.number <= audit_checkpoints.number
            AND OLD.at < audit_checkpoints.lines_before
    )"""
LINK_MAY_GO = """
    EXISTS (
        SELECT 1 FROM audit_checkpoints
        WHERE audit_checkpoints.organisation_id = OLD.organisation_id
            AND OLD.number <= audit_checkpoints.number
            AND audit_checkpoints.lines_before IS NOT NULL
    ) AND NOT EXISTS (SELECT 1 FROM audit WHERE audit.id = OLD.line_id)"""
MAY_GO = {"audit": LINE_MAY_GO, "audit_links": LINK_MAY_GO, "audit_checkpoints": "1 = 0"}
#: What would be replaced by an INSERT OR REPLACE, for which SQLite asks no other trigger.
IS_THERE = {
    "audit": "SELECT 1 FROM audit WHERE id = NEW.id",
    "audit_links": """
        SELECT 1 FROM audit_links WHERE id = NEW.id OR line_id = NEW.line_id
            OR (organisation_id = NEW.organisation_id AND number = NEW.number)""",
    "audit_checkpoints": "SELECT 1 FROM audit_checkpoints WHERE id = NEW.id",
}
ONLY_GROWS = "the audit only grows"


def _guard_the_audit() -> None:
    """Refuse every change of the audit, and every removal but of what a checkpoint lets go.

    A later step that makes one of these tables anew on SQLite takes the triggers away: it has to drop
    all of them before, and make them again after.
    """
    guard = _guard_postgresql if op.get_bind().dialect.name == "postgresql" else _guard_sqlite
    for table, may_go in MAY_GO.items():
        guard(table, may_go)


def _guard_sqlite(table: str, may_go: str) -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{ONLY_GROWS}'); END"
    op.execute(f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} {refuse}")
    op.execute(f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} WHEN NOT ({may_go}) {refuse}")
    # The same line once more is left out, as whoever stores it asks for.
    again = "BEGIN SELECT RAISE(IGNORE); END" if table == "audit" else refuse
    there = f"WHEN EXISTS ({IS_THERE[table]})"
    op.execute(f"CREATE TRIGGER {table}_once BEFORE INSERT ON {table} {there} {again}")


def _guard_postgresql(table: str, may_go: str) -> None:
    refuse = f"RAISE EXCEPTION '{ONLY_GROWS}';"
    head, tail = "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN", "END $$"
    op.execute(f"CREATE FUNCTION {table}_stays() {head} {refuse} {tail}")
    keep = f"IF {may_go} THEN RETURN OLD; END IF; {refuse}"
    op.execute(f"CREATE FUNCTION {table}_kept() {head} {keep} {tail}")
    for name, event, function in (
        ("stays", "BEFORE UPDATE", "stays"),
        ("kept", "BEFORE DELETE", "kept"),
        ("whole", "BEFORE TRUNCATE", "stays"),
    ):
        each = "STATEMENT" if name == "whole" else "ROW"
        run = f"FOR EACH {each} EXECUTE FUNCTION {table}_{function}()"
        op.execute(f"CREATE TRIGGER {table}_{name} {event} ON {table} {run}")
        # Also for a session that says it only copies what another server did.
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_{name}")


def _let_the_audit_change() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for table in MAY_GO:
        for name in ("stays", "kept", "whole" if is_postgresql else "once"):
            op.execute(f"DROP TRIGGER {table}_{name}{f' ON {table}' if is_postgresql else ''}")
        if is_postgresql:
            for name in ("stays", "kept"):
                op.execute(f"DROP FUNCTION {table}_{name}()")
