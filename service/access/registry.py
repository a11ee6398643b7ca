"""Who may look at the demand registry (项目库)."""

from sqlalchemy.orm import Session

from service.domain.forms.answers import lists_of
from service.domain.people.actor import Actor
from service.domain.people.units import Directory
from service.domain.registry import Book, may_enter, reads, registry_of
from service.errors import NotFound
from service.store.people.lookups import directory_of
from service.store.processes.lookups import lists_in_force, newest_form, rules_of


def book(session: Session, actor: Actor, directory: Directory | None = None) -> Book:
    """The demand registry of the actor's jurisdiction.

    :param directory: the units of the jurisdiction; looked up if None.
    :raises NotFound: the jurisdiction has no registry, or the actor may not look at it.
    """
    units = directory or directory_of(session, actor.jurisdiction)
    registry = registry_of(rules_of(session, actor.jurisdiction))
    deployed = None
    if registry:
        deployed = newest_form(session, actor.jurisdiction, registry.form)
    if registry is None or deployed is None or not reads(actor, units):
        raise NotFound("项目库")
    file_id, form = deployed
    in_force = lists_in_force(session, actor.jurisdiction)
    return Book(
        registry=registry,
        directory=units,
        file_id=file_id,
        form=form,
        lists={name: in_force[name].entries for name in lists_of(form) if name in in_force},
    )


def book_to_enter(session: Session, actor: Actor, directory: Directory | None = None) -> Book:
    """The demand registry, for an actor who is about to add demands.

    :raises NotFound: there is no registry for this actor. :raises NotAllowed: they may not add to
        it.
    """
    registry_book = book(session, actor, directory)
    if not may_enter(actor, registry_book.registry, registry_book.directory):
        raise registry_book.refusal()
    return registry_book
