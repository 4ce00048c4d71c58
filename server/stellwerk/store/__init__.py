"""The database: tables, queries, migrations, `transaction()`."""
