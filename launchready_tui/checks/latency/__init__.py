"""How long the routes take, by the log, by visits, by a browser, and what a change did to it."""
