"""Child cases: what a call activity starts, and what becomes of it with its parent."""

import inspect
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from service.clock import tick
from service.commands.cases.steering import ResumeCase, SuspendCase, TerminateCase
from service.errors import BadDeployment, HasChildren, NotOffered
from service.queries.cases.pages import case_page
from service.store.cases.rows import JournalRow, OutboxRow
from service.store.items.rows import ItemRow
from tests.diagrams.draw import flows, properties
from tests.diagrams.families import (
    EACH,
    begun,
    call,
    child,
    children,
    deploy,
    message,
    on_border,
    only_child,
    parent,
    step,
)
from tests.town import Town


def said(town: Town, case: int, verb: str) -> list[dict[str, Any]]:
    with town.runtime.query() as session:
        return list(
            session.scalars(
                select(JournalRow.facts)
                .where(JournalRow.case_id == case, JournalRow.verb == verb)
                .order_by(JournalRow.id)
            )
        )


def test_a_call_starts_a_case_of_its_own_and_its_end_brings_the_results_back(town: Town) -> None:
    deploy(town, parent=parent(call()), child=child())
    case = begun(town)
    one = children(town, case)[0]
    assert (one.title, one.business_key, one.process, one.status) == (
        "苜蓿草的项目",
        "苜蓿草",
        "child",
        "running",
    )
    assert (one.data["subject"], one.data["budget"]) == ("苜蓿草", Decimal(14))
    assert one.data["case_title"] == "苜蓿草的项目"
    assert one.data["case_id"] == one.id
    assert town.open(case) == []
    town.complete("cf.kjj", one.id, "work", grade="优")
    assert town.open(case) == ["check"]
    assert (town.row(case).data["grade"], town.row(case).data["ending"]) == ("优", "finished")
    assert "subject" not in town.row(case).data
    town.complete("cf.kjj", case, "check")
    assert (town.row(case).status, town.row(one.id).status) == ("finished", "finished")
    assert [(line["child"], line["status"]) for line in said(town, case, "child_end")] == [
        (one.id, "finished")
    ]


def test_a_child_that_ends_at_once_brings_its_parent_on_in_the_same_breath(town: Town) -> None:
    script = (
        '<scriptTask id="work" name="算" scriptFormat="feel" c:resultVariable="grade">'
        f'{properties(basis="ours")}<script>= "良"</script></scriptTask>'
    )
    deploy(town, parent=parent(call()), child=child(script))
    case = begun(town)
    assert town.open(case) == ["check"]
    assert town.row(case).data["grade"] == "良"


def test_a_child_keeps_the_version_of_its_start_and_the_next_one_takes_the_new(town: Town) -> None:
    deploy(town, parent=parent(call()), child=child())
    old = begun(town)
    deploy(town, child=child(step("examine", "result"), "start>examine>end"))
    new = begun(town)
    assert [town.open(only_child(town, case)) for case in (old, new)] == [["work"], ["examine"]]


def test_each_instance_is_a_child_and_the_last_one_brings_the_parent_on(town: Town) -> None:
    inside = '<c:in source="share" target="budget"/><c:out source="grade" target="grade"/>'
    deploy(town, parent=parent(call(inside=inside, loop=EACH, results="projects")), child=child())
    case = begun(town)
    found = children(town, case)
    assert [one.data["budget"] for one in found] == [10, 20, 30]
    assert [one.title for one in found] == [f"春季计划 项目（{n}）" for n in (1, 2, 3)]
    for one, grade in zip(found[::-1], "丙乙甲", strict=True):
        assert town.open(case) == []
        town.complete("cf.kjj", one.id, "work", grade=grade)
    assert town.open(case) == ["check"]
    assert [entry["grade"] for entry in town.row(case).data["projects"]] == ["甲", "乙", "丙"]
    assert "grade" not in town.row(case).data


def test_instances_one_after_the_other_start_one_after_the_other(town: Town) -> None:
    loop = EACH.replace("<multi", "<multi").replace(
        "Characteristics ", 'Characteristics isSequential="true" '
    )
    inside = '<c:in source="share" target="budget"/><c:out source="grade" target="grade"/>'
    deploy(town, parent=parent(call(inside=inside, loop=loop, results="projects")), child=child())
    case = begun(town)
    for number in (1, 2, 3):
        assert len(children(town, case)) == number
        town.complete("cf.kjj", children(town, case)[-1].id, "work", grade=str(number))
    assert [entry["grade"] for entry in town.row(case).data["projects"]] == ["1", "2", "3"]


