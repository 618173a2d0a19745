"""The bundled newswire: an invented world, played over real HTTP on this machine, for `watcher demo` and the tests."""
