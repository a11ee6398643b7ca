"""What is measured. Each measure works in an office of its own and gives samples or figures."""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from time import monotonic

from flask.testing import FlaskClient
from sqlalchemy import event, select

from service.app import create_app, create_runtime
from service.commands.cases.starting import StartCase
from service.commands.items.verbs import CompleteItem
from service.queries.people.actors import people
from service.store.items.rows import ItemRow
from tests.bench.client import SEEDS, Client, answer, many_cases, open_item, text, whole_case
from tests.bench.crowd import crowd
from tests.bench.floor import STEPS, Floor
from tests.bench.office import Office, settings_of

Samples = dict[str, list[float]]
Figures = dict[str, float]
KIB, SECONDS_TO_ANSWER = 1024, 60


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much is done. ``seconds`` bounds a measure that would take too long; it has then fewer
    samples.
    """

    cycles: int
    listings: int
    long_cases: int
    rounds: int
    cases_1: int
    cases_4: int
    timers: int
    seconds: float


QUICK = Size(
    cycles=60,
    listings=25,
    long_cases=1,
    rounds=22,
    cases_1=400,
    cases_4=600,
    timers=1_000,
    seconds=20,
)
WHOLE = Size(
    cycles=400,
    listings=100,
    long_cases=4,
    rounds=22,
    cases_1=1000,
    cases_4=1000,
    timers=10_000,
    seconds=180,
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a run keeps its data: a prepared data directory, and room beside it."""

    base: Path
    room: Path

    def office(self, name: str) -> Office:
        return Office(self.base, self.room / name)


def latency(office: Office, floor: Floor, size: Size) -> Samples:
    """Cases from start to end, one request after the other, each completion right after one of the
    floor.
    """
    one, two = Client(office.port, "bench.one"), Client(office.port, "bench.two")
    for _ in range(10):
        whole_case(one, two)
    found: Samples = defaultdict(list)
    deadline = monotonic() + size.seconds
    for _ in range(size.cycles):
        case = one.post("/processes/bench/cases", {"title": text(next(SEEDS), 20)})
        found["start_ms"].append(one.ms)
        for step, client in zip(STEPS, (one, two, one), strict=True):
            _one_step(client, floor, step, open_item(case), found)
            case = client.get(f"/cases/{case['id']}")
            found["open_case_ms"].append(client.ms)
        one.fetch(f"/cases/{case['id']}/papers/answers.docx")
        found["paper_ms"].append(one.ms)
        one.get("/me")
        found["who_am_i_ms"].append(one.ms)
        if monotonic() > deadline:
            break
    return dict(found)


def _one_step(client: Client, floor: Floor, step: str, item: int, found: Samples) -> None:
    client.get(f"/items/{item}")
    found["open_item_ms"].append(client.ms)
    found["floor_ms"].append(floor.complete(step))
    found["floor_engine_ms"].append(floor.engine_ms)
    found["floor_store_ms"].append(floor.store_ms)
    client.post(f"/items/{item}/complete", answer(step))
    found["complete_ms"].append(client.ms)
    found[f"complete_{step}_ms"].append(client.ms)