def test_a_long_row_of_children_that_end_at_once_needs_no_deep_stack(town: Town) -> None:
    loop = EACH.replace("Characteristics ", 'Characteristics isSequential="true" ').replace(
        "[10, 20, 30]", "1..12"
    )
    loop = loop.replace("= 1..12", "= for n in 1..12 return n")
    script = (
        '<scriptTask id="work" name="算" scriptFormat="feel" c:resultVariable="grade">'
        f'{properties(basis="ours")}<script>= "良"</script></scriptTask>'
    )
    deploy(town, parent=parent(call(inside="", loop=loop, results="projects")), child=child(script))
    depths, deliver = [], town.runtime.deliver
    town.runtime.deliver = lambda runtime, message: (
        depths.append(len(inspect.stack(0))),
        deliver(runtime, message),
    )[1]
    case = begun(town)
    assert town.open(case) == ["check"]
    assert len(depths) == 12
    assert len(set(depths)) == 1


def test_children_that_are_no_longer_needed_end_when_enough_are_done(town: Town) -> None:
    loop = EACH.replace("/>", ">") + (
        "<completionCondition>= nrOfCompletedInstances &gt;= 1</completionCondition>"
        "</multiInstanceLoopCharacteristics>"
    )
    deploy(town, parent=parent(call(inside="", loop=loop, results="projects")), child=child())
    case = begun(town)
    first, *others = children(town, case)
    town.complete("cf.kjj", first.id, "work", grade="甲")
    assert town.open(case) == ["check"]
    assert [town.row(other.id).status for other in others] == ["terminated"] * 2
    assert [town.open(other.id) for other in others] == [[], []]


def test_an_instance_added_later_is_a_new_child(town: Town) -> None:
    """Further projects are called beside the first ones, by a message that stops nothing."""
    again = call("again", inside='<c:in source="topic" target="subject"/>')
    more = on_border("add", message("add"), stops=False) + again + '<endEvent id="added"/>'
    deploy(town, parent=parent(call() + more, "add>again>added"), child=child())
    case = begun(town)
    for _ in range(2):
        town.tell("cf.kjj", case, "add", grade="")
    found = children(town, case)
    assert [one.status for one in found] == ["running"] * 3
    town.complete("cf.kjj", found[0].id, "work", grade="甲")
    assert town.open(case) == ["check"]
    town.complete("cf.kjj", case, "check")
    assert town.row(case).status == "running", "the projects added go on"
    for one in found[1:]:
        town.complete("cf.kjj", one.id, "work", grade="乙")
    assert town.row(case).status == "finished"


def test_a_message_that_stops_the_call_ends_its_child(town: Town) -> None:
    deploy(
        town,
        parent=parent(call() + on_border("stop", message("stop")), "stop>check"),
        child=child(),
    )
    case = begun(town)
    one = only_child(town, case)
    town.tell("cf.kjj", case, "stop", grade="")
    assert (town.open(case), town.open(one)) == (["check"], [])
    assert (town.row(one).status, town.row(one).state) == ("terminated", None)
    assert said(town, one, "terminate")[0]["parent"] == case


def test_a_timer_that_stops_a_subprocess_ends_the_children_in_it(town: Town) -> None:
    inner = (
        f'<subProcess id="call" name="实施">{properties(basis="ours")}<startEvent id="s"/>'
        f'{call("inner", loop=EACH)}<endEvent id="e"/>{flows("s>inner>e")}</subProcess>'
        + on_border(
            "late", "<timerEventDefinition><timeDuration>P3D</timeDuration></timerEventDefinition>"
        )
    )
    deploy(town, parent=parent(inner, "late>check"), child=child())
    case = begun(town)
    town.forward(days=4)
    assert town.open(case) == ["check"]
    assert [one.status for one in children(town, case)] == ["terminated"] * 3


def test_an_event_that_stops_nothing_leaves_the_child_alone(town: Town) -> None:
    near = (
        on_border("near", message("near"), stops=False)
        + step("remind")
        + '<endEvent id="reminded"/>'
    )
    deploy(town, parent=parent(call() + near, "near>remind>reminded"), child=child())
    case = begun(town)
    town.tell("cf.kjj", case, "near", grade="")
    town.tell("cf.kjj", case, "near", grade="")
    assert town.open(case) == ["remind", "remind"]
    assert [one.status for one in children(town, case)] == ["running"]


def erring(code: str) -> bytes:
    return child(end=f'<endEvent id="end"><errorEventDefinition errorRef="e_{code}"/></endEvent>')


CAUGHT = on_border("caught", '<errorEventDefinition errorRef="e_bad"/>')


def test_an_error_of_a_child_reaches_the_border_of_its_parent(town: Town) -> None:
    middle = call() + CAUGHT + step("repair") + '<endEvent id="repaired"/>'
    deploy(town, parent=parent(middle, "caught>repair>repaired"), child=erring("bad"))
    case = begun(town)
    town.complete("cf.kjj", only_child(town, case), "work", grade="差")
    assert town.open(case) == ["repair"]
    assert said(town, case, "child_end")[0]["error"] == "bad"


