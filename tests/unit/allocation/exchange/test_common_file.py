"""The common file is read through its mapping, and compared without a row lost."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.errors import ProblemsError
from allocation.exchange.common_file import (
    CommonFileMapping,
    MappedColumn,
    Rows,
    check_mapping,
    read_common_file,
    reconcile,
    written,
)

STATUS = {"A": "admitted", "I": "incomplete"}
COLUMNS = [
    MappedColumn(column="INSCRIT", field="registered_on", day="%d/%m/%Y"),
    MappedColumn(column="STATUT", field="status", codes=STATUS),
    MappedColumn(column="ENFANTS", field="dependent_children"),
    MappedColumn(column="COMMUNE", field="choice_1"),
]
MAPPING = CommonFileMapping(name="example", key="NUMERO", columns=COLUMNS)
FILE = "NUMERO;INSCRIT;STATUT;ENFANTS;COMMUNE;REMARQUE\nA1;01/03/2021;A;2;52011;x\nA2;;I;;;\n"


def faults(text: str, mapping: CommonFileMapping = MAPPING) -> list[tuple[int, str, str]]:
    with pytest.raises(ProblemsError) as refused:
        read_common_file(text.encode(mapping.encoding), mapping)
    return [(p.row, p.column, p.code.removeprefix("common_file.")) for p in refused.value.problems]


def test_cells_become_our_fields_and_codes() -> None:
    assert read_common_file(FILE.encode(), MAPPING) == {
        "A1": {
            "registered_on": "2021-03-01", "status": "admitted", "dependent_children": "2",
            "choice_1": "52011",
        },
        "A2": {
            "registered_on": "", "status": "incomplete", "dependent_children": "", "choice_1": "",
        },
    }  # fmt: skip


def test_what_is_written_is_read_back_the_same() -> None:
    rows = read_common_file(FILE.encode(), MAPPING)
    lines = [";".join([key, *written(values, MAPPING)]) for key, values in rows.items()]
    text = "\n".join(["NUMERO;INSCRIT;STATUT;ENFANTS;COMMUNE", *lines])
    assert read_common_file(text.encode(), MAPPING) == rows


def test_every_fault_of_the_file_is_told_with_its_line_and_column() -> None:
    head = "NUMERO;INSCRIT;STATUT;ENFANTS;COMMUNE\n"
    told = faults(head + "A1;31/02/2021;Z;deux;1\n;;;;\nA1;;;;\nA3;;\nX;1;;;\n;x;;;\n")
    assert told == [
        (2, "ENFANTS", "not_integer"),
        (2, "INSCRIT", "not_date"),
        (2, "STATUT", "not_choice"),
        (4, "NUMERO", "key_twice"),
        (5, "", "row_length"),
        (6, "INSCRIT", "not_date"),
        (7, "NUMERO", "no_key"),
    ]


def test_a_file_without_its_columns_or_of_another_encoding_is_told_as_a_whole() -> None:
    assert faults("NUMERO;STATUT;STATUT\nA1;A;A\n") == [
        (1, "COMMUNE", "missing_column"),
        (1, "ENFANTS", "missing_column"),
        (1, "INSCRIT", "missing_column"),
        (1, "STATUT", "missing_column"),
    ]
    with pytest.raises(ProblemsError) as refused:
        read_common_file("NUMERO\né".encode("cp1252"), MAPPING)
    assert [(p.row, p.code) for p in refused.value.problems] == [(2, "common_file.encoding")]
    assert faults('NUMERO;"STA"TUT\nx')[0][2] == "unreadable"


def test_every_fault_of_a_mapping_is_told_with_its_place() -> None:
    columns = [
        MappedColumn(column="NUMERO", field="statut"),
        MappedColumn(column="S", field="status", codes={"A": "admis"}),
        MappedColumn(column="T", field="status", day="%d"),
    ]
    wrong = CommonFileMapping(name="x", key="NUMERO", master="ours", columns=columns)
    with pytest.raises(ProblemsError) as refused:
        check_mapping(wrong)
    assert [(p.where, p.column, p.code.removeprefix("common_file.")) for p in
            refused.value.problems] == [
        ("", "basis", "master_without_basis"),
        ("/columns/0", "column", "column_twice"),
        ("/columns/0", "field", "unknown_field"),
        ("/columns/1", "codes", "unknown_code"),
        ("/columns/1", "field", "field_twice"),
        ("/columns/2", "day", "day_form"),
        ("/columns/2", "field", "field_twice"),
    ]  # fmt: skip
    check_mapping(MAPPING)


names = st.sampled_from([f"A{n}" for n in range(8)])
values = st.fixed_dictionaries(
    {"status": st.sampled_from(["admitted", ""]), "choice_1": st.sampled_from(["1", "2"])}
)
sides = st.dictionaries(names, values)


@given(ours=sides, theirs=sides)
def test_totals_add_up_and_every_difference_is_one(ours: Rows, theirs: Rows) -> None:
    found = reconcile(ours, theirs, of=["status", "choice_1"])
    assert found.adds_up()
    told = {(d.application_id, d.field, d.kind) for d in found.differences}
    expected = {(a, "", "only_ours") for a in ours if a not in theirs}
    expected |= {(a, "", "only_theirs") for a in theirs if a not in ours}
    expected |= {
        (a, f, "different")
        for a in ours
        for f in ("status", "choice_1")
        if a in theirs and ours[a][f] != theirs[a][f]
    }
    assert told == expected
    turned = reconcile(dict(reversed(ours.items())), theirs, of=["choice_1", "status"])
    assert turned == found


@given(ours=sides, theirs=sides)
def test_applying_every_difference_leaves_none(ours: Rows, theirs: Rows) -> None:
    found = reconcile(ours, theirs, of=["status", "choice_1"])
    after = {a: dict(v) for a, v in ours.items()}
    for d in found.differences:
        if d.kind == "only_ours":
            del after[d.application_id]
        elif d.kind == "only_theirs":
            after[d.application_id] = theirs[d.application_id]
        else:
            after[d.application_id][d.field] = d.theirs
    assert reconcile(after, theirs, of=["status", "choice_1"]).differences == ()


def outcome(text: str) -> tuple[int, int]:
    """Rows read and faults told."""
    try:
        return len(read_common_file(text.encode(), MAPPING)), 0
    except ProblemsError as refused:
        return 0, len(refused.problems)


@given(text=st.text(alphabet=string.printable + "é\x00", max_size=200))
def test_nonsense_is_refused_with_its_faults_and_never_breaks(text: str) -> None:
    n_rows, n_faults = outcome(text)
    assert (n_rows, n_faults > 0) == (0, True)
    head = "NUMERO;INSCRIT;STATUT;ENFANTS;COMMUNE\n"
    n_rows, n_faults = outcome(head + text)
    assert n_rows == 0 or n_faults == 0
