"""Data of a visitor's own: what is taken of a table, and what is said of one that cannot be."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from core import Runner, SceneError
from core.nets import own
from core.nets.experiment import Experiment

POINTS = ((0.1, 0.2, 0.0), (0.5, 0.5, 1.0), (-0.3, 0.2, 0.0), (0.9, -0.9, 1.0), (0.2, -1.4, 2.0))
MINE = Experiment(dataset="own", own=POINTS, layers=(3,), epochs=3, runners=(Runner("sgd"),))
PLAIN = b"1,2,a\n3,4,b\n5,7,a\n8,8,b\n"


@pytest.mark.parametrize(
    "raw",
    [
        PLAIN,
        b"\xef\xbb\xbf" + PLAIN,
        b"x,y,label\r\n" + PLAIN.replace(b"\n", b"\r\n"),
        PLAIN.replace(b",", b";"),
        PLAIN.replace(b",", b"\t"),
        PLAIN.replace(b",", b" , "),
        b"\n\n" + PLAIN.replace(b"\n", b"\n\n"),
        b"1,0;2,0;a\n3,0;4,0;b\n5,0;7,0;a\n8,0;8,0;b",
        PLAIN.decode().encode("utf-16"),
        '1,2,"a"\n3,4,"b"\n5,7,"a"\n8,8,"b"'.encode("cp949"),
    ],
)
def test_one_table_however_it_was_written(raw):
    rows = np.array(own.table(raw))
    assert rows.shape == (4, 3)
    assert rows[:, 2].tolist() == [0, 1, 0, 1]
    assert rows[:, :2].mean(axis=0) == pytest.approx(0, abs=2e-3)
    assert rows[:, :2].std(axis=0) == pytest.approx(1, abs=2e-3)


def test_labels_are_numbered_in_their_order():
    rows = own.table(b"1,2,10\n2,3,9\n3,5,10\n4,4,9\n5,5,-1")
    assert [row[2] for row in rows] == [2, 1, 2, 1, 0]
    words = own.table("1,2,사과\n2,3,배\n3,5,사과\n4,4,감".encode("cp949"))
    assert [row[2] for row in words] == [2, 1, 2, 0]


def test_two_columns_are_a_regression():
    rows = own.table(b"x,y\n0,1\n1,3\n2,5\n3,7")
    assert {len(row) for row in rows} == {2}
    record = own.dataset_of(rows)
    assert (record.task, record.features, record.outputs) == ("regression", 1, 1)
    done = replace(MINE, own=rows, epochs=200).train()
    assert done.loss[0, 0, -1] < done.loss[0, 0, 0]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "The file holds no rows."),
        (b"\n \n", "The file holds no rows."),
        (b"x,y\n", "The file holds titles, but no rows."),
        (b"1,2,3,4\n", "The rows have 4 columns; expected are two numbers and a label, or x and y."),
        (b"1\n2\n", "The rows have 1 columns"),
        (b"1,2,a\n1,2\n", "Line 2 has 2 columns, and the first row 3"),
        (b"x,y,c\n1,2,a\n\n1,2,a,b\n", "Line 4 has 4 columns, and the first row 3"),
        (b"1,,a\n1,2,b\n", "Line 1, column 2 is empty; fill it in, or leave the row out."),
        (b"1,2,a\n1,x,b\n", "Line 2, column 2 reads “x”, where a number is expected."),
        (b"1,2,a\n1,inf,b\n", "Line 2, column 2 reads “inf”"),
        (b"1,2,a\n1,1_0,b\n", "Line 2, column 2 reads “1_0”"),
        (b"1,2,a\n1,2,\n", "Line 2 has no label"),
        (b"1,2,a\n2,3,a\n3,4,a\n4,4,a", "All rows have the label “a”; two classes are needed at least."),
        (b"1,2,a\n2,3,b\n", "The file has 2 rows; at least 4 are needed"),
        (b"".join(b"%d,1,%d\n" % (i, i) for i in range(11)), "There are 11 different labels; up to 10 classes"),
        (b"1,2,a\n" * 3000, "The file has 3000 rows; up to 2000 can be taken."),
        (b"1" * 300_000, "The file has 300 kB; up to 200 kB can be taken."),
        (b"\x00\x01\x02\xff\xfe", "The file is no text; a table saved as CSV is expected."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "The file is no text"),
        (b'"1,2,a\n' * 10, "The rows have 1 columns|no table|reads"),
    ],
)
def test_what_is_wrong_with_a_table_is_said_in_a_sentence(raw, said):
    with pytest.raises(SceneError) as fault:
        own.table(raw)
    assert re.search(said, fault.value.text.en), fault.value.text.en
    assert re.search("[가-힣]", fault.value.text.ko)


def test_a_table_of_ten_million_rows_is_refused_at_once():
    with pytest.raises(SceneError, match="up to 200 kB"):
        own.table(b"1,2,a\n" * 10_000_000)


def test_no_bytes_bring_down_the_reader():
    chance = np.random.default_rng(0)
    for _ in range(300):
        raw = chance.choice(np.frombuffer(b'12;,.\t\n\r" -aex\x00\xff\xea\xb0\x80', np.uint8), size=60).tobytes()
        try:
            rows = own.table(raw)
        except SceneError:
            continue
        assert own.rows_of(rows) == rows


def test_points_travel_in_a_link():
    assert Experiment.from_query(MINE.to_query()) == (MINE, [])
    assert own.read(own.spell(POINTS)) == POINTS
    empty = replace(MINE, own=())
    assert Experiment.from_query(empty.to_query()) == (empty, [])


def test_many_points_do_not_and_that_is_said():
    many = replace(MINE, own=POINTS * 100)
    found, problems = Experiment.from_query(many.to_query())
    assert found == replace(many, own=())
    assert "load the table again" in problems[0].text.en


@pytest.mark.parametrize("wrong", ["1,2", "1,2,x", "1,2,0;3,4", "1,2,99", "nan,1,0", "1e9,1,0", "1,2,0.5", ";", "rows"])
def test_what_are_no_points_is_named(wrong):
    found, problems = Experiment.from_query({"dataset": "own", "own": wrong, "r": "sgd"})
    if wrong == "1,2":
        assert found.own == ((1.0, 2.0),)
    else:
        assert (found.own, len(problems)) == ((), 1)
        assert "rows of x, y" in problems[0].text.en


def test_there_must_be_something_to_learn():
    assert MINE.ready
    for few in ((), POINTS[:3], tuple((x, y, 1.0) for x, y, _ in POINTS)):
        assert not replace(MINE, own=few).ready
    assert not replace(MINE, runners=()).ready


def test_the_map_holds_them_all():
    assert own.dataset_of(POINTS).bounds == ((-1.5, 1.5), (-1.5, 1.5))
    (low, high), _ = own.dataset_of(((9.0, 0.0, 0.0), (-3.0, 0.0, 1.0))).bounds
    assert low < -3 < 9 < high
    assert own.dataset_of(()).outputs == 2
    assert own.dataset_of(POINTS).outputs == 3


def test_they_are_trained_with_all_of_them_whatever_else_is_set():
    done = replace(MINE, samples=50, noise=0.4, validation=0.2).train()
    together = np.concatenate([done.data.x, done.data.vx])
    assert sorted(map(tuple, together)) == sorted(row[:2] for row in POINTS)