def test_an_error_of_one_instance_ends_the_others(town: Town) -> None:
    deploy(
        town,
        parent=parent(call(inside="", loop=EACH) + CAUGHT, "caught>check"),
        child=erring("bad"),
    )
    case = begun(town)
    found = children(town, case)
    town.complete("cf.kjj", found[1].id, "work", grade="差")
    assert town.open(case) == ["check"]
    assert [town.row(one.id).status for one in found] == ["terminated", "finished", "terminated"]


def test_an_error_that_nobody_catches_is_on_record_and_the_parent_waits(town: Town) -> None:
    deploy(town, parent=parent(call() + CAUGHT, "caught>check"), child=erring("worse"))
    case = begun(town)
    town.complete("cf.kjj", only_child(town, case), "work", grade="差")
    tick(town.runtime)
    assert (town.row(case).status, town.open(case)) == ("running", [])
    assert [line["error"] for line in said(town, case, "child_failed")] == ["worse"]
    step_of = {step.element: step.state for step in town.case("cf.owner", case).steps}
    assert step_of["call"] == "waiting"


def test_children_rest_and_go_on_with_their_parent(town: Town) -> None:
    deploy(
        town, parent=parent(call(inside="", loop=EACH)), child=between(), grandchild=grandchild()
    )
    case = begun(town)
    first, second, _ = found = children(town, case)
    town.steer(SuspendCase, "cf.owner", second.id)
    town.steer(SuspendCase, "cf.owner", case)
    below = [children(town, one.id)[0] for one in found]
    assert [town.row(one.id).status for one in [*found, *below]] == ["suspended"] * 6
    with pytest.raises(NotOffered):
        town.steer(ResumeCase, "cf.owner", first.id)
    town.steer(ResumeCase, "cf.owner", case)
    assert [town.row(one.id).status for one in found] == ["running", "suspended", "running"]
    assert [town.row(one.id).status for one in below] == ["running", "suspended", "running"]
    town.steer(ResumeCase, "cf.owner", second.id)
    assert town.row(below[1].id).status == "running"


def between() -> bytes:
    return child(call("work", "", called="grandchild"))


def grandchild() -> bytes:
    return child(process="grandchild")


def test_the_end_of_a_child_waits_for_its_suspended_parent(town: Town) -> None:
    deploy(town, parent=parent(call()), child=child())
    case = begun(town)
    one = only_child(town, case)
    town.steer(SuspendCase, "cf.owner", case)
    with town.runtime.transaction() as work:  # the child was quicker than the suspension
        row = work.locked_case(one)
        row.status, row.suspended_with = "running", None
    town.complete("cf.kjj", one, "work", grade="优")
    town.forward(days=3)
    assert town.open(case) == []
    assert town.case("cf.owner", case).children[0].stuck
    town.steer(ResumeCase, "cf.owner", case)
    tick(town.runtime)
    assert town.open(case) == ["check"]
    assert town.row(case).data["grade"] == "优"


def test_ending_a_case_asks_before_its_children_end_with_it(town: Town) -> None:
    deploy(
        town, parent=parent(call(inside="", loop=EACH)), child=between(), grandchild=grandchild()
    )
    case = begun(town)
    with pytest.raises(HasChildren) as refusal:
        town.steer(TerminateCase, "cf.owner", case)
    assert refusal.value.facts["count"] == 6
    assert town.row(case).status == "running"
    town.runtime.perform(
        TerminateCase(actor=town.actor("cf.owner"), case_id=case, reason="上级要求", children=True)
    )
    found = children(town, case)
    below = [children(town, one.id)[0] for one in found]
    assert [one.status for one in [*found, *below]] == ["terminated"] * 6
    with town.runtime.query() as session:
        assert not session.scalars(select(ItemRow.id).where(ItemRow.state == "open")).all()
        assert not session.scalars(select(OutboxRow.id)).all(), "nobody has to be told"


def test_a_child_that_people_end_lets_its_parent_go_on_with_what_it_holds(town: Town) -> None:
    deploy(town, parent=parent(call()), child=child())
    case = begun(town)
    town.steer(TerminateCase, "cf.owner", only_child(town, case))
    assert town.open(case) == ["check"]
    assert (town.row(case).data["ending"], town.row(case).data["grade"]) == ("terminated", None)


def test_a_finished_parent_has_no_running_children(town: Town) -> None:
    ending = '<endEvent id="all_over"><terminateEventDefinition/></endEvent>'
    deploy(
        town,
        parent=parent(
            call() + on_border("near", message("near"), stops=False) + ending, "near>all_over"
        ),
        child=child(),
    )
    case = begun(town)
    town.tell("cf.kjj", case, "near", grade="")
    assert (town.row(case).status, children(town, case)[0].status) == ("finished", "terminated")


