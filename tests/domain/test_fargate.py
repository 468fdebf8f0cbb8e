"""Fargate sizes: pairs on sale, rounding up and down, and what to choose between."""

import pytest

from bot.domain.aws.fargate import Size, alternatives, round_down, round_up, sizes


@pytest.mark.parametrize(
    ("mib", "cpu", "size"),
    [
        pytest.param(512, 256, Size(256, 512), id="as it is"),
        pytest.param(513, 256, Size(256, 1024), id="a little more"),
        pytest.param(1025, 256, Size(256, 2048), id="a quarter vCPU knows no 1,536"),
        pytest.param(2049, 256, Size(512, 3072), id="a quarter vCPU ends at 2,048"),
        pytest.param(600, 1024, Size(1024, 2048), id="CPU is never lowered"),
        pytest.param(8193, 1024, Size(2048, 9216), id="the next CPU, in its steps"),
        pytest.param(30_721, 4096, Size(8192, 32_768), id="steps of four GiB"),
        pytest.param(61_441, 8192, Size(16_384, 65_536), id="steps of eight GiB"),
        pytest.param(122_881, 16_384, Size(32_768, 249_856), id="three sizes only"),
        pytest.param(249_857, 256, None, id="more than is sold"),
        pytest.param(512, 65_536, None, id="more CPU than is sold"),
    ],
)
def test_rounding_up(mib: float, cpu: int, size: Size | None) -> None:
    assert round_up(mib, cpu) == size


def test_windows_has_whole_cpus_only() -> None:
    assert round_up(512, 256, windows=True) == Size(1024, 2048)
    assert {size.cpu for size in sizes(windows=True)} == {1024, 2048, 4096}


def test_the_table_is_the_one_of_the_api() -> None:
    assert len(sizes()) == 3 + 4 + 7 + 13 + 23 + 12 + 12 + 3
    assert list(sizes()) == sorted(sizes())


@pytest.mark.parametrize(
    ("mib", "cpu", "choices"),
    [
        pytest.param(1500, 256, (Size(256, 2048),), id="today's CPU sells it"),
        pytest.param(
            3000, 256, (Size(256, 2048), Size(512, 3072)), id="the most without more CPU, or more CPU"
        ),
        pytest.param(300_000, 256, (), id="nothing does"),
    ],
)
def test_a_forced_rise_of_cpu_leaves_a_choice(mib: float, cpu: int, choices: tuple[Size, ...]) -> None:
    assert alternatives(mib, cpu) == choices


def test_rounding_down_keeps_the_cpu() -> None:
    assert round_down(5000, 1024) == Size(1024, 4096)
    assert round_down(1000, 1024) is None
