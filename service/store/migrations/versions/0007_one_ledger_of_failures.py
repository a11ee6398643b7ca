"""One ledger of failures"""

import sqlalchemy as sa
from alembic import op

import service.store.types


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

WHAT_FAILED = (
    """
    INSERT INTO failure (kind, "of", jurisdiction, timer_id, what, since, attempts, attempt_at, error)
    SELECT 'timer', CAST(timer.id AS VARCHAR(40)), case_.jurisdiction, timer.id, timer.element,
           timer.due_at, timer.attempts, timer.attempt_at, timer.error
    FROM timer JOIN case_ ON case_.id = timer.case_id
    WHERE timer.attempts > 0
    """,
    """
    INSERT INTO failure (kind, "of", jurisdiction, what, since, attempts, attempt_at, error)
    SELECT 'start', CAST(id AS VARCHAR(40)), jurisdiction, process, due_at, attempts, attempt_at, error
    FROM start_timer
    WHERE attempts > 0
    """,
    """
    INSERT INTO failure (kind, "of", jurisdiction, what, since, attempts, attempt_at, error)
    SELECT 'message', id, jurisdiction, name, created_at, attempts, attempt_at, error
    FROM outbox
    WHERE delivered_at IS NULL AND (attempts > 0 OR attempt_at IS NULL OR error IS NOT NULL)
    """,
    "UPDATE outbox SET attempt_at = created_at WHERE delivered_at IS NULL",
    """
    INSERT INTO failure (kind, "of", jurisdiction, what, since, attempts, attempt_at, error)
    SELECT 'delivery', id, jurisdiction, subject, created_at, attempts, attempt_at, error
    FROM delivery
    WHERE delivered_at IS NULL AND error IS NOT NULL
    """,
    """
    UPDATE delivery SET attempt_at = created_at
    WHERE delivered_at IS NULL AND error IS NOT NULL
    """,
    """
    UPDATE item SET remind_at = NULL
    WHERE remind_at IS NOT NULL AND EXISTS (
        SELECT 1 FROM failure
        WHERE failure.kind = 'reminder' AND failure.item_id = item.id
        AND failure.attempt_at = item.remind_at)
    """,
)
"""What failed goes into the ledger; when it was to be done stays where it was."""

WHERE_IT_STOOD = (
    """
    UPDATE timer SET (attempts, attempt_at, error) = (
        SELECT attempts, attempt_at, error FROM failure
        WHERE failure.kind = 'timer' AND failure.timer_id = timer.id)
    WHERE id IN (SELECT timer_id FROM failure WHERE kind = 'timer')
    """,
    *(
        f"""
        UPDATE {table} SET (attempts, attempt_at, error) = (
            SELECT attempts, attempt_at, error FROM failure
            WHERE kind = '{kind}' AND "of" = CAST({table}.id AS VARCHAR(40)))
        WHERE CAST(id AS VARCHAR(40)) IN (SELECT "of" FROM failure WHERE kind = '{kind}')
        """
        for kind, table in (("start", "start_timer"), ("message", "outbox"))
    ),
    """
    UPDATE delivery SET (attempt_at, error) = (
        SELECT attempt_at, error FROM failure WHERE kind = 'delivery' AND "of" = delivery.id)
    WHERE id IN (SELECT "of" FROM failure WHERE kind = 'delivery')
    """,
    """
    UPDATE item SET remind_at = (
        SELECT attempt_at FROM failure WHERE kind = 'reminder' AND failure.item_id = item.id)
    WHERE state = 'open' AND remind_at IS NULL AND reminder IS NOT NULL
    AND id IN (SELECT item_id FROM failure WHERE kind = 'reminder')
    """,
    "DELETE FROM failure WHERE kind NOT IN ('reminder', 'part')",
)


def upgrade() -> None:
    with op.batch_alter_table('failure', schema=None) as batch_op:
        batch_op.add_column(sa.Column('timer_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_failure_timer_id'), ['timer_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_failure_timer_id'), 'timer', ['timer_id'], ['id'], ondelete='CASCADE')

    for statement in WHAT_FAILED:
        op.execute(statement)

    for table, columns in (
        ('timer', ('attempts', 'attempt_at', 'error')),
        ('start_timer', ('attempts', 'attempt_at', 'error')),
        ('outbox', ('attempts', 'error')),
        ('delivery', ('error',)),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.drop_column(column)


def downgrade() -> None:
    for table, columns in (
        ('timer', ('attempts', 'attempt_at', 'error')),
        ('start_timer', ('attempts', 'attempt_at', 'error')),
        ('outbox', ('attempts', 'error')),
        ('delivery', ('error',)),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.add_column(added(column))

    for statement in WHERE_IT_STOOD:
        op.execute(statement)

    with op.batch_alter_table('failure', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_failure_timer_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_failure_timer_id'))
        batch_op.drop_column('timer_id')


def added(column: str) -> sa.Column:
    match column:
        case 'attempts':
            return sa.Column('attempts', sa.Integer(), server_default='0', nullable=False)
        case 'attempt_at':
            return sa.Column('attempt_at', service.store.types.Instant(timezone=True), nullable=True)
    return sa.Column('error', sa.String(), nullable=True)