def test_children_and_parent_are_shown_to_those_who_may_see_them(town: Town) -> None:
    deploy(town, parent=parent(call(inside="", loop=EACH)), child=child())
    case = begun(town)
    found = children(town, case)
    town.complete("cf.kjj", found[0].id, "work", grade="甲")
    page = town.case("cf.owner", case)
    assert [(line.id, line.status, line.where) for line in page.children] == [
        (found[0].id, "finished", ()),
        (found[1].id, "running", ("work",)),
        (found[2].id, "running", ("work",)),
    ]
    assert [line.light for line in page.children] == [None, "green", "green"]
    with town.runtime.query() as session:
        running = case_page(session, town.runtime, town.actor("cf.owner"), case, status="running")
    assert [line.id for line in running.children] == [found[1].id, found[2].id]
    above = town.case("cf.owner", found[1].id).parent
    assert above is not None
    assert (above.id, above.title) == (case, "春季计划")


def test_who_leads_in_the_parent_does_not_see_the_children_of_others(town: Town) -> None:
    others = child().replace("市科技局".encode(), "联席会议".encode())
    deploy(town, parent=parent(call()), child=others)
    case = begun(town)
    assert town.case("cf.kjj", case).children == ()
    assert [line.id for line in town.case("cf.owner", case).children] == [only_child(town, case)]


def test_siblings_are_counted_by_what_they_hold(town: Town) -> None:
    count = (
        '<serviceTask id="count" name="数" c:resultVariable="others"><extensionElements>'
        '<c:properties><c:property name="action" '
        'value="siblings"/><c:property name="basis" value="ours"/>'
        "</c:properties><c:inputOutput><c:inputParameter "
        'name="key">grade</c:inputParameter></c:inputOutput>'
        "</extensionElements></serviceTask>"
    )
    deploy(
        town,
        parent=parent(
            call(inside='<c:out source="others" target="others"/>', loop=EACH, results="projects")
        ),
        child=child(step("work", "result") + count, "start>work>count>end"),
    )
    case = begun(town)
    for one in children(town, case):
        town.complete("cf.kjj", one.id, "work", grade="甲")
    assert [entry["others"] for entry in town.row(case).data["projects"]] == [0, 1, 2]


def test_processes_that_call_each_other_in_a_circle_are_refused(town: Town) -> None:
    deploy(town, parent=parent(call()), child=child())
    with pytest.raises(BadDeployment) as refusal:
        deploy(town, child=child(call("work", "", called="parent")))
    assert [finding["rule"] for finding in refusal.value.facts["findings"]] == ["call-cycle"]


def test_a_child_deployed_again_by_itself_still_knows_what_it_is_handed(town: Town) -> None:
    script = (
        '<scriptTask id="work" name="算" scriptFormat="feel" c:resultVariable="grade">'
        f"{properties(basis='ours')}<script>= subject</script></scriptTask>"
    )
    deploy(town, parent=parent(call()), child=child(script))
    deploy(town, child=child(script))
    assert town.row(begun(town)).data["grade"] == "苜蓿草"


def test_work_sent_back_to_a_call_starts_a_new_child(town: Town) -> None:
    deploy(town, parent=parent(call()), child=child())
    case = begun(town)
    first = only_child(town, case)
    town.complete("cf.kjj", first, "work", grade="差")
    town.send_back("cf.kjj", case, "check", "call")
    old, new = children(town, case)
    assert (old.id, old.status, new.status) == (first, "finished", "running")
    town.complete("cf.kjj", new.id, "work", grade="优")
    assert town.open(case) == ["check"]
    assert town.row(case).data["grade"] == "优"


def test_a_parent_that_cannot_go_on_keeps_the_end_and_says_why(town: Town) -> None:
    """The step after the call runs over a list, and what came back is none."""
    loop = b'<multiInstanceLoopCharacteristics c:collection="= grade" c:elementVariable="one"/>'
    before, last, after = parent(call()).rpartition(b"</userTask>")
    deploy(town, parent=before + loop + last + after, child=child())
    case = begun(town)
    one = only_child(town, case)
    town.complete("cf.kjj", one, "work", grade="优")
    assert (town.row(one).status, town.row(case).status, town.open(case)) == (
        "finished",
        "running",
        [],
    )
    assert "应得到一个列表" in str(town.case("cf.owner", case).children[0].stuck)
    assert "grade" not in town.row(case).data
    town.forward(days=30)
    with town.runtime.query() as session:
        message = session.scalars(select(OutboxRow.id)).one()
    failed = town.failure("message", message)
    assert failed is not None
    assert failed.attempt_at is not None, "it is tried for ever"
