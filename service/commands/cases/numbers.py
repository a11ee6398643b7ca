"""Numbers in the formats of a jurisdiction. They have no gaps, because they commit with what they
are given to.
"""

from service.domain.terms.deadlines import SHANGHAI
from service.errors import BadRequest
from service.store.processes.counters import next_number
from service.store.processes.lookups import rules_of
from service.unit_of_work import UnitOfWork


def take(work: UnitOfWork, jurisdiction: str, name: str, count: int = 1) -> list[str]:
    """The next ``count`` numbers in the format of this name, taken with one statement.

    :raises BadRequest: the jurisdiction has no such format.
    """
    formats = rules_of(work.session, jurisdiction).get("numbers", {})
    if name not in formats:
        raise BadRequest(f"没有名为“{name}”的编号格式，请在地区数据中补充", format=name)
    year = work.now.astimezone(SHANGHAI).year
    pattern = str(formats[name]["pattern"])
    last = 0
    if count:
        last = next_number(work.session, jurisdiction, name, year, count)
    return [pattern.format(year=year, n=value) for value in range(last - count + 1, last + 1)]
