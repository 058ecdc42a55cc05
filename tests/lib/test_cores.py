"""The cores that a process may use, in file systems as Linux has them in control groups of both versions."""

import os
from pathlib import Path

import pytest

from relutui.lib import cores
from relutui.lib.cores import available_cores


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "_affinity", lambda: 64)


def system(root: Path, groups: str, files: dict[str, str]) -> Path:
    """A root with the process's control groups, and files in /sys/fs/cgroup."""
    for name, text in {"proc/self/cgroup": groups, **{f"sys/fs/cgroup/{name}": text for name, text in files.items()}}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    ("groups", "files", "expected"),
    [
        ("0::/\n", {"cpu.max": "max 100000\n"}, 64),
        ("0::/\n", {"cpu.max": "200000 100000\n"}, 2),
        ("0::/\n", {"cpu.max": "150000 100000\n"}, 2),  # a part of a core counts as one
        ("0::/\n", {"cpu.max": "1000 100000\n"}, 1),
        ("0::/\n", {}, 64),  # the top of a machine has no quota
        ("0::/a/b\n", {"a/b/cpu.max": "max 100000", "a/cpu.max": "300000 100000", "cpu.max": "800000 100000"}, 3),
        ("0::/a/b\n", {"a/b/cpu.max": "500000 100000", "a/cpu.max": "900000 100000"}, 5),
        ("0::/docker/1f\n", {"cpu.max": "400000 100000"}, 4),  # a container sees its own group at the top
        ("0::/../b\n", {"cpu.max": "400000 100000"}, 4),
        ("0::/\n", {"cpu.max": "nonsense\n"}, 64),
        ("0::/\n", {"cpu.max": "200000 0\n"}, 64),
        ("4:memory:/a\n2:cpu,cpuacct:/a\n", {"cpu/a/cpu.cfs_quota_us": "250000", "cpu/a/cpu.cfs_period_us": "100000"}, 3),
        ("2:cpu,cpuacct:/a\n", {"cpu/a/cpu.cfs_quota_us": "-1", "cpu/a/cpu.cfs_period_us": "100000"}, 64),
        ("2:cpuset:/a\n1:name=systemd:/a\n", {"cpu/a/cpu.cfs_quota_us": "100000", "cpu/a/cpu.cfs_period_us": "100000"}, 64),
        ("", {}, 64),
    ],
)
def test_the_quotas_of_control_groups(tmp_path: Path, groups: str, files: dict[str, str], expected: int) -> None:
    assert available_cores(system(tmp_path, groups, files)) == expected


@pytest.mark.usefixtures("many")
def test_without_control_groups(tmp_path: Path) -> None:
    assert available_cores(tmp_path) == 64


def test_a_quota_beyond_the_affinity_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "_affinity", lambda: 2)
    assert available_cores(system(tmp_path, "0::/\n", {"cpu.max": "800000 100000"})) == 2


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="a process's cores cannot be chosen here")
def test_the_affinity_counts(tmp_path: Path) -> None:
    usual = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(usual)})
        assert available_cores(tmp_path) == 1
    finally:
        os.sched_setaffinity(0, usual)
    assert available_cores(tmp_path) == len(usual)
