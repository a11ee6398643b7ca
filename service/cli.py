"""The operator's commands: ``jiebang …`` or ``python -m service …``."""

import argparse
import getpass
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it worked, 1 with a sentence when it was refused."""
    options = _parser().parse_args(arguments)
    try:
        settings = Settings.read()
        set_up(settings.log)
        done: int = options.act(settings, options)
    except BadDeployment as exc:
        for found in exc.facts["findings"]:
            print("{file}:{line} {element} [{rule}] {message}".format(**found), file=sys.stderr)
        return 1
    except Refused as exc:
        print(exc.sentence, file=sys.stderr)
        return 1
    return done


def _serve(settings: Settings, options: argparse.Namespace) -> int:
    return server.serve(settings, clock=not options.no_clock, rehearsal=options.rehearsal)


def _clock(settings: Settings, options: argparse.Namespace) -> int:
    stop = start_clock(create_runtime(settings))
    print("时钟已启动，按 Ctrl+C 停止", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        stop()
    return 0


def _migrate(settings: Settings, options: argparse.Namespace) -> int:
    migrate(create_runtime(settings).engine)
    print("数据库已是最新版本")
    return 0


def _load(settings: Settings, options: argparse.Namespace) -> int:
    folder = Folder(path=options.dir, forms=options.forms or server.content() / "forms")
    print(load(create_runtime(settings), folder, people=settings.demo))
    return 0


def _calendar(settings: Settings, options: argparse.Namespace) -> int:
    file = options.file
    years = calendar_file.read_calendar(
        _files(argparse.Namespace(files=[file]))[file.name], file.name
    )
    runtime = _ready(settings)
    with runtime.query() as session:
        known = jurisdictions(session)
    jobs = []
    for code in [options.jurisdiction] if options.jurisdiction else known:
        loaded = runtime.perform(LoadCalendar(jurisdiction=code, years=years))
        said = "、".join(map(str, loaded.years))
        print(
            f"{code}："
            + (
                f"已载入 {said} 年的放假调休安排，正在重算期限"
                if said
                else "与已载入的安排相同，没有变化"
            )
        )
        jobs += [loaded.job_id] if loaded.job_id else []
    told = _progress("已重算 {} / {} 个案件")
    while work_on_jobs(runtime):
        with runtime.query() as session:
            lines = [job(session, job_id) for job_id in jobs]
        told(sum(line.done + line.failed for line in lines), sum(line.total for line in lines))
    runtime.engine.dispose()
    return 0


def _files(options: argparse.Namespace) -> dict[str, bytes]:
    try:
        return {file.name: file.read_bytes() for file in options.files}
    except OSError as exc:
        raise BadRequest(f"无法读取文件 {exc.filename}：{exc.strerror}") from exc


def _check(settings: Settings, options: argparse.Namespace) -> int:
    found = check(_files(options), _around(settings, options))
    for finding in found:
        print(finding.line_of_text())
    return 1 if any(finding.severity == "error" for finding in found) else 0


def _around(settings: Settings, options: argparse.Namespace) -> Surroundings:
    """What the files may refer to: a loaded jurisdiction, or the manifest that stands beside
    them.
    """
    if options.jurisdiction:
        runtime = create_runtime(settings)
        with runtime.query() as session:
            return surroundings(Reading(runtime, session), options.jurisdiction)
    beside = options.files[0].resolve().parent
    if not (beside / "manifest.yaml").exists():
        raise BadRequest("文件旁边没有 manifest.yaml，请用 --jurisdiction 指明按哪个地区检查")
    return Folder(path=beside, forms=server.content() / "forms").surroundings(ALL_ACTIONS, names_in)


def _deploy(settings: Settings, options: argparse.Namespace) -> int:
    files = _files(options)
    deployment = create_runtime(settings).perform(
        Deploy(jurisdiction=options.jurisdiction, files=files)
    )
    print(f"已部署 {len(files)} 个文件（部署编号 {deployment}）")
    return 0


def _password(given: str | None) -> str:
    return given or getpass.getpass("密码：")


def _user_add(settings: Settings, options: argparse.Namespace) -> int:
    create_runtime(settings).perform(
        AddPerson(
            jurisdiction=options.jurisdiction,
            login=options.login,
            name=options.name,
            unit=options.unit,
            roles=tuple(options.roles.split(",")),
            password=_password(options.password),
        )
    )
    print(f"已添加账号 {options.login}")
    return 0


def _user_passwd(settings: Settings, options: argparse.Namespace) -> int:
    create_runtime(settings).perform(
        ChangePassword(login=options.login, password=_password(options.password))
    )
    print(f"账号 {options.login} 的密码已更换，原有登录全部失效")
    return 0


def _user_list(settings: Settings, options: argparse.Namespace) -> int:
    with create_runtime(settings).query() as session:
        for person, _ in people(session):
            unit, roles = person.unit_name or "-", ",".join(sorted(person.roles))
            print("\t".join([person.login, person.name, person.jurisdiction, unit, roles]))
    return 0


def _token(settings: Settings, options: argparse.Namespace) -> int:
    lifetime = timedelta(days=options.days)
    print(
        sign_in(
            create_runtime(settings),
            options.login,
            _password(options.password),
            kind="token",
            name=options.name,
            lifetime=lifetime,
        )
    )
    return 0


def _ready(settings: Settings) -> Runtime:
    runtime = create_runtime(settings)
    if not is_current(runtime.engine):
        raise NotMigrated()
    return runtime


def _verify(settings: Settings, options: argparse.Namespace) -> int:
    runtime, count = _ready(settings), 0
    for found in differences(runtime, _progress("已核对 {} / {} 个案件")):
        count += 1
        print(
            f"{found.of}: [{found.kind}] {DIFFERENCES[found.kind].format(**found.facts)}",
            flush=True,
        )
    day, digest = last_anchor(runtime)
    print(
        f"核对完毕，发现 {count} 处不一致。"
        + (f"最近一次锚定：{day} {digest}" if day else "办理记录尚未锚定")
    )
    return 1 if count else 0


def _reproject(settings: Settings, options: argparse.Namespace) -> int:
    runtime, repaired, failed = _ready(settings), 0, 0
    for case_id in [options.case] if options.case else case_ids(runtime):
        try:
            repaired += runtime.perform(Reproject(case_id=case_id))
        except UNREADABLE as exc:
            failed += 1
            print(f"case {case_id}: {getattr(exc, 'sentence', exc)}", file=sys.stderr)
    print(f"已修复 {repaired} 处不一致" + (f"，{failed} 个案件无法修复" if failed else ""))
    return 1 if failed else 0


def _copy(settings: Settings, options: argparse.Namespace) -> int:
    options.copy(
        settings.database_url, options.file, _progress("已复制 {} / {} 页"), force=options.force
    )
    print(f"{options.done}：{options.file}")
    return 0


def _progress(sentence: str) -> Callable[[int, int], None]:
    """Shows how far a long work has come, in steps of a hundredth, where somebody watches."""

    def told(done: int, total: int) -> None:
        if sys.stderr.isatty() and (done == total or done % max(total // 100, 1) == 0):
            print(
                f"\r{sentence.format(done, total)}",
                end="\n" if done == total else "",
                file=sys.stderr,
                flush=True,
            )

    return told


Act = Callable[[Settings, argparse.Namespace], int]
Add = Callable[[str, Act, str], argparse.ArgumentParser]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="jiebang", description="揭榜：揭榜挂帅项目流程办理系统")
    commands = parser.add_subparsers(required=True, metavar="命令")

    def add(name: str, act: Act, said: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=said, description=said)
        command.set_defaults(act=act)
        return command

    _add_serving(add)
    _add_content(add)
    _add_users(commands)
    _add_keeping(add)
    token = add("token", _token, "生成个人访问令牌")
    token.add_argument("login")
    token.add_argument("--password")
    token.add_argument("--name", default="")
    token.add_argument("--days", type=int, default=30)
    return parser


def _add_serving(add: Add) -> None:
    serving = add("serve", _serve, "启动网页和时钟")
    serving.add_argument("--no-clock", action="store_true", help="不启动时钟")
    serving.add_argument(
        "--rehearsal", action="store_true", help="在数据副本上演练：可以移动时间，不对外发送"
    )
    add("clock", _clock, "只启动时钟")


def _add_content(add: Add) -> None:
    """Commands that load a jurisdiction's content."""
    loading = add(
        "calendar", _calendar, "载入国家公布的放假调休安排（YAML 或 .xlsx），并重算未到期的期限"
    )
    loading.add_argument("file", type=Path)
    loading.add_argument("--jurisdiction", help="地区代码；不填则所有地区")
    add("migrate", _migrate, "把数据库升级到最新版本")
    loading = add("load", _load, "载入一个地区的单位、条款、清单和随附流程")
    loading.add_argument("dir", type=Path)
    loading.add_argument("--forms", type=Path, help="表单所在目录")
    for name, act, said in (
        ("check", _check, "检查流程文件，不保存"),
        ("deploy", _deploy, "部署流程文件"),
    ):
        command = add(name, act, said)
        command.add_argument("files", nargs="+", type=Path)
        command.add_argument("--jurisdiction", required=name == "deploy", help="地区代码")


