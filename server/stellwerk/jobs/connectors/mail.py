"""`send-mail`: send an e-mail through the mail server of the settings."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import BeforeValidator

from stellwerk.errors import SettingInvalid
from stellwerk.handlers import MARK, Declaration, Job, Permanent, service
from stellwerk.settings import Settings

SECONDS = 30.0  # one answer of the mail server
MOST_RECIPIENTS = 50
LONGEST = 1_000_000
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class Server:
    """A mail server. `secure` speaks TLS from the first byte, otherwise STARTTLS is used where it is offered."""

    host: str
    port: int
    secure: bool
    user: str
    password: str

    @classmethod
    def parse(cls, url: str) -> Server:
        """Read STELLWERK_SMTP_URL. Raises SettingInvalid, without the password."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme not in _PORTS or not parts.hostname:
            raise SettingInvalid(
                "STELLWERK_SMTP_URL cannot be read. Write smtp://user:password@host:587 or smtps://..."
            )
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, port or _PORTS[parts.scheme], parts.scheme == "smtps", user, password)


Send = Callable[[Server, EmailMessage], None]


def _many(value: object) -> object:
    return [value] if isinstance(value, str) else value


Addresses = Annotated[list[str], BeforeValidator(_many)]


def connector(settings: Settings, send: Send | None = None) -> Declaration:
    server = Server.parse(settings.smtp_url) if settings.smtp_url else None
    sender, deliver = settings.mail_from, send or _deliver

    @service("send-mail", max_seconds=10 * SECONDS)
    def send_mail(
        to: Addresses, subject: str, job: Job, body: str = "", cc: Addresses | None = None, reply_to: str | None = None
    ) -> None:
        """Send an e-mail as plain text.

        `to` and `cc` are one address or a list. The same Message-ID in every try lets mail servers drop a repetition.
        """
        if server is None:
            raise Permanent("E-mail is off. An administrator can switch it on with STELLWERK_SMTP_URL.")
        if not sender:
            raise Permanent("E-mails have no sender. An administrator must set STELLWERK_MAIL_FROM.")
        deliver(server, message(sender, to, subject, body, cc or [], reply_to, job))

    made: Declaration = getattr(send_mail, MARK)[0]
    return made


def message(
    sender: str, to: list[str], subject: str, body: str, cc: list[str], reply_to: str | None, job: Job
) -> EmailMessage:
    """The e-mail. Raises Permanent for what is no address or would add header lines of its own."""
    if not to or len(to) + len(cc) > MOST_RECIPIENTS:
        raise Permanent(f"An e-mail needs between 1 and {MOST_RECIPIENTS} recipients; there are {len(to) + len(cc)}.")
    if len(subject) > 1000 or len(body) > LONGEST:
        raise Permanent(f"The e-mail is too long: at most {LONGEST} characters, and 1000 in the subject.")
    if any(ord(character) < 32 or ord(character) == 127 for character in subject):
        raise Permanent("The subject holds a line break or another control character. Remove it.")
    made = EmailMessage()
    made["From"] = sender
    made["To"] = ", ".join(_checked(address) for address in to)
    if cc:
        made["Cc"] = ", ".join(_checked(address) for address in cc)
    if reply_to:
        made["Reply-To"] = _checked(reply_to)
    made["Subject"] = subject
    made["Date"] = formatdate(localtime=False, usegmt=True)
    made["Message-ID"] = f"<{re.sub(r'[^A-Za-z0-9.-]', '.', job.idempotency_key)}@stellwerk.invalid>"
    made["Auto-Submitted"] = "auto-generated"
    try:
        made.set_content(body)
    except (UnicodeError, ValueError) as error:
        raise Permanent(f"The text of the e-mail cannot be sent: {error}.") from error
    return made


def _checked(address: str) -> str:
    if not _ADDRESS.fullmatch(address):
        raise Permanent(f"{address[:80]!r} is no e-mail address. Write one like name@example.com, without a name.")
    return address


def _deliver(server: Server, mail: EmailMessage) -> None:
    """Hand the e-mail to the server. Raises Permanent when it refuses for good, else OSError to be tried again."""
    try:
        with _connected(server) as smtp:
            if server.user:
                smtp.login(server.user, server.password)
            smtp.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        codes = {address: code for address, (code, _) in error.recipients.items()}
        if all(code >= 500 for code in codes.values()):
            raise Permanent(f"The mail server refuses the recipients: {', '.join(codes)}.") from error
        raise OSError(f"The mail server does not take the recipients now: {', '.join(codes)}.") from error
    except smtplib.SMTPResponseException as error:
        said = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        text = f"The mail server {server.host} answered {error.smtp_code} {said}"
        if error.smtp_code >= 500:
            raise Permanent(
                f"{text}. An administrator should look at STELLWERK_SMTP_URL and STELLWERK_MAIL_FROM."
            ) from error
        raise OSError(text) from error


def _connected(server: Server) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.secure:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
    smtp = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    smtp.ehlo()
    if smtp.has_extn("starttls"):
        smtp.starttls(context=context)
    elif server.user and not _is_loopback(server.host):
        smtp.close()
        raise Permanent(
            f"The mail server {server.host} offers no encryption, so the password is not sent to it. Use smtps://."
        )
    return smtp


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
