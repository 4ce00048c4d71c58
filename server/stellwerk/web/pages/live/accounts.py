"""People and programs for the settings pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from stellwerk.store.records import TokenRecord, UserRecord
from stellwerk.usecases import accounts
from stellwerk.usecases.access import Principal
from stellwerk.web.pages.live.base import Live


class LiveAccounts(Live):
    def has_password(self, who: Principal) -> bool:
        return who.kind != "user" or accounts.user(self.runtime, who, who.name).has_password

    def set_password(self, who: Principal, name: str, new: str, current: str | None) -> None:
        accounts.set_password(self.runtime, who, name, new, current)

    def users(self, who: Principal) -> tuple[UserRecord, ...]:
        return accounts.users(self.runtime, who)

    def user(self, who: Principal, name: str) -> UserRecord:
        return accounts.user(self.runtime, who, name)

    def create_user(self, who: Principal, values: Mapping[str, Any]) -> UserRecord:
        new = accounts.NewUser(
            values["name"],
            values["display_name"],
            values["email"],
            frozenset(values["roles"]),
            groups_of(values["groups"]),
            values["password"] or None,
        )
        return accounts.create_user(self.runtime, who, new)

    def change_user(self, who: Principal, name: str, values: Mapping[str, Any]) -> UserRecord:
        """The password last: when it breaks a rule, the rest is kept and the page says so."""
        change = accounts.UserChange(
            values["display_name"],
            values["email"],
            frozenset(values["roles"]),
            groups_of(values["groups"]),
            values["active"],
        )
        user = accounts.change_user(self.runtime, who, name, change)
        if values["password"]:
            accounts.set_password(self.runtime, who, name, values["password"])
        return user

    def tokens(self, who: Principal) -> tuple[TokenRecord, ...]:
        return accounts.tokens(self.runtime, who)

    def create_token(self, who: Principal, name: str, role: str) -> str:
        return accounts.create_token(self.runtime, who, name, role)

    def revoke_token(self, who: Principal, id: UUID) -> None:
        accounts.revoke_token(self.runtime, who, id)


def groups_of(text: str) -> frozenset[str]:
    """ "a, b" -> {a, b}"""
    return frozenset(name.strip() for name in text.split(",") if name.strip())
