"""The steps that bring a database's schema up to date, and the code that runs them (Alembic, no ini file)."""
