#!/usr/bin/env bash
# What one would guess: a row that an ORM reads with FOR UPDATE is as it is at that moment, since that is what such a read is for: whoever
#   adds to it then loses nothing that others have added.
# What happens: SQLAlchemy locks the row, is sent its present values, and throws them away where the session has read that row before,
#   however it is asked: `select().with_for_update()`, `session.get(…, with_for_update=True)`. The object keeps the old balance, and
#   what others had committed in between is overwritten. With `populate_existing`, and with `refresh()`, it has the new one.
# Why a user of chaos meets it: an API that looks first (is the account there? may it pay?) and then locks loses updates at PostgreSQL's default
#   level without any fault; the bank and counter checkers convict the database, which did what it was told.
# Versions: PyPI SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 15 (Debian 12), Python 3.11. 2026-11-30.
set -euo pipefail

bin=/usr/lib/postgresql/15/bin
[ -x $bin/postgres ] || { echo "PostgreSQL 15 is not installed: apt-get install postgresql-15"; exit 4; }
command -v python3 >/dev/null || { echo "python3 is not installed: apt-get install python3-venv"; exit 4; }
folder=$(mktemp -d)
as=()
# PostgreSQL refuses to run as root.
[ "$(id -u)" != 0 ] || { as=(setpriv --reuid=postgres --regid=postgres --clear-groups); chown postgres "$folder"; }
trap '"${as[@]}" $bin/pg_ctl -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
cd "$folder"
$bin/postgres --version
"${as[@]}" $bin/initdb -D data -A trust -U postgres >initdb.log
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
"${as[@]}" $bin/pg_ctl -D data -w -l server.log -o "-p $port -k $folder -c listen_addresses=127.0.0.1" start >start.log
python3 -m venv venv
venv/bin/pip -q install "psycopg[binary]==3.3.9" SQLAlchemy==2.1.9

cat >lock.py <<'PY'
import sys
import psycopg
import sqlalchemy
from sqlalchemy import create_engine, delete, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

class Base(DeclarativeBase):
    pass

class Account(Base):
    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int]

print("SQLAlchemy", sqlalchemy.__version__, "psycopg", psycopg.__version__)
engine = create_engine(f"postgresql+psycopg://postgres@127.0.0.1:{sys.argv[1]}/postgres")
Base.metadata.create_all(engine)
locking = select(Account).where(Account.id == 1).with_for_update()

def refreshed(session):
    account = session.get(Account, 1)
    session.refresh(account, with_for_update=True)
    return account

ways = {
    "select().with_for_update()": lambda session: session.scalars(locking).one(),
    "get(with_for_update=True)": lambda session: session.get(Account, 1, with_for_update=True),
    "select() with populate_existing": lambda session: session.scalars(locking.execution_options(populate_existing=True)).one(),
    "refresh(with_for_update=True)": refreshed,
}

def balance_after(lock):
    """An account of 100, to which another session adds 10 and this one 1, under the lock."""
    with Session(engine) as session, session.begin():
        session.execute(delete(Account))
        session.add(Account(id=1, balance=100))
    with Session(engine) as session, session.begin():
        known = session.get(Account, 1)
        with Session(engine) as other, other.begin():
            other.execute(update(Account).values(balance=Account.balance + 10))
        locked = lock(session)
        # The row itself, as the same transaction has it locked.
        row = session.execute(select(Account.__table__.c.balance)).scalar_one()
        seen = locked.balance
        locked.balance += 1
        assert known is locked
    with Session(engine) as session:
        return seen, row, session.get(Account, 1).balance

balances = {}
for name, lock in ways.items():
    seen, row, balances[name] = balance_after(lock)
    print(f"{name}: the object has {seen}, the locked row {row}; 100 + 10 + 1 = {balances[name]}")
sys.exit(0 if list(balances.values()) == [101, 101, 111, 111] else 1)
PY
timeout 60 venv/bin/python lock.py "$port"
