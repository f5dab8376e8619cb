"""Reads access logs: which routes take the time (S1.PERF.01). Needs no engagement and no product.

    from launchready_tui.logs.reading import read
    from launchready_tui.logs.recognise import Wanted

    report = read(["access.log", "access.log.1.gz"])
    report = read(["app.json"], Wanted(fields=(("path", "req.url"), ("duration", "took:ms"))))
    report = read(["odd.log"], Wanted("$remote_addr [$time_local] \"$request\" $status $request_time"))

`read` gives a `report.LogReport`: lines, unparsed lines, span, formats, files, and the routes by total time, each with
count, percentiles by nearest rank, maximum, and its answers by class of status. It raises `InputError` for what is no
readable file and for a format that is none; lines that no layout reads are counted, never an error. `-` is stdin, pipes
and `.gz` and `.zst` files are read as they come. A `reading.Stop` ends it after the block at hand, and what was read by
then is reported as partial.

Nothing that a visitor sent is kept but route templates: query strings are dropped while lines are read, unparsed lines
are kept by their shape only.

The modules, from the outside in: `reading` (files, division of the work), `crew` and `work` (processes), `recognise`
(which layouts), `scan` (lines into layouts), `layouts`, `commonlog`, `servers`, `w3c`, `declared` (text), `dialects`,
`jsonlog`, `envelope` (JSON), `templates`, `collapse` (routes), `tally`, `durations`, `timeline` (counting), `report`.
"""
