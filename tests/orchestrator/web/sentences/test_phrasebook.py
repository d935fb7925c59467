"""Sentences by their patterns: every one is found again, nothing is lost, and people's own words cost no more."""

from __future__ import annotations

import time

import pytest

from orchestrator.web.sentences.book import book_of, sentences_of
from orchestrator.web.sentences.pattern import HEAD, PLACEHOLDER, Pattern
from orchestrator.web.sentences.phrasebook import Phrasebook
from orchestrator.web.sentences.row import said_row

ZH = book_of("zh")
PATTERNS = [Pattern.of(*one) for one in sentences_of("zh").items()]


def sample(pattern: Pattern) -> tuple[str, dict[str, str]]:
    """A sentence of this pattern, and what was filled in."""
    values: dict[str, str] = {}
    for number, found in enumerate(PLACEHOLDER.finditer(pattern.english), 7):
        word = found[1].partition("_or_")[0] if "_or_" in found[1] else f"X{number}"
        values[found[0]] = "the STOP file" if found[0] == HEAD else f"{number}" if found[2] else word
    return PLACEHOLDER.sub(lambda found: values[found[0]], pattern.english), values


def test_each_pattern_is_found_again_and_none_is_hidden_by_one_that_says_less() -> None:
    wrong = []
    for pattern in (one for one in PATTERNS if not one.fixed):
        sentence, values = sample(pattern)
        found = ZH.match(sentence)
        told_apart = "}{" not in pattern.english and "_or_" not in pattern.english
        if found is None or found[0].rank[0] < pattern.rank[0] or (told_apart and found != (pattern, values)):
            wrong.append((sentence, pattern.english, found))

    assert wrong == []


def test_every_sentence_has_its_own_translation() -> None:
    for pattern in PATTERNS:
        assert set(PLACEHOLDER.findall(pattern.translation)) <= set(PLACEHOLDER.findall(pattern.english))
        if pattern.fixed:
            assert ZH.say(pattern.english) == pattern.translation


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("no answer for 12 s", "12 秒没有应答"),
        ("running → failed: no answer for 12 s", "运行中 → 失败：12 秒没有应答"),
        ("waits for run 7 (lost), which has oven-1", "等待测试 7（失联），oven-1 由其占用"),
        ("in oven-1, waits for run 7 (running), run 8 (lost)", "在 oven-1 中，等待测试 7（运行中），测试 8（失联）"),
        ("interlock: cell A1: no answer for 30 s; the state of its cells is unknown",
         "联锁：电芯 A1：30 秒没有应答；其电芯状态未知"),
        ("run 17 is completed and cannot pause; launch it again", "测试 17 已完成，不能暂停；请重新启动"),
        ('limits.voltage: "1.5" has no unit; write a voltage such as 1.5 V or 10 mV',
         'limits.voltage："1.5" 没有单位；请写电压，例如 1.5 V 或 10 mV'),
        ("records cannot be read: [Errno 5] who knows", "无法读取记录：[Errno 5] who knows"),
    ],
)  # fmt: skip
def test_what_is_filled_in_is_translated_where_it_is_known(english: str, chinese: str) -> None:
    assert ZH.say(english) == chinese


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "ladder 0.2 A/g",
        "run for the hills",
        "no answer for 12 s; the cat was at the cable",
        "Change the electrolyte, then look: is it clear?",
    ],
)
def test_what_is_not_known_stays_as_it_is_and_never_half(sentence: str) -> None:
    assert ZH.say(sentence) == sentence


def test_a_name_that_is_also_a_word_of_ours_stays_a_name() -> None:
    assert ZH.say("cell running is not known") == "电芯 running 未知"
    assert ZH.say("run 3 is running") == "测试 3 运行中"


def test_english_says_everything_as_it_was_said() -> None:
    assert book_of("en").say("no answer for 12 s") == "no answer for 12 s"


def test_the_columns_of_a_plan_stay_where_they_are() -> None:
    rows = [
        "         step         current  until",
        "line 23    discharge  -6.7 mA  0.01 V",
        "segment 1: limits 6 mA; record what the instrument does",
    ]

    assert [said_row(ZH, row) for row in rows] == [
        "         工步         电流     直到",
        "第 23 行   放电       -6.7 mA  0.01 V",
        "程序段 1：限值 6 mA；记录仪器执行的内容",
    ]


@pytest.mark.parametrize(
    "words",
    ["run ", "write ", "cell a, ", "x: ", "a; ", "waits for run 7, which has ", "; the state of its cells is unknown",
     "line 1: ", "no answer for 3 s; ", " for 3 s", "(a ", "run 1 (", "trip 1: "],
)  # fmt: skip
def test_words_that_people_repeat_for_ever_are_read_at_once(words: str) -> None:
    began_s = time.thread_time()

    Phrasebook(sentences_of("zh")).say((words * 2000)[:2000])

    assert time.thread_time() - began_s < 2.0


def test_a_sentence_that_is_said_again_is_remembered() -> None:
    sentences = [f"no answer for {number} s" for number in range(2000)]
    for sentence in sentences:
        ZH.say(sentence)
    began_s = time.thread_time()

    for sentence in sentences:
        ZH.say(sentence)

    assert time.thread_time() - began_s < 0.2
