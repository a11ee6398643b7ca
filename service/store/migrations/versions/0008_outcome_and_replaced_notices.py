"""Outcome, notices that are replaced, what is judged elsewhere"""

import sqlalchemy as sa
from alembic import op

import service.store.types


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

WHAT_IS_OVER = (
    """
    UPDATE notice SET matter = 'item/' || CAST(item_id AS VARCHAR(40))
    WHERE item_id IS NOT NULL AND kind IN ('reminder', 'urge')
    """,
    """
    UPDATE notice SET current = false
    WHERE matter IS NOT NULL AND (
        item_id IN (SELECT id FROM item WHERE state <> 'open')
        OR id NOT IN (
            SELECT max(id) FROM notice WHERE matter IS NOT NULL GROUP BY matter, holder))
    """,
)
"""Of one item only the newest notice counts, and none when it is over."""


def upgrade() -> None:
    op.create_table('concern',
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_concern_case_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_concern_person_id')),
    sa.PrimaryKeyConstraint('case_id', 'person_id', name=op.f('pk_concern'))
    )
    with op.batch_alter_table('case_', schema=None) as batch_op:
        batch_op.add_column(sa.Column('outcome', sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column('outcome_name', sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column('outcome_tone', sa.String(length=8), nullable=True))

    with op.batch_alter_table('item', schema=None) as batch_op:
        batch_op.add_column(sa.Column('term_basis', sa.String(length=8), server_default='', nullable=False))
        batch_op.add_column(sa.Column('about_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('returned', service.store.types.Typed(), nullable=True))
        batch_op.add_column(sa.Column('changed_by', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_item_about_id'), ['about_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_item_changed_by'), 'person', ['changed_by'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_item_about_id'), 'case_', ['about_id'], ['id'])

    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.add_column(sa.Column('matter', sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column('fold', sa.String(length=170), nullable=True))
        batch_op.add_column(sa.Column('current', sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.drop_index(batch_op.f('ix_notice_holder'))
        batch_op.create_index('ix_notice_current', ['holder', 'id'], unique=False, sqlite_where=sa.text('current IS 1'), postgresql_where=sa.text('current IS true'))
        batch_op.create_index('ix_notice_matter', ['matter'], unique=False, sqlite_where=sa.text('current IS 1'), postgresql_where=sa.text('current IS true'))

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('welcomed_at', service.store.types.Instant(timezone=True), nullable=True))

    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.add_column(sa.Column('email_digest', sa.String(length=64), nullable=True))
        batch_op.create_index(batch_op.f('ix_submission_email_digest'), ['email_digest'], unique=False)

    for statement in WHAT_IS_OVER:
        op.execute(statement)



def downgrade() -> None:
    op.drop_table('concern')
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_submission_email_digest'))
        batch_op.drop_column('email_digest')

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_column('welcomed_at')

    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index('ix_notice_matter', sqlite_where=sa.text('current IS 1'), postgresql_where=sa.text('current IS true'))
        batch_op.drop_index('ix_notice_current', sqlite_where=sa.text('current IS 1'), postgresql_where=sa.text('current IS true'))
        batch_op.create_index(batch_op.f('ix_notice_holder'), ['holder'], unique=False)
        batch_op.drop_column('current')
        batch_op.drop_column('fold')
        batch_op.drop_column('matter')

    with op.batch_alter_table('item', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_item_about_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_item_changed_by'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_item_about_id'))
        batch_op.drop_column('changed_by')
        batch_op.drop_column('returned')
        batch_op.drop_column('about_id')
        batch_op.drop_column('term_basis')

    with op.batch_alter_table('case_', schema=None) as batch_op:
        batch_op.drop_column('outcome_tone')
        batch_op.drop_column('outcome_name')
        batch_op.drop_column('outcome')

