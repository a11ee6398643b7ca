"""Traceability: every step names the sentence it carries out, and every clause is carried or openly pending."""

OURS = "说明："


def quote_of(element):
    """The quoted sentence: the first line of the documentation, unless that is a remark of ours."""
    first = element.documentation.splitlines()[0]
    return None if first.startswith(OURS) else first


def test_each_correction_mends_something_in_the_document(folder):
    for correction in folder.manifest["document"]["corrections"]:
        assert correction["found"] in folder.source, correction
        assert correction["why"]


def test_each_clause_is_quoted_verbatim(folder, squeezed):
    missing = [i for i, clause in folder.clauses.items() if squeezed(clause["text"]) not in folder.corrected]
    assert missing == []


def test_each_quoted_sentence_stands_in_the_document(folder, squeezed):
    quotes = {e.id: quote for e in folder.elements if e.documentation and (quote := quote_of(e))}
    assert [i for i, quote in quotes.items() if squeezed(quote) not in folder.corrected] == []


def test_a_clause_is_listed_once(folder):
    assert len(folder.clauses) == len(folder.manifest["clauses"])


def test_each_routed_element_says_whether_it_is_text_or_ours(folder):
    assert [e.id for e in folder.routed if e.properties.get("basis") not in ("text", "ours")] == []


def test_text_has_a_clause_and_a_quotation_and_ours_says_what_we_added(folder):
    for element in folder.routed:
        quoted = quote_of(element) is not None
        if element.properties["basis"] == "text":
            assert element.clauses, element.id
            assert quoted, element.id
        else:
            assert element.documentation.startswith(OURS), element.id


def test_the_clauses_named_are_known(folder):
    unknown = {e.id: e.clauses for e in folder.routed if not set(e.clauses) <= set(folder.clauses)}
    assert unknown == {}


def test_a_clause_is_carried_or_pending_and_never_both(folder):
    carried = {clause for e in folder.routed for clause in e.clauses}
    pending = set(folder.manifest["pending"])
    due = {i for i, clause in folder.clauses.items() if clause["leads"]}
    assert pending <= set(folder.clauses)
    assert carried & pending == set()
    assert due - carried == due & pending


def test_a_carried_clause_is_led_by_one_of_its_leads(folder):
    for clause, elements in carriers(folder):
        assert any(set(e.leads) & set(clause["leads"]) for e in elements), clause["id"]


def test_each_lead_of_a_joint_clause_leads_one_of_its_elements(folder):
    for clause, elements in carriers(folder):
        leads = {lead for e in elements for lead in e.leads}
        assert set(clause["leads"]) <= leads, clause["id"]


def test_the_co_operating_units_are_the_clauses_or_a_declared_narrowing(folder):
    for clause, elements in carriers(folder):
        ours = [e for e in elements if set(e.leads) & set(clause["leads"])]
        asked = {unit for e in ours for unit in e.co_units}
        assert asked <= set(clause["co_units"]), clause["id"]
        assert set(clause["co_units"]) - asked == narrowed(folder, clause["id"]), clause["id"]


def test_a_narrowing_names_the_step_that_the_unit_leads_instead(folder):
    steps = {e.id: e for e in folder.elements}
    for narrowing in folder.manifest["narrowings"]:
        step = steps[narrowing["means"]]
        assert narrowing["unit"] in step.leads
        assert narrowing["clause"] in step.clauses
        assert narrowing["why"]


def test_who_acts_for_a_clause_is_its_lead_its_co_operating_unit_or_a_listed_other(folder):
    for element in (e for e in folder.elements if e.kind == "userTask" and e.properties["basis"] == "text"):
        allowed = {name for i in element.clauses for name in actors(folder.clauses[i])}
        assert set(element.leads) <= allowed, element.id


def actors(clause):
    return {*clause["leads"], *clause["co_units"], *clause.get("others", ())}


def carriers(folder):
    """The elements that carry each clause which has a lead and is not pending."""
    found = [(clause, [e for e in folder.routed if clause["id"] in e.clauses]) for clause in folder.clauses.values()]
    return [(clause, elements) for clause, elements in found if elements and clause["leads"]]


def narrowed(folder, clause):
    return {n["unit"] for n in folder.manifest["narrowings"] if n["clause"] == clause}
