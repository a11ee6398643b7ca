"""Remarks and attachments of an item."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from service.access.items import reads_item
from service.access.notices import people_named
from service.commands.items.verbs import ItemCommand, ItemState
from service.domain.people.actor import Actor, Holder
from service.domain.vocabulary import NAMELESS
from service.domain.vocabulary.notices import NEWS
from service.errors import BadRequest, CannotMention
from service.store.cases.rows import CaseRow
from service.store.items.rows import AttachmentRow, CommentRow, ItemRow
from service.unit_of_work import UnitOfWork
from service.unit_of_work.news import is_nameless
from service.unit_of_work.telling import Notice, tell

LIMIT_BYTES = 20_000_000
LIMIT_CHARACTERS = 2_000


@dataclass(frozen=True, kw_only=True)
class CommentItem(ItemCommand):
    """Write a remark beside an item (批注)."""

    verb = "comment"
    text: str

    def carry_out(self, work: UnitOfWork) -> ItemState:
        case, item = self.allowed(work)
        if not self.text.strip():
            raise BadRequest("批注内容为空，请填写后再提交", field="text")
        if len(self.text) > LIMIT_CHARACTERS:
            raise BadRequest(
                f"批注有 {len(self.text)} 字，请控制在 {LIMIT_CHARACTERS} 字以内", field="text"
            )
        work.session.add(
            CommentRow(
                case_id=case.id,
                item_id=item.id,
                person_id=self.actor.person_id,
                at=work.now,
                text=self.text.strip(),
            )
        )
        work.record(case, "comment", actor=self.actor, element=item.element, item_id=item.id)
        self._tell_named(work, case, item)
        return ItemState.after(work, item, self.actor)

    def _tell_named(self, work: UnitOfWork, case: CaseRow, item: ItemRow) -> None:
        """Tell everybody whom the remark names with ``@``.

        :raises CannotMention: nobody has the name, or its owner may not read this item. All such
            names are told at once, and nothing is stored.
        """
        named = people_named(work.session, case.jurisdiction, self.text)
        readers = {
            name: [
                person
                for person in people
                if reads_item(work.session, work.process, person, case, item)
            ]
            for name, people in named.items()
        }
        _refuse_unreached(named, readers)
        text = NEWS["mention"].format(
            who=NAMELESS if is_nameless(work, case, item) else self.actor.name,
            item=item.name,
            text=self.text.strip(),
            case=case.title,
        )
        for reader in chain.from_iterable(readers.values()):
            notice = Notice(text=text, kind="mention", matter=f"mention/{item.id}")
            tell(work, case, Holder.person(reader.person_id), notice, item=item)


def _refuse_unreached(
    named: Mapping[str, Sequence[Actor]], readers: Mapping[str, Sequence[Actor]]
) -> None:
    """Refuse names that nobody has, and names of people who may not read the item.

    :raises CannotMention: there is one.
    """
    unknown = [name for name, people in named.items() if not people]
    blind = [name for name, people in named.items() if people and not readers[name]]
    if unknown or blind:
        raise CannotMention(unknown, blind)


@dataclass(frozen=True, kw_only=True)
class AttachFile(ItemCommand):
    """Attach a file as evidence (附件). ``content`` has at most 20 MB."""

    verb = "attach"
    filename: str
    content_type: str
    content: bytes

    def carry_out(self, work: UnitOfWork) -> int:
        case, item = self.allowed(work)
        name = self.filename.replace("\\", "/").rsplit("/", 1)[-1].strip()[:200]
        if not name or not self.content:
            raise BadRequest("请选择一个有内容的文件作为附件", field="file")
        if len(self.content) > LIMIT_BYTES:
            raise BadRequest(f"附件“{name}”超过 20 MB 的上限，请压缩或拆分后再上传", field="file")
        digest = hashlib.sha256(self.content).hexdigest()
        attachment = AttachmentRow(
            case_id=case.id,
            item_id=item.id,
            person_id=self.actor.person_id,
            at=work.now,
            filename=name,
            content_type=self.content_type[:120],
            size=len(self.content),
            digest=digest,
            content=self.content,
        )
        work.session.add(attachment)
        work.session.flush()
        work.record(
            case,
            "attach",
            actor=self.actor,
            element=item.element,
            item_id=item.id,
            filename=name,
            digest=digest,
        )
        return attachment.id
