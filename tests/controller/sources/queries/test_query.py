"""Queries as sources, over HTTP and with a real PostgreSQL: rows, refusals, and that no secret is shown."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
import structlog
from postgres import PASSWORD
from sqlalchemy import make_url
from traces import traces

from tablee_controller.sources.cancellation import Stop
from tablee_controller.sources.queries import query

ORDER = {"of": {"kind": "query", "connection": "shop", "sql": "SELECT * FROM clients ORDER BY id"}}


def order(sql: str, **more: Any) -> dict[str, Any]:
    return {"of": {"kind": "query", "connection": "shop", "sql": sql}, **more}


@pytest.fixture
def clients(database: Any, connect: Callable[[str, str], None]) -> str:
    """The name of a table with three rows of all kinds, reached by the connection `shop`."""
    table = f"clients_{secrets.token_hex(4)}"
    connect("shop", database.url)
    database.run(
        f"""CREATE TABLE {table} (id bigint, name text, code text, price numeric(10, 2), weight real, active boolean,
            born date, seen timestamptz, at time, token uuid)""",
        f"CREATE SEQUENCE {table}_n",
        f"""INSERT INTO {table} (id, name, code, price, weight, active, born, seen, at) VALUES
            (1, 'Zéphyrin', '007', 12.50, 1.5, true, '1990-05-04', '2024-03-12 10:00:00+02', '08:30'),
            (2, 'Cunégonde', '12', NULL, 'NaN', false, NULL, NULL, NULL),
            (3, NULL, '13', 3, 2.25, NULL, '2001-01-31', '2024-03-12 10:00:00.25+00', '23:59:59')""",
        f"UPDATE {table} SET token = gen_random_uuid() WHERE id <> 2",
    )
    return table


def test_rows_keep_their_types(controller: Any, ran: Any, clients: str) -> None:
    view = ran("shop", order(f"SELECT * FROM {clients} ORDER BY id; ", dataset="customers", by="Ana"))
    run = view["run"]
    assert (run["outcome"], run["rows"], run["by"], run["error"]) == ("added", 3, "Zoé", None)
    [manifest] = controller.client.get("/datasets/customers").json()["versions"]
    assert (manifest["version"], manifest["rows"], manifest["by"]) == (run["version"], 3, "Ana")
    assert {key: manifest["origin"][key] for key in ("kind", "source", "parent")} == {
        "kind": "source",
        "source": "shop",
        "parent": None,
    }
    kinds = {column["name"]: column["kind"] for column in manifest["columns"]}
    assert kinds == {
        **dict.fromkeys(("id", "price", "weight"), "number"),
        **dict.fromkeys(("name", "code", "active", "at", "token"), "category"),
        **dict.fromkeys(("born", "seen"), "date"),
    }
    first, second, third = controller.client.get("/datasets/customers/versions/latest/rows").json()["rows"]
    assert (first["id"], first["name"], first["code"], first["price"]) == (1, "Zéphyrin", "007", 12.5)
    assert (first["born"], first["seen"], first["at"]) == ("1990-05-04", "2024-03-12T08:00:00", "08:30:00")
    assert (first["active"], second["active"], third["active"]) == ("true", "false", None)
    assert (second["weight"], second["price"], third["seen"]) == (None, None, "2024-03-12T10:00:00.250")


def test_the_same_again_is_no_new_version(controller: Any, ran: Any, clients: str, database: Any) -> None:
    first = ran("shop", order(f"SELECT id, name FROM {clients} ORDER BY id"))["run"]
    again = ran("shop")["run"]
    assert (again["outcome"], again["version"], again["rows"]) == ("unchanged", first["version"], 3)
    database.run(f"INSERT INTO {clients} (id, name) VALUES (4, 'Théodule')")
    longer = ran("shop")["run"]
    assert (longer["outcome"], longer["rows"]) == ("added", 4)
    database.run(f"DELETE FROM {clients} WHERE id = 4")
    back = ran("shop")["run"]
    assert (back["outcome"], back["rows"]) == ("added", 3)
    assert back["version"] not in (first["version"], longer["version"]), "what came back is the newest again"
    assert ran("shop")["run"]["outcome"] == "unchanged"
    versions = controller.client.get("/datasets/shop").json()["versions"]
    assert [each["rows"] for each in versions] == [3, 4, 3]
    assert controller.client.get("/sources/shop").json()["last_success"] is not None


def test_whole_numbers_that_no_double_holds_stay_exact(controller: Any, ran: Any, clients: str) -> None:
    ran(
        "shop",
        order("SELECT 9007199254740993 AS a, 12345678901234567890::numeric AS b UNION ALL SELECT 5, 6 ORDER BY 1"),
    )
    rows = controller.client.get("/datasets/shop/versions/latest/rows").json()["rows"]
    assert rows == [{"a": "5", "b": "6"}, {"a": "9007199254740993", "b": "12345678901234567890"}]


def test_no_byte_that_the_controller_writes_holds_removed_personal_data(
    controller: Any, ran: Any, clients: str, database: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """All files are searched: object store, registry, scratch, logs; not the file of the connection."""
    actions = [{"kind": "drop", "column": "name"}, {"kind": "pseudonym", "column": "code"}]
    asked = order(f"SELECT id, name, 'client-' || code AS code FROM {clients} ORDER BY id", actions=actions)
    with structlog.testing.capture_logs() as logs:
        first = ran("shop", asked)
        database.run(f"INSERT INTO {clients} (id, name, code) VALUES (4, 'Wilhelmine', '44')")
        second = ran("shop")
        database.run(f"INSERT INTO {clients} (id, name, code) VALUES (5, 'Wilhelmine', '45')")
        wrong = ran("shop", asked | {"of": {**asked["of"], "sql": f"SELECT id, CAST(name AS integer) FROM {clients}"}})
    assert (first["run"]["outcome"], second["run"]["outcome"]) == ("added", "added")
    assert wrong["run"]["error"]["detail"] == (
        "the database cannot carry the query out: InvalidTextRepresentation (22P02)"
    )
    for route in ("profile", "rows"):
        assert controller.client.get(f"/datasets/shop/versions/latest/{route}").status_code == 200
    said = capfd.readouterr()
    answers = "".join(controller.client.get(path).text for path in ("/sources", "/connections", "/datasets"))
    (tmp_path / "logs").write_text(f"{logs}\n{said.out}\n{said.err}\n{answers}", encoding="utf-8")
    (tmp_path / "connections" / "shop").unlink()
    hidden = ["Zéphyrin", "Cunégonde", "Wilhelmine", "client-007", "client-44", PASSWORD, "s3cret-Pass", "owner:"]
    assert traces(tmp_path, hidden) == set()
    assert "source_ended" in (tmp_path / "logs").read_text(encoding="utf-8")
    columns = controller.client.get("/datasets/shop").json()["versions"][0]["columns"]
    assert [column["name"] for column in columns] == ["id", "code"]


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("DELETE FROM clients", "begins with “DELETE”, expected SELECT or WITH"),
        ("/* all */ -- of it\nupdate clients set id = 0", "begins with “update”"),
        ("; select 1", "begins with “;”"),
        ("-- nothing", "begins with “nothing”"),
    ],
)
def test_a_statement_other_than_select_is_refused_before_it_is_sent(
    controller: Any, connect: Callable[[str, str], None], sql: str, words: str
) -> None:
    connect("shop", "sqlite:////nowhere")
    answer = controller.client.put("/sources/shop", json=order(sql))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_query")
    assert words in answer.json()["detail"]
    assert controller.client.get("/sources").json() == {"sources": []}


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT 1 AS a; DROP TABLE {table}", "cannot insert multiple commands"),
        ("SELECT 1 AS a; COMMIT; DROP TABLE {table}", "cannot insert multiple commands"),
        ("WITH gone AS (DELETE FROM {table} RETURNING *) SELECT * FROM gone", "must not contain data-modifying"),
        ("SELECT nextval('{table}_n') AS a", "read-only transaction"),
        ("SELECT * INTO copied FROM {table}", "INTO is not allowed here"),
        ("SELECT * FROM nothing_there", 'relation "nothing_there" does not exist'),
        ("SELECT 1 AS a, 2 AS a", "column “a” stands there twice"),
        ("SELECT ARRAY[1, 2] AS list", "row 1, column “list”: a value of the type “list”"),
        ("SELECT '\\x00'::bytea AS raw", "a value of the type “bytes”"),
        ("SELECT 1/0 AS a", "DivisionByZero (22012)"),
        ("SELECT id FROM {table} WHERE false", "no row"),
    ],
)
def test_a_failed_query_is_reported_and_changes_nothing(
    controller: Any, ran: Any, clients: str, database: Any, sql: str, words: str
) -> None:
    before = database.run(f"SELECT count(*) FROM {clients}")
    run = ran("shop", order(sql.format(table=clients)))["run"]
    assert (run["outcome"], run["version"]) == ("failed", None)
    assert words in run["error"]["detail"]
    assert database.run(f"SELECT count(*) FROM {clients}") == before
    assert controller.client.get("/datasets/shop").status_code == 404


def test_percent_signs_and_colons_reach_the_database_unchanged(ran: Any, clients: str) -> None:
    run = ran("shop", order(f"SELECT id::int, name FROM {clients} WHERE name LIKE 'Z%' AND 5 % 2 = 1"))["run"]
    assert (run["outcome"], run["rows"]) == ("added", 1)


def test_a_query_is_ended_when_its_time_is_up(ran: Any, clients: str) -> None:
    asked = order("SELECT pg_sleep(60)::text AS a")
    asked["of"]["max_seconds"] = 1
    run = ran("shop", asked)["run"]
    assert (run["outcome"], run["error"]["detail"]) == ("failed", "the query took longer than 1 seconds")


def test_a_run_is_cancelled_while_the_database_works(controller: Any, clients: str, database: Any, until: Any) -> None:
    controller.client.put("/sources/shop", json=order("SELECT pg_sleep(60)::text AS a"))
    controller.client.post("/sources/shop/run")
    working = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND application_name = 'tablee'"
    until(lambda: database.run(working))
    for method, route in (("DELETE", ""), ("PUT", ""), ("POST", "/run")):
        body = order("SELECT 1 AS a") if method == "PUT" else None
        answer = controller.client.request(method, f"/sources/shop{route}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert controller.client.post("/sources/shop/cancel").status_code == 202
    until(lambda: controller.client.get("/sources/shop").json()["phase"] == "idle")
    view = controller.client.get("/sources/shop").json()
    assert (view["run"]["outcome"], view["failures"], view["due"]) == ("cancelled", 0, None)
    assert controller.client.post("/sources/shop/cancel").json()["code"] == "conflict"
    assert database.run(working) == []


def test_the_error_of_a_refused_login_shows_no_part_of_the_url(
    controller: Any, ran: Any, clients: str, database: Any, connect: Callable[[str, str], None]
) -> None:
    connect("shop", database.url.replace("s3cret-Pass", "wr0ng-Pass"))
    view = ran("shop", order("SELECT 1 AS a"))
    error = view["run"]["error"]
    assert (error["status"], error["code"], view["failures"]) == (503, "database_unavailable", 1)
    assert "password authentication failed" in error["detail"]
    text = controller.client.get("/sources/shop").text
    assert not any(part in text for part in ("wr0ng", "owner", "127.0.0.1", str(database.port), "9@"))
    connect("shop", database.url)
    assert ran("shop")["failures"] == 0, "a mended connection needs no restart"


def test_the_error_of_an_unreachable_server_shows_no_part_of_the_url(
    controller: Any, ran: Any, connect: Callable[[str, str], None]
) -> None:
    connect("shop", "postgresql://somebody:hidden-word@127.0.0.1:1/secret_base")
    text = str(ran("shop", order("SELECT 1 AS a"))["run"]["error"])
    assert "database_unavailable" in text
    assert not any(part in text for part in ("somebody", "hidden-word", "127.0.0.1", "secret_base"))


def test_memory_does_not_grow_with_the_rows(database: Any, tmp_path: Path) -> None:
    """Memory is measured after each batch; all rows at once would take 150 MB as Python objects."""
    sql = "SELECT i AS id, md5(i::text) AS a, md5((i + 1)::text) AS b FROM generate_series(1, 300000) AS i"
    process, seen = psutil.Process(), list[tuple[int, int]]()

    def tell(rows: int) -> None:
        seen.append((rows, process.memory_info().rss))

    limits: dict[str, Any] = {"max_seconds": 300, "max_bytes": 1 << 30}
    url, target = make_url(database.url), tmp_path / "rows.jsonl"
    found = query.fetch(url, sql, target, name="shop", stop=Stop(), tell=tell, **limits)
    assert found.rows == 300_000
    assert len(seen) == 300_000 / query.BATCH
    assert seen[-1][1] - seen[5][1] < 30 << 20


def test_sqlite_is_only_read(controller: Any, ran: Any, connect: Callable[[str, str], None], tmp_path: Path) -> None:
    file = tmp_path / "la base.db"
    with sqlite3.connect(file) as base:
        base.execute("CREATE TABLE visits (day TEXT, code TEXT, n INTEGER, mixed)")
        base.executemany(
            "INSERT INTO visits VALUES (?, ?, ?, ?)", [("2024-01-02", "01", 3, 1), ("2024-02-03", "75", 4, "x")]
        )
    base.close()
    connect("shop", f"sqlite:///{file}")
    assert ran("shop", order("SELECT * FROM visits"))["run"]["outcome"] == "added"
    columns = controller.client.get("/datasets/shop").json()["versions"][0]["columns"]
    assert [column["kind"] for column in columns] == ["date", "category", "number", "category"]
    assert controller.client.get("/datasets/shop/versions/latest/rows").json()["rows"][1]["code"] == "75"
    for sql in ("WITH a AS (SELECT 1) DELETE FROM visits", "SELECT 1; DROP TABLE visits"):
        error = ran("shop", order(sql))["run"]["error"]
        assert error["code"] == "invalid_query"
    with sqlite3.connect(file) as base:
        assert base.execute("SELECT count(*) FROM visits").fetchone() == (2,)
    base.close()
    connect("shop", f"sqlite:///{tmp_path}/not there.db")
    assert ran("shop")["run"]["error"]["code"] == "database_unavailable"
    assert not (tmp_path / "not there.db").exists()


@pytest.mark.parametrize("content", ["mysql://u:hidden@h/d", "hidden nonsense", "postgresql+asyncpg2", "", "{hidden"])
def test_an_invalid_connection_file_is_refused_without_quoting_it(
    controller: Any, connect: Callable[[str, str], None], content: str
) -> None:
    connect("shop", content)
    answer = controller.client.put("/sources/shop", json=ORDER)
    assert answer.json()["code"] in ("invalid_settings", "invalid_request")
    assert "hidden" not in answer.text


@pytest.mark.parametrize("name", ["nobody", "../shop", "..", "", "a/b"])
def test_an_unknown_connection_is_refused(controller: Any, connect: Callable[[str, str], None], name: str) -> None:
    connect("shop", "sqlite:////nowhere")
    answer = controller.client.put(
        "/sources/shop", json={"of": {"kind": "query", "connection": name, "sql": "SELECT 1"}}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_connections_are_listed_by_name_without_their_content(
    controller: Any, connect: Callable[[str, str], None], tmp_path: Path
) -> None:
    assert controller.client.get("/connections").json() == {"connections": []}
    connect("shop", "sqlite:////hidden")
    connect("archive.eu-1", '{"endpoint": "http://hidden", "access_key": "hidden", "secret_key": "hidden"}')
    connect("..data", "hidden")
    assert controller.client.get("/connections").json() == {
        "connections": [{"name": "archive.eu-1", "kind": "prefix"}, {"name": "shop", "kind": "query"}]
    }
