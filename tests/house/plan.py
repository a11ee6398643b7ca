"""The plan of the house: rooms on floors, and the wings that go through all of them.

A room imports only from lower floors. Large rooms are cut into wings, everywhere under the same
names, so that whoever changes the registry opens ``domain/registry``, ``store/registry``,
``commands/registry`` … and nothing else. A wing in a room is a file, or a folder where one file is
too long. Within a room a wing knows only the wings declared here; there is no circle.
"""

WINGS = {
    "cases": "a run of a diagram (案件): started, told, steered, its record, its children",
    "items": "what a unit or a person has to do (事项): inbox, verbs, answers, attachments",
    "processes": "jurisdictions and what is deployed in them, clauses, the modeler",
    "people": "units, groups, roles, accounts, signing in",
    "terms": "working days, deadlines, timers' instants, more time (延期), calendars",
    "supervision": "督查: the board, urging, orders, circulars, year-end reports",
    "notices": "who is told and by which channel",
    "outside": "what is public, and what people without an account send",
    "registry": "the demand registry (项目库)",
    "takeover": "running projects from a workbook (补录), and what such workbooks share",
    "papers": "Word papers, ledgers, the whole file of a case",
    "operations": "what keeps the program going: database, clock, failures, long works, proof",
}

FLOORS: dict[str, int] = {
    "main": 8,
    "api": 7,
    "web": 7,
    "clock": 7,
    "post": 7,
    "http": 6,
    "papers": 6,
    "commands": 5,
    "queries": 5,
    "access": 4,
    "unit_of_work": 3,
    "gate": 2,
    "store": 2,
    "engine": 1,
    "domain": 1,
    "feel": 0,
    "base": 0,
}
TOGETHER = {
    "app": "main",
    "cli": "main",
    "server": "main",
    "__main__": "main",
    "errors": "base",
    "settings": "base",
    "logs": "base",
}

MOST_ENTRIES = 13
"""No room shows more than this at a glance."""
THE_FRONT_END = {"frontend", "static"}
"""Stands in ``web`` and is no part of the room: the browser's sources and what is built of them."""

BESIDE_THE_WINGS: dict[str, set[str]] = {
    "domain": {"forms", "functions", "vocabulary", "archives"},
    "store": {"types", "journal", "migrations"},
    "access": {"rights"},
    "commands": {"actions"},
    "queries": {"paging"},
    "papers": {"word", "sheets"},
    "api": {"schemas"},
    "web": {"site"},
}
"""The rooms that are cut into wings, and what stands there that belongs to no single wing."""

PUT_TOGETHER = {"api", "web"}
"""Rooms whose own ``__init__`` puts their wings together."""

STOREYS = (
    "catalogue",
    "process",
    "work",
    "terms",
    "telling",
    "news",
    "outcomes",
    "children",
    "opening",
    "settle",
    "compare",
    "door",
)
"""The unit of work from the ground: each module knows only those before it."""

KNOWS: dict[str, dict[str, set[str]]] = {
    "domain": {
        "cases": {"people", "vocabulary"},
        "items": {"people", "terms", "vocabulary"},
        "processes": {"vocabulary"},
        "people": {"vocabulary"},
        "notices": {"people"},
        "outside": {"terms"},
        "registry": {"people", "forms", "vocabulary"},
        "forms": {"terms"},
        "functions": {"people", "terms", "vocabulary"},
    },
    "store": {
        "cases": {"processes", "types"},
        "items": {"cases", "types"},
        "processes": {"types"},
        "people": {"processes", "types"},
        "terms": {"cases", "items", "types"},
        "supervision": {"types"},
        "notices": {"types"},
        "outside": {"types"},
        "registry": {"types"},
        "operations": {
            "cases",
            "items",
            "processes",
            "people",
            "terms",
            "supervision",
            "notices",
            "outside",
            "registry",
            "types",
        },
        "journal": {"cases", "processes", "types"},
        "migrations": {"operations", "journal", "types"},
    },
    "access": {
        "items": {"cases"},
    },
    "commands": {
        "cases": {"items", "operations"},
        "processes": {"cases", "people", "papers"},
        "people": {"registry"},
        "terms": {"items", "operations"},
        "supervision": {"cases", "items", "operations"},
        "notices": {"operations"},
        "outside": {"cases"},
        "registry": {"cases", "takeover"},
        "actions": {"cases", "processes", "people", "terms", "notices", "outside", "registry"},
    },
    "queries": {
        "cases": {"items", "processes", "paging"},
        "items": {"processes", "paging"},
        "people": {"paging"},
        "terms": {"operations"},
        "supervision": {"items", "paging"},
        "outside": {"paging"},
        "registry": {"paging"},
        "takeover": {"processes"},
        "papers": {"cases", "items"},
        "operations": {"notices"},
    },
    "papers": {
        "cases": {"sheets"},
        "processes": {"sheets"},
        "terms": {"sheets"},
        "supervision": {"sheets"},
        "registry": {"sheets"},
        "takeover": {"sheets"},
    },
    "api": {
        "cases": {"schemas"},
        "items": {"schemas"},
        "processes": {"cases", "schemas"},
        "people": {"schemas"},
        "terms": {"schemas"},
        "supervision": {"cases", "schemas"},
        "notices": {"schemas"},
        "outside": {"schemas"},
        "registry": {"takeover", "schemas"},
        "takeover": {"schemas"},
        "papers": {"schemas"},
        "operations": {"schemas"},
    },
    "web": {
        "cases": {"site"},
        "items": {"site"},
        "processes": {"site"},
        "people": {"site"},
        "terms": {"site"},
        "supervision": {"site"},
        "notices": {"site"},
        "outside": {"site"},
        "registry": {"site"},
        "takeover": {"site"},
        "papers": {"processes", "site"},
        "operations": {"site"},
    },
}
"""Room by room, which wings a wing may know there. The test wants each of them used."""
