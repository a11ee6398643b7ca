"""The operator's commands: ``jiebang …`` or ``python -m service …``."""

import sys
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import click

from service import server
from service.app import create_runtime
from service.clock import start_clock
from service.commands.actions import ALL_ACTIONS
from service.commands.operations.jobs import work_on_jobs
from service.commands.operations.reproject import Reproject
from service.commands.people.signing_in import AddPerson, ChangePassword, sign_in
from service.commands.processes.deployments import Deploy, surroundings
from service.commands.processes.loading import Folder, load
from service.commands.terms.calendars import LoadCalendar
from service.domain.vocabulary import DIFFERENCES
from service.errors import BadDeployment, BadRequest, NotMigrated, Refused
from service.gate import Surroundings, check
from service.logs import set_up
from service.papers.terms import calendar_file
from service.papers.word.sandbox import names_in
from service.queries.operations.jobs import job
from service.queries.operations.verify import UNREADABLE, case_ids, differences, last_anchor
from service.queries.people.actors import people
from service.queries.processes.jurisdictions import jurisdictions
from service.settings import Settings
from service.store.operations.backup import backup, restore
from service.store.operations.migrate import is_current, migrate
from service.unit_of_work import Reading, Runtime

FILE = click.Path(path_type=Path)
FINDING = "{file}:{line} {element} [{rule}] {message}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns 0 if it worked, 1 with a sentence if it was refused, and 2 if it was written wrongly.
    """
    try:
        code: int | None = commands.main(arguments, prog_name="jiebang", standalone_mode=False)
    except click.Abort:
        return 1
    except click.ClickException as exc:
        exc.show()
        return exc.exit_code
    except BadDeployment as exc:
        for finding in exc.facts["findings"]:
            click.echo(FINDING.format(**finding), err=True)
        return 1
    except Refused as exc:
        click.echo(exc.sentence, err=True)
        return 1
    return code or 0


def with_settings(act: Callable[..., int | None]) -> Callable[..., int | None]:
    """Read the settings only when the command is carried out, so that ``--help`` needs none."""

    @wraps(act)
    def act_with_settings(**options: Any) -> int | None:
        settings = Settings.read()
        set_up(settings.log)
        return act(settings, **options)

    return act_with_settings


@click.group(subcommand_metavar="命令 …", help="揭榜：揭榜挂帅项目流程办理系统")
def commands() -> None:
    """All commands."""


@commands.command("serve", help="启动网页和时钟")
@click.option("--no-clock", is_flag=True, help="不启动时钟")
@click.option("--rehearsal", is_flag=True, help="在数据副本上演练：可以移动时间，不对外发送")
@with_settings
def _serve(settings: Settings, no_clock: bool, rehearsal: bool) -> int:
    return server.serve(settings, clock=not no_clock, rehearsal=rehearsal)


@commands.command("clock", help="只启动时钟")
@with_settings
def _clock(settings: Settings) -> None:
    stop = start_clock(create_runtime(settings))
    click.echo("时钟已启动，按 Ctrl+C 停止")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        stop()


@commands.command(
    "calendar", help="载入国家公布的放假调休安排（YAML 或 .xlsx），并重算未到期的期限"
)
@click.argument("file", type=FILE)
@click.option("--jurisdiction", help="地区代码；不填则所有地区")
@with_settings
def _calendar(settings: Settings, file: Path, jurisdiction: str | None) -> None:
    years = calendar_file.read_calendar(_contents([file])[file.name], file.name)
    runtime = _ready(settings)
    with runtime.query() as session:
        codes = [jurisdiction] if jurisdiction else jurisdictions(session)
    job_ids = []
    for code in codes:
        loaded = runtime.perform(LoadCalendar(jurisdiction=code, years=years))
        outcome = "与已载入的安排相同，没有变化"
        if loaded.years:
            numbers = "、".join(map(str, loaded.years))
            outcome = f"已载入 {numbers} 年的放假调休安排，正在重算期限"
        click.echo(f"{code}：{outcome}")
        if loaded.job_id:
            job_ids.append(loaded.job_id)
    _recompute(runtime, job_ids)
    runtime.engine.dispose()


def _recompute(runtime: Runtime, job_ids: Sequence[int]) -> None:
    """Work on the jobs that compute the deadlines again, and show the progress."""
    show = _progress("已重算 {} / {} 个案件")
    while work_on_jobs(runtime):
        with runtime.query() as session:
            jobs = [job(session, job_id) for job_id in job_ids]
        done = sum(line.done + line.failed for line in jobs)
        total = sum(line.total for line in jobs)
        show(done, total)


@commands.command("migrate", help="把数据库升级到最新版本")
@with_settings
def _migrate(settings: Settings) -> None:
    migrate(create_runtime(settings).engine)
    click.echo("数据库已是最新版本")


@commands.command("load", help="载入一个地区的单位、条款、清单和随附流程")
@click.argument("folder", metavar="DIR", type=FILE)
@click.option("--forms", type=FILE, help="表单所在目录")
@with_settings
def _load(settings: Settings, folder: Path, forms: Path | None) -> None:
    content = Folder(path=folder, forms=forms or server.content() / "forms")
    click.echo(load(create_runtime(settings), content, people=settings.demo))


def _contents(files: Sequence[Path]) -> dict[str, bytes]:
    """The contents of files by name.

    :raises BadRequest: a file cannot be read.
    """
    try:
        return {file.name: file.read_bytes() for file in files}
    except OSError as exc:
        raise BadRequest(f"无法读取文件 {exc.filename}：{exc.strerror}") from exc


@commands.command("check", help="检查流程文件，不保存")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--jurisdiction", help="地区代码")
@with_settings
def _check(settings: Settings, files: Sequence[Path], jurisdiction: str | None) -> int:
    findings = check(_contents(files), _surroundings(settings, files[0], jurisdiction))
    for finding in findings:
        click.echo(finding.line_of_text())
    if not any(finding.severity == "error" for finding in findings):
        return 0
    return 1


def _surroundings(settings: Settings, file: Path, jurisdiction: str | None) -> Surroundings:
    """What the files may refer to: a loaded jurisdiction, or the manifest in their folder.

    :raises BadRequest: no jurisdiction is given, and the folder has no manifest.
    """
    if jurisdiction:
        runtime = create_runtime(settings)
        with runtime.query() as session:
            return surroundings(Reading(runtime, session), jurisdiction)
    path = file.resolve().parent
    if not (path / "manifest.yaml").exists():
        raise BadRequest("文件旁边没有 manifest.yaml，请用 --jurisdiction 指明按哪个地区检查")
    folder = Folder(path=path, forms=server.content() / "forms")
    return folder.surroundings(ALL_ACTIONS, names_in)


@commands.command("deploy", help="部署流程文件")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--jurisdiction", required=True, help="地区代码")
@with_settings
def _deploy(settings: Settings, files: Sequence[Path], jurisdiction: str) -> None:
    contents = _contents(files)
    command = Deploy(jurisdiction=jurisdiction, files=contents)
    deployment = create_runtime(settings).perform(command)
    click.echo(f"已部署 {len(contents)} 个文件（部署编号 {deployment}）")


def _password(given: str | None) -> str:
    """The given password. Without one, it is typed now and not shown."""
    return given or str(click.prompt("密码", hide_input=True, prompt_suffix="："))


@commands.group("user", subcommand_metavar="操作 …", help="账号管理")
def user() -> None:
    """Accounts."""


@user.command("add", help="添加账号")
@click.argument("login")
@click.option("--jurisdiction", required=True)
@click.option("--name", required=True)
@click.option("--unit")
@click.option("--password")
@click.option("--roles", default="staff")
@with_settings
def _user_add(settings: Settings, roles: str, password: str | None, **person: Any) -> None:
    runtime = create_runtime(settings)
    role_names = tuple(roles.split(","))
    runtime.perform(AddPerson(**person, roles=role_names, password=_password(password)))
    click.echo(f"已添加账号 {person['login']}")


@user.command("passwd", help="更换密码")
@click.argument("login")
@click.option("--password")
@with_settings
def _user_passwd(settings: Settings, login: str, password: str | None) -> None:
    runtime = create_runtime(settings)
    runtime.perform(ChangePassword(login=login, password=_password(password)))
    click.echo(f"账号 {login} 的密码已更换，原有登录全部失效")


@user.command("list", help="列出账号")
@with_settings
def _user_list(settings: Settings) -> None:
    with create_runtime(settings).query() as session:
        for person, _ in people(session):
            columns = [
                person.login,
                person.name,
                person.jurisdiction,
                person.unit_name or "-",
                ",".join(sorted(person.roles)),
            ]
            click.echo("\t".join(columns))


@commands.command("token", help="生成个人访问令牌")
@click.argument("login")
@click.option("--password")
@click.option("--name", default="")
@click.option("--days", type=int, default=30)
@with_settings
def _token(settings: Settings, login: str, password: str | None, name: str, days: int) -> None:
    secret = sign_in(
        create_runtime(settings),
        login,
        _password(password),
        kind="token",
        name=name,
        lifetime=timedelta(days=days),
    )
    click.echo(secret)


def _ready(settings: Settings) -> Runtime:
    """The runtime.

    :raises NotMigrated: the database does not have the newest tables.
    """
    runtime = create_runtime(settings)
    if not is_current(runtime.engine):
        raise NotMigrated()
    return runtime


@commands.command("verify", help="核对办理记录链、待办与流程状态、孤立数据；有不一致时退出码为 1")
@with_settings
def _verify(settings: Settings) -> int:
    runtime = _ready(settings)
    count = 0
    for difference in differences(runtime, _progress("已核对 {} / {} 个案件")):
        count += 1
        sentence = DIFFERENCES[difference.kind].format(**difference.facts)
        click.echo(f"{difference.of}: [{difference.kind}] {sentence}")
    day, digest = last_anchor(runtime)
    anchor = f"最近一次锚定：{day} {digest}" if day else "办理记录尚未锚定"
    click.echo(f"核对完毕，发现 {count} 处不一致。{anchor}")
    if not count:
        return 0
    return 1


@commands.command("reproject", help="按流程状态修复待办、计时和消息登记")
@click.option("--case", type=int, help="只修复这个案件")
@with_settings
def _reproject(settings: Settings, case: int | None) -> int:
    runtime = _ready(settings)
    repaired = failed = 0
    for case_id in [case] if case else case_ids(runtime):
        try:
            repaired += runtime.perform(Reproject(case_id=case_id))
        except UNREADABLE as exc:
            failed += 1
            click.echo(f"case {case_id}: {getattr(exc, 'sentence', exc)}", err=True)
    unrepaired = f"，{failed} 个案件无法修复" if failed else ""
    click.echo(f"已修复 {repaired} 处不一致{unrepaired}")
    if not failed:
        return 0
    return 1


@commands.command("backup", help="备份数据库（运行中也可以）")
@click.argument("file", type=FILE)
@click.option("--force", is_flag=True, help="覆盖已有的内容")
@with_settings
def _backup(settings: Settings, file: Path, force: bool) -> None:
    backup(settings.database_url, file, _progress("已复制 {} / {} 页"), force=force)
    click.echo(f"已备份到：{file}")


@commands.command("restore", help="用备份恢复数据库")
@click.argument("file", type=FILE)
@click.option("--force", is_flag=True, help="覆盖已有的内容")
@with_settings
def _restore(settings: Settings, file: Path, force: bool) -> None:
    restore(settings.database_url, file, _progress("已复制 {} / {} 页"), force=force)
    click.echo(f"已从备份恢复：{file}")


def _progress(sentence: str) -> Callable[[int, int], None]:
    """A function that shows the progress of long work in steps of one percent, on a terminal."""

    def show(done: int, total: int) -> None:
        is_last = done == total
        is_step = done % max(total // 100, 1) == 0
        if sys.stderr.isatty() and (is_last or is_step):
            click.echo(f"\r{sentence.format(done, total)}", err=True, nl=is_last)

    return show
