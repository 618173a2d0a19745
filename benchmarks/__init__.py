"""Every speed claim of docs/performance.md, runnable: `make bench`, or `python -m benchmarks NAME`."""
