"""Migrations for the pages."""

from __future__ import annotations

from stellwerk.engine import MigrationPlan
from stellwerk.store.paging import PageRequest
from stellwerk.store.records import Page
from stellwerk.usecases import migrations
from stellwerk.usecases.access import Principal
from stellwerk.usecases.migrations import Forecast, Migrated, MigrationRequest
from stellwerk.web.pages.live.base import Live

AT_ONCE = 50  # instances of one page, so that it comes soon


class LiveMigrations(Live):
    def migration_plan(self, who: Principal, wanted: MigrationRequest) -> MigrationPlan:
        return migrations.plan(self.runtime, who, wanted)[1]

    def forecast(self, who: Principal, wanted: MigrationRequest) -> Page[Forecast]:
        """The last started first."""
        return migrations.dry_run(self.runtime, who, wanted, PageRequest(AT_ONCE))

    def migrate(self, who: Principal, wanted: MigrationRequest, cursor: str | None) -> Page[Migrated]:
        return migrations.migrate_many(self.runtime, who, wanted, PageRequest(AT_ONCE, cursor))
