"""The list, the search, one file: what is told, and what is not."""

from __future__ import annotations

from api.db.tables.standings import standing, standing_head
from tests.fixtures.service import OURS, THEIRS, World


def test_the_list_stands_in_the_legal_order_and_says_what_it_was_worked_out_from(
    world: World,
) -> None:
    told = world.as_role("clerk").get("/applications").json()
    assert [line["position"] for line in told["items"]] == [1, 2]
    assert told["standing"]["version"] == 1
    assert told["standing"]["is_current"]
    assert told["standing"]["on_day"] == "2026-06-30"  # the day of the meeting being prepared


def test_pages_follow_each_other_without_gap(world: World) -> None:
    clerk = world.as_role("clerk")
    whole = [line["application_id"] for line in clerk.get("/applications").json()["items"]]
    first = clerk.get("/applications?limit=1").json()
    second = clerk.get(f"/applications?limit=1&cursor={first['next_cursor']}").json()
    assert [p["items"][0]["application_id"] for p in (first, second)] == whole
    assert second["next_cursor"] == ""


def test_a_search_ignores_accents_and_capitals(world: World) -> None:
    told = world.as_role("clerk").get("/applications?q=AINE zoe").json()
    assert [line["application_id"] for line in told["items"]] == ["A1"]


def test_a_percent_sign_in_a_search_is_a_percent_sign(world: World) -> None:
    assert world.as_role("clerk").get("/applications?q=%25").json()["items"] == []


def test_filters_narrow_the_list(world: World) -> None:
    clerk = world.as_role("clerk")
    transfers = clerk.get("/applications?list=transfer").json()["items"]
    assert {line["application_id"] for line in transfers} == {"A2"}
    assert clerk.get("/applications?nis5=62063").json()["items"] == []


def test_an_identifier_given_whole_finds_its_file_alone(world: World) -> None:
    with world.service.database.writing() as connection:
        connection.execute(standing.update().values(searched="a1 a1"))
    clerk = world.as_role("clerk")
    found = {
        text: [
            line["application_id"] for line in clerk.get(f"/applications?q={text}").json()["items"]
        ]
        for text in ("A1", "a1", "B1")
    }
    assert found == {"A1": ["A1"], "a1": ["A1", "A2"], "B1": []}


def test_those_ranked_and_those_who_take_no_part_make_the_whole_list(world: World) -> None:
    with world.service.database.writing() as connection:
        last = (standing.c.register_id == OURS) & (standing.c.position == 2)
        connection.execute(standing.update().where(last).values(rank=None, ground="incomplete"))
        ours = standing_head.c.register_id == OURS
        connection.execute(standing_head.update().where(ours).values(ranked=1))
    clerk = world.as_role("clerk")
    found = [
        [line["rank"] for line in clerk.get(f"/applications?is_ranked={said}").json()["items"]]
        for said in ("true", "false")
    ]
    assert found == [[1], [None]]


def test_a_cursor_of_another_list_is_refused(world: World) -> None:
    mine = world.as_role("clerk").get("/applications?limit=1").json()["next_cursor"]
    for cursor in (mine, "nonsense", mine[:-2], "é"):
        told = world.as_role("clerk", THEIRS).get("/applications", params={"cursor": cursor})
        assert (told.status_code, told.json()["code"]) == (400, "cursor.invalid")


def test_a_file_tells_points_line_by_line_with_their_article(world: World) -> None:
    told = world.as_role("clerk").get("/applications/A1").json()
    assert "H_HOMELESS" in {line["code"] for line in told["lines"]}
    assert all(line["source"] and line["label"] for line in told["lines"])
    assert told["standing"]["points"] == told["standing"]["housing_points"] + (
        told["standing"]["personal_points"] + told["standing"]["seniority_points"]
    )


def test_reasons_of_health_are_read_by_who_must(world: World) -> None:
    open_file = world.as_role("social_worker").get("/applications/A2").json()
    closed = world.as_role("committee_member").get("/applications/A2").json()
    assert [fact["fact"] for fact in open_file["facts"]] == ["disabled"]
    assert [fact["fact"] for fact in closed["facts"]] == [None]
    assert closed["facts"][0]["is_masked"]
    assert all(member["national_number"] is None for member in closed["members"])
    points = [[line["points"] for line in told["lines"]] for told in (open_file, closed)]
    assert points[0] == points[1]


def test_what_belongs_elsewhere_answers_like_what_does_not_exist(world: World) -> None:
    clerk = world.as_role("clerk")
    hidden, absent = clerk.get("/applications/B1"), clerk.get("/applications/ZZ")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json() == absent.json()