def _add_keeping(add: Add) -> None:
    """Commands that prove, repair and keep the data."""
    add("verify", _verify, "核对办理记录链、待办与流程状态、孤立数据；有不一致时退出码为 1")
    repairing = add("reproject", _reproject, "按流程状态修复待办、计时和消息登记")
    repairing.add_argument("--case", type=int, help="只修复这个案件")
    for name, copy, said, done in (
        ("backup", backup, "备份数据库（运行中也可以）", "已备份到"),
        ("restore", restore, "用备份恢复数据库", "已从备份恢复"),
    ):
        command = add(name, _copy, said)
        command.set_defaults(copy=copy, done=done)
        command.add_argument("file", type=Path)
        command.add_argument("--force", action="store_true", help="覆盖已有的内容")


def _add_users(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    users = commands.add_parser("user", help="账号管理").add_subparsers(
        required=True, metavar="操作"
    )
    add = users.add_parser("add", help="添加账号")
    add.set_defaults(act=_user_add)
    add.add_argument("login")
    for name, needed in (
        ("jurisdiction", True),
        ("name", True),
        ("unit", False),
        ("password", False),
    ):
        add.add_argument(f"--{name}", required=needed)
    add.add_argument("--roles", default="staff")
    passwd = users.add_parser("passwd", help="更换密码")
    passwd.set_defaults(act=_user_passwd)
    passwd.add_argument("login")
    passwd.add_argument("--password")
    users.add_parser("list", help="列出账号").set_defaults(act=_user_list)
