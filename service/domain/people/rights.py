"""The roles, and the table of what each role may do in its jurisdiction.

Decided: the table stands here and not in ``access``. Pure rules of the domain also use it, to offer
a verb with its reason, and a rule may not know a room above it. ``access`` adds refusals and
look-ups. Nobody else compares names of roles.

A right opens a kind of matter. Whether a single matter is somebody's own, such as the unit's item
or the case they started, is asked in addition.
"""

from collections.abc import Collection
from enum import Enum, unique

STAFF, HEAD = "staff", "head"
APPLICANT, DEMANDER, BIDDER, EXPERT, ENVOY = "applicant", "demander", "bidder", "expert", "envoy"
SUPERVISOR, OWNER, ADMIN = "supervisor", "owner", "admin"

FROM_OUTSIDE = (APPLICANT, BIDDER, DEMANDER, EXPERT, ENVOY)
POSTS = frozenset({SUPERVISOR, OWNER, ADMIN})
"""Roles that hold items and notices together: everybody with the role may act."""
ROLES = frozenset({STAFF, HEAD, *FROM_OUTSIDE, *POSTS})
OWN_SHARE_ONLY = frozenset({EXPERT})
"""People who have no role but this one see nothing of a case but their own share."""


@unique
class Right(Enum):
    """A right: the roles that have it, what it covers, and the words of the document that give it.

    ``ours`` stands for rights about which the documents say nothing.
    """

    # The unit's work
    WORK_FOR_UNIT = {STAFF, HEAD}, "items of their unit", "staff of a unit"
    STAND_FOR_HEADS = {HEAD}, "items and notices for the unit's heads", "all of the unit's work"
    RELEASE_FOR_OTHERS = {HEAD}, "what a colleague has claimed", "may reassign inside it"
    GRANT_TIME = {HEAD}, "extensions of co-operating units", "granted by the lead's head"
    KEEP_UNIT_ACCOUNTS = {HEAD}, "accounts of the unit's people", "ours"
    KEEP_UNIT_CHANNELS = {HEAD}, "channels of the unit", "ours"

    # The jurisdiction at large
    SEE_ALL = {SUPERVISOR, OWNER, ADMIN}, "cases, figures", "sees the jurisdiction's progress"
    SEE_BOARD = {SUPERVISOR, OWNER, ADMIN}, "the supervision board", "a board per jurisdiction"
    URGE = {SUPERVISOR}, "any open item", "acts only by urging"
    URGE_MANY = {SUPERVISOR}, "many open items at once", "acts only by urging"
    OPEN_ORDERS = {SUPERVISOR}, "supervision orders and circulars", "orders and drafting circulars"

    # Diagrams and cases
    READ_PROCESSES = {OWNER}, "what is deployed, in the modeler", "diagrams, forms, tables"
    DEPLOY = {OWNER}, "new versions", "diagrams, forms, tables"
    TAKE_OVER = {OWNER}, "running projects from a workbook", "import running projects"
    STEER_CASES = {OWNER}, "suspend, resume, terminate", "process owner, with a reason"

    # The installation
    SEE_OPERATIONS = {OWNER, ADMIN}, "the clock and what failed", "case repair"
    RETRY = {OWNER, ADMIN}, "what failed", "case repair"
    RESEND_NOTICES = {OWNER, ADMIN}, "notices that were given up", "ours"
    LOAD_CALENDARS = {ADMIN}, "official calendars", "units, people, calendar"
    KEEP_ALL_ACCOUNTS = {ADMIN}, "everybody's accounts", "units, people, calendar"
    KEEP_ALL_CHANNELS = {ADMIN}, "channels of every unit", "units, people, calendar"
    MOVE_TIME = {ADMIN}, "the time of a rehearsal", "ours"

    def __init__(self, roles: Collection[str], covers: str, source: str) -> None:
        self.roles = frozenset(roles)
        self.covers = covers
        self.source = source

    def is_given_to(self, roles: Collection[str]) -> bool:
        """Whether somebody with these roles has the right."""
        return not self.roles.isdisjoint(roles)
