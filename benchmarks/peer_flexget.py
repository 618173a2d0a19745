"""Run by another Python, in which FlexGet is installed: the same feeds, entries accepted by a regular expression.

Arguments: base URL, number of feeds, how they answer. Prints the CPU seconds of the first and of the second cycle.
"""

import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

TERMS = "militia|memorandum|nato|hormuz|strait|sanctions|tariff|brigade|ministry|iran|iraq"


def main() -> None:
    base, count, way = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with TemporaryDirectory() as folder:
        rss = "    rss: {{url: '{1}/{2}/{0}', all_entries: no}}\n"
        task = f"  feed-{{0}}:\n{rss}    regexp: {{{{accept: ['{{3}}'], from: [title, description]}}}}\n"
        tasks = "".join(task.format(number, base, way, TERMS) for number in range(count))
        (Path(folder) / "config.yml").write_text(f"tasks:\n{tasks}", encoding="utf-8")
        flexget = Path(sys.executable).with_name("flexget")
        for _ in range(2):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            command = [flexget, "-c", "config.yml", "--loglevel", "error", "execute"]
            subprocess.run(command, cwd=folder, check=True, capture_output=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            print(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 0, flush=True)


main()
