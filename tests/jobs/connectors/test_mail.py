"""The e-mail connector against a mail server on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from tests.jobs.handler_support import INSTANCE, record

from stellwerk.errors import SettingInvalid
from stellwerk.jobs.connectors import mail
from stellwerk.jobs.connectors.mail import Server
from stellwerk.jobs.handlers import Registry
from stellwerk.settings import Settings
from stellwerk.usecases.runtime import Permanent


class MailServer:
    """Speaks as much SMTP as one e-mail needs. `refusals`: command word -> answer instead of a good one."""

    def __init__(self, refusals: dict[str, str]) -> None:
        self.refusals, self.received, self.commands = refusals, [], list[str]()
        self.received: list[EmailMessage] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve)

    def _serve(self) -> None:
        with self._listener:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 test\r\n")
            while line := lines.readline():
                self._answer(connection, line.decode().strip(), lines)

    def _answer(self, connection: socket.socket, command: str, lines: Any) -> None:
        word = command.split(" ")[0].upper()
        self.commands.append(command)
        if word in self.refusals:
            connection.sendall(self.refusals[word].encode() + b"\r\n")
        elif word == "DATA":
            connection.sendall(b"354 go\r\n")
            content = b"".join(iter(lines.readline, b".\r\n"))
            self.received.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
            connection.sendall(b"250 ok\r\n")
        else:
            connection.sendall({"QUIT": b"221 bye\r\n"}.get(word, b"250 ok\r\n"))

    def stop(self) -> None:
        with socket.socket() as wake:
            wake.connect_ex(("127.0.0.1", self.port))
        self.thread.join()


@contextmanager
def mail_server(**refusals: str) -> Iterator[MailServer]:
    server = MailServer(refusals)
    server.thread.start()
    try:
        yield server
    finally:
        server.stop()


MAIL = {"to": "ann@example.com", "subject": "Grüße aus Ulm", "body": "Line 1\nLine 2 – ok\n"}


def send(port: int, sender: str = "Shop <shop@example.com>", user: str = "", **values: Any) -> Any:
    settings = Settings(smtp_url=f"smtp://{user}127.0.0.1:{port}", mail_from=sender)
    return Registry(own=[mail.connector(settings)]).run("send-mail", record("send-mail"), {**MAIL, **values})


def test_an_e_mail_arrives_as_it_was_written() -> None:
    with mail_server() as server:
        assert send(server.port, cc=["bob@example.com", "eve@example.com"], reply_to="help@example.com") is None
    (received,) = server.received
    assert received["From"] == "Shop <shop@example.com>"
    assert received["To"] == "ann@example.com"
    assert received["Cc"] == "bob@example.com, eve@example.com"
    assert received["Reply-To"] == "help@example.com"
    assert received["Subject"] == "Grüße aus Ulm"
    assert received["Message-ID"] == f"<{INSTANCE!s}.7@stellwerk.invalid>"
    assert received.get_content().replace("\r\n", "\n") == "Line 1\nLine 2 – ok\n"
    assert sum(command.upper().startswith("RCPT") for command in server.commands) == 3


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"subject": "Hello\nBcc: all@example.com"}, "The subject holds a line break"),
        ({"subject": "Hello\r\n\r\nbody"}, "The subject holds a line break"),
        ({"to": "ann@example.com\nBcc: all@example.com"}, "is no e-mail address"),
        ({"to": "ann@example.com, bob@example.com"}, "is no e-mail address"),
        ({"to": ["Ann <ann@example.com>"]}, "is no e-mail address"),
        ({"to": "nobody"}, "is no e-mail address"),
        ({"cc": ["a@b\r\nX: y"]}, "is no e-mail address"),
        ({"reply_to": "a@b>\r\n"}, "is no e-mail address"),
        ({"to": []}, "between 1 and 50 recipients"),
        ({"to": ["a@example.com"] * 51}, "between 1 and 50 recipients; there are 51"),
        ({"body": "x" * 1_000_001}, "too long"),
        ({"body": "\ud800"}, "cannot be sent"),
        ({"to": 5}, "Input should be a valid list"),
    ],
)
def test_what_is_no_e_mail_is_a_permanent_error(values: dict[str, Any], message: str) -> None:
    with pytest.raises(Permanent) as failed:
        send(1, **values)
    assert message in str(failed.value)


def test_missing_settings_are_named() -> None:
    off = Registry(own=[mail.connector(Settings())])
    with pytest.raises(Permanent, match="STELLWERK_SMTP_URL"):
        off.run("send-mail", record("send-mail"), MAIL)
    with pytest.raises(Permanent, match="STELLWERK_MAIL_FROM"):
        send(1, sender="")


@pytest.mark.parametrize(
    ("refusals", "error", "message"),
    [
        ({"RCPT": "550 no such user"}, Permanent, "refuses the recipients: ann@example.com"),
        ({"RCPT": "450 later"}, OSError, "does not take the recipients now"),
        ({"MAIL": "550 not you"}, Permanent, "answered 550 not you"),
        ({"MAIL": "451 later"}, OSError, "answered 451 later"),
        ({"DATA": "554 spam"}, Permanent, "answered 554 spam"),
    ],
)
def test_a_refusal_for_good_is_permanent_and_one_for_now_is_tried_again(
    refusals: dict[str, str], error: type[Exception], message: str
) -> None:
    with mail_server(**refusals) as server, pytest.raises(error, match=message):
        send(server.port)


def test_no_server_there_is_tried_again() -> None:
    with pytest.raises(OSError, match="refused"):
        send(1)


def test_a_password_is_not_sent_without_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "_is_loopback", lambda host: False)
    with mail_server() as server, pytest.raises(Permanent, match="offers no encryption"):
        send(server.port, user="me:secret@")
    assert not any("AUTH" in command.upper() for command in server.commands)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.com", Server("mail.example.com", 587, False, "", "")),
        ("smtp://mail.example.com:25", Server("mail.example.com", 25, False, "", "")),
        ("smtps://me%40x:p%3Aw@mail.example.com", Server("mail.example.com", 465, True, "me@x", "p:w")),
    ],
)
def test_the_address_of_the_mail_server_is_read(url: str, server: Server) -> None:
    assert Server.parse(url) == server


@pytest.mark.parametrize("url", ["mail.example.com", "http://x", "smtp://", "smtp://x:port", "smtp://me:secret@:25"])
def test_an_unusable_address_is_refused_without_the_password(url: str) -> None:
    with pytest.raises(SettingInvalid, match="STELLWERK_SMTP_URL") as refused:
        mail.connector(Settings(smtp_url=url))
    assert "secret" not in refused.value.message
