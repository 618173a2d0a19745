"""A real SMTP server on the loopback: extensions, TLS, authentication, refusals, silence.

async with SmtpServer() as smtp:
    smtp.refusals["gone@example.org"] = "550 5.1.1 no such user"
    ... host "127.0.0.1", port smtp.port ...
    assert smtp.mails[0].recipients == ["desk@example.org"]
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.loopback import BOUND

USERNAME, PASSWORD = "watcher", "mail-server-p4ssword"
CERTIFICATE = Path(__file__).with_name("loopback.pem")
"""A key and a self-signed certificate for localhost and 127.0.0.1, of no worth anywhere else."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One accepted transaction."""

    sender: str
    recipients: list[str]
    raw: bytes
    encrypted: bool
    user: str

    @property
    def message(self) -> EmailMessage:
        return cast(EmailMessage, message_from_bytes(self.raw, policy=default))


# The server's own log repeats what it was told; only the client's may be looked at for secrets.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)


class SmtpServer:
    """`refusals` maps a recipient to the reply to its RCPT, `busy_once` is the reply to the next one, whosever it is,
    `busy_always` to all.

    `data_reply` answers DATA. `stall` and `drop` are "RCPT", "DATA" or "QUIT": there it falls silent, or cuts the
    connection; `drop` also "READY", before it asks for the content, and "CONTENT", in the middle of it. With `taken`
    a mail that is stalled or dropped at DATA was accepted all the same.
    """

    def __init__(self, tls: Literal["none", "starttls", "tls"] = "none", *, auth: bool = False) -> None:
        self.refusals: dict[str, str] = {}
        self.busy_once = ""
        self.busy_always = ""
        self.data_reply = ""
        self.stall = ""
        self.drop = ""
        self.taken = True
        self.mails: list[Mail] = []
        self.port = 0
        self.connections = 0
        self.nobody = asyncio.Event()
        self.nobody.set()
        self._tls, self._auth = tls, auth
        self._stopping = asyncio.Event()
        self._listener: asyncio.Server | None = None
        self._open: set[_Session] = set()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        implicit = server_tls() if self._tls == "tls" else None
        self._listener = await loop.create_server(self._session, "127.0.0.1", 0, ssl=implicit)
        self.port = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        await self.vanish()
        for session in tuple(self._open):
            session.cut()

    async def vanish(self) -> None:
        """Refuse connections from now on."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    async def idle(self) -> None:
        """Wait until nobody is connected; fails after a while."""
        await asyncio.wait_for(self.nobody.wait(), BOUND)

    def _session(self) -> SMTP:
        return _Session(
            self,
            server=self,
            hostname="localhost",
            loop=asyncio.get_running_loop(),
            tls_context=server_tls() if self._tls == "starttls" else None,
            require_starttls=self._tls == "starttls",
            auth_require_tls=False,
            authenticator=_authenticate if self._auth else None,
        )

    def opened(self, session: _Session) -> None:
        self._open.add(session)
        self.nobody.clear()

    def lost(self, session: _Session) -> None:
        self._open.discard(session)
        if not self._open:
            self.nobody.set()

    async def handle_RCPT(  # noqa: N802
        self, session: _Session, about: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        await self._misbehave("RCPT", session)
        if self._auth and not about.authenticated:
            return "530 5.7.0 who are you?"
        if self.busy_once:
            reply, self.busy_once = self.busy_once, ""
            return reply
        if self.busy_always:
            return self.busy_always
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, session: _Session, about: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data_reply:
            return self.data_reply
        if self.taken:
            encrypted = session.transport is not None and session.transport.get_extra_info("sslcontext") is not None
            raw = envelope.original_content or b""
            user = str(about.auth_data or "")
            self.mails.append(Mail(envelope.mail_from or "", list(envelope.rcpt_tos), raw, encrypted, user))
        await self._misbehave("DATA", session)
        return "250 2.0.0 taken"

    async def handle_QUIT(self, session: _Session, about: Session, envelope: Envelope) -> str:  # noqa: N802
        await self._misbehave("QUIT", session)
        return "221 Bye"

    async def _misbehave(self, verb: str, session: _Session) -> None:
        if self.stall == verb:
            await self._stopping.wait()
        if self.drop == verb:
            session.cut()


class _Session(SMTP):
    """aiosmtpd's session, which tells its server when it begins and ends."""

    def __init__(self, handler: object, *, server: SmtpServer, **settings: object) -> None:
        super().__init__(handler, **settings)
        self._owner = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._owner.opened(self)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._owner.lost(self)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if self._owner.drop == "CONTENT":
            await self.push("354 go on")
        if self._owner.drop in {"READY", "CONTENT"}:
            self.cut()
            return
        await super().smtp_DATA(arg)

    def cut(self) -> None:
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()


def _authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
) -> AuthResult:
    if data == LoginPassword(USERNAME.encode(), PASSWORD.encode()):
        return AuthResult(success=True, auth_data=USERNAME)
    echoed = data.password.decode("ascii", "replace")
    # A talkative server: what it says must not reach a log.
    return AuthResult(success=False, handled=False, message=f"535 5.7.8 wrong password {echoed}")


def server_tls() -> ssl.SSLContext:
    """The server's side of TLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context


def client_tls() -> ssl.SSLContext:
    """A client that trusts the loopback certificate and nothing else."""
    return ssl.create_default_context(cafile=str(CERTIFICATE))