def throughput(office: Office, size: Size) -> Figures:
    """Cases finished per second by one client and by four, each a process of its own; and KiB per
    finished case.
    """
    tokens = tuple(Client(office.port, login).token for login in ("bench.one", "bench.two"))
    found, finished, before = Figures(), 0, office.sizes()
    for clients, cases in ((1, size.cases_1), (4, size.cases_4)):
        done, seconds = _together(office.port, tokens, clients, (cases // clients, size.seconds))
        found[f"cases_per_s_{clients}"] = done / seconds
        finished += done
    return found | {"cases_finished": finished} | _storage(before, office.sizes(), finished)


def _together(
    port: int, tokens: tuple[str, ...], clients: int, bounds: tuple[int, float]
) -> tuple[int, float]:
    context = get_context("spawn")
    together, spans = context.Barrier(clients), context.Queue()
    processes = [
        context.Process(
            target=many_cases, args=(port, tokens, bounds, together, spans), daemon=True
        )
        for _ in range(clients)
    ]
    for process in processes:
        process.start()
    began, ended, done = zip(
        *(spans.get(timeout=bounds[1] + SECONDS_TO_ANSWER) for _ in processes), strict=True
    )
    for process in processes:
        process.join()
    return sum(done), max(ended) - min(began)


def _storage(before: Mapping[str, int], after: Mapping[str, int], cases: int) -> Figures:
    """KiB per finished case: in all, and by table with its indexes."""
    grown = {table: (after[table] - before.get(table, 0)) / KIB / cases for table in after}
    tables = {f"case_kib_{table.strip('_')}": kib for table, kib in grown.items() if kib > 0}
    return {"case_kib": sum(grown.values()), **tables}


def memory(office: Office) -> Figures:
    """Resident memory of the worker, after all diagrams of the jurisdictions have been used."""
    for login in ("cf.kjj", "cf.gangbu", "bench.one"):
        Client(office.port, login).get("/processes")
    return {"worker_mib": office.worker_mib()}


def listing(place: Place, size: Size, sizes: Mapping[str, int]) -> Samples:
    """The first page of ``todo`` with so many open items in it: one office per size, asked in
    turn.
    """
    found: Samples = {f"todo_{name}_ms": [] for name in sizes}
    with ExitStack() as opened:
        clients = {name: _crowded(place, opened, name, total) for name, total in sizes.items()}
        deadline = monotonic() + size.seconds
        for turn in range(size.listings + 2):
            for name, client in clients.items():
                page = client.get("/items?box=todo")
                assert len(page["items"]) == 20
                if turn > 0:  # the first fills the caches
                    found[f"todo_{name}_ms"].append(client.ms)
            if turn > 1 and monotonic() > deadline:
                break
    return found


def _crowded(place: Place, opened: ExitStack, name: str, total: int) -> Client:
    office = place.office(f"todo_{name}")
    runtime = create_runtime(settings_of(office.folder))
    with runtime.query() as session:
        actors = {actor.login: actor for actor, _ in people(session)}
    case = runtime.perform(StartCase(actor=actors["bench.one"], process="bench", title=text(1, 20)))
    with runtime.query() as session:
        item = session.scalars(select(ItemRow.id).where(ItemRow.case_id == case)).one()
    runtime.engine.dispose()
    crowd(office.database, item, total, actors["bench.other"].person_id)
    opened.callback(office.close)
    return Client(office.open().port, "bench.one")


def rounds(place: Place, size: Size, lengths: tuple[int, int] = (10, 1000)) -> Samples:
    """Opening, then completing one more round, in a case with a short history and in one with a
    long one, in turn.
    """
    office = place.office("rounds")
    cases = {length: [_lived(office, length) for _ in range(size.long_cases)] for length in lengths}
    found: Samples = defaultdict(list)
    with ExitStack() as opened:
        opened.callback(office.close)
        client, deadline = Client(office.open().port, "bench.one"), monotonic() + size.seconds
        for turn in range(size.rounds):
            for length, mine in cases.items():
                for case in mine:
                    found_now = _one_round(client, case)
                    if turn > 0:
                        found[f"open_{length}_ms"].append(found_now[0])
                        found[f"step_{length}_ms"].append(found_now[1])
            if turn > 1 and monotonic() > deadline:
                break
    return dict(found)


def _one_round(client: Client, case: int) -> tuple[float, float]:
    """Milliseconds of opening a case's open item and of completing it. The box stands between: a
    reply of one size.
    """
    page = client.get("/items?box=todo")
    item = next(line["id"] for line in page["items"] if line["case_id"] == case)
    client.get(f"/items/{item}")
    opening = client.ms
    client.get("/items?box=todo")
    client.post(f"/items/{item}/complete", answer("round"))
    return opening, client.ms


def _lived(office: Office, length: int) -> int:
    """A case that has gone round so many times."""
    runtime = create_runtime(settings_of(office.folder))
    with runtime.query() as session:
        actor = next(actor for actor, _ in people(session) if actor.login == "bench.one")
    case = runtime.perform(StartCase(actor=actor, process="bench_loop", title=text(length, 20)))
    for _ in range(length):
        with runtime.query() as session:
            item = session.scalars(
                select(ItemRow.id).where(ItemRow.case_id == case, ItemRow.state == "open")
            ).one()
        runtime.perform(CompleteItem(actor=actor, item_id=item, **answer("round")))
    runtime.engine.dispose()
    return case


def statements(place: Place) -> tuple[Figures, dict[str, list[str]]]:
    """SQL statements of a completion, from the first of signing in to the last of the reply; and
    which they are.

    The figure is that of the step that needs most. BEGIN is not counted; a transaction is one
    BEGIN.
    """
    settings = settings_of(place.office("statements").folder)
    runtime, heard = create_runtime(settings), list[str]()
    http = create_app(settings, runtime).test_client()
    event.listen(runtime.engine, "before_cursor_execute", lambda *given: heard.append(given[2]))
    whose = dict(
        zip(
            STEPS,
            [_headers(http, login) for login in ("bench.one", "bench.two", "bench.one")],
            strict=True,
        )
    )
    found: dict[str, list[str]] = {}
    for turn in range(2):  # the first builds what a process keeps
        case = http.post(
            "/api/v1/processes/bench/cases", json={"title": text(turn, 20)}, headers=whose["a"]
        ).json
        for step, headers in whose.items():
            item = open_item(http.get(f"/api/v1/cases/{case['id']}", headers=whose["a"]).json)
            heard.clear()
            reply = http.post(
                f"/api/v1/items/{item}/complete",
                json=answer(step),
                headers={**headers, "Idempotency-Key": f"{turn}-{step}"},
            )
            assert reply.status_code == 200, reply.text
            found[step] = heard.copy()
    runtime.engine.dispose()
    begins = [
        sum(sentence.startswith("BEGIN") for sentence in sentences) for sentences in found.values()
    ]
    found = {
        step: [sentence for sentence in sentences if not sentence.startswith("BEGIN")]
        for step, sentences in found.items()
    }
    return {
        "sql_per_completion": max(map(len, found.values())),
        "transactions_per_completion": max(begins),
    }, found


def _headers(http: FlaskClient, login: str) -> dict[str, str]:
    token = http.post("/api/v1/tokens", json={"login": login, "password": "jiebang"}).json["token"]
    return {"Authorization": f"Bearer {token}"}
