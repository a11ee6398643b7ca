"""Chained journal, anchors, answered requests"""

import sqlalchemy as sa
from alembic import op

from service.store.journal import SEALED, link
from service.store.types import Instant, Typed

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

CHAINED = ('case_', 'jurisdiction')
KEYS = {'case_': ('id', sa.Integer()), 'jurisdiction': ('code', sa.String())}


def upgrade() -> None:
    empty = sa.text("x''" if op.get_bind().dialect.name == 'sqlite' else "''")
    for table in CHAINED:
        op.add_column(table, sa.Column('journal_lines', sa.Integer(), server_default='0', nullable=False))
        op.add_column(table, sa.Column('journal_head', sa.LargeBinary(), nullable=True))
    op.add_column('journal', sa.Column('seq', sa.Integer(), server_default='0', nullable=False))
    op.add_column('journal', sa.Column('digest', sa.LargeBinary(), server_default=empty, nullable=False))
    chain(op.get_bind())
    op.drop_index('ix_journal_case_id', 'journal')
    op.create_index('ix_journal_case_id_seq', 'journal', ['case_id', 'seq'], unique=True)
    op.create_index('ix_journal_jurisdiction_seq', 'journal', ['jurisdiction', 'seq'], unique=True,
                    sqlite_where=sa.text('case_id IS NULL'), postgresql_where=sa.text('case_id IS NULL'))
    op.drop_index('ix_outbox_attempt_at', 'outbox')
    op.create_index('ix_outbox_undelivered', 'outbox', ['attempt_at'],
                    sqlite_where=sa.text('delivered_at IS NULL'), postgresql_where=sa.text('delivered_at IS NULL'))
    op.create_table(
        'anchor',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.Column('upto', sa.Integer(), nullable=False),
        sa.Column('lines', sa.Integer(), nullable=False),
        sa.Column('digest', sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_anchor')),
    )
    op.create_table(
        'idempotency',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=200), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.Column('digest', sa.LargeBinary(), nullable=False),
        sa.Column('status', sa.Integer(), nullable=False),
        sa.Column('body', sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_idempotency_person_id')),
        sa.PrimaryKeyConstraint('person_id', 'key', name=op.f('pk_idempotency')),
    )


def chain(bind: sa.Connection) -> None:
    """Chain the lines that were written before there were chains."""
    journal = sa.table(
        'journal', sa.column('id', sa.Integer()), sa.column('at', Instant()), sa.column('digest', sa.LargeBinary()),
        sa.column('facts', Typed()), *(sa.column(name) for name in SEALED if name != 'facts'))
    heads = {}
    for line in bind.execute(sa.select(journal).order_by(journal.c.id)).mappings().all():
        owner = ('case_', line['case_id']) if line['case_id'] is not None else ('jurisdiction', line['jurisdiction'])
        seq, previous = heads.get(owner, (0, None))
        digest = link(previous, {**line, 'seq': seq + 1})
        heads[owner] = seq + 1, digest
        bind.execute(sa.update(journal).where(journal.c.id == line['id']).values(seq=seq + 1, digest=digest))
    for (table, key), (lines, head) in heads.items():
        column, kind = KEYS[table]
        owners = sa.table(table, sa.column(column, kind), sa.column('journal_lines'),
                          sa.column('journal_head', sa.LargeBinary()))
        bind.execute(sa.update(owners).where(owners.c[column] == key).values(journal_lines=lines, journal_head=head))


def downgrade() -> None:
    op.drop_table('idempotency')
    op.drop_table('anchor')
    op.drop_index('ix_outbox_undelivered', 'outbox')
    op.create_index('ix_outbox_attempt_at', 'outbox', ['attempt_at'])
    op.drop_index('ix_journal_jurisdiction_seq', 'journal')
    op.drop_index('ix_journal_case_id_seq', 'journal')
    op.create_index('ix_journal_case_id', 'journal', ['case_id'])
    for table, columns in (('journal', ('seq', 'digest')), *((t, ('journal_lines', 'journal_head')) for t in CHAINED)):
        for column in columns:
            op.drop_column(table, column)
