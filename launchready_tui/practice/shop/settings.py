"""How the shop's application is built and run, as a value: a performance fault changes a field of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShopSettings:
    """Every field has the value with which all is well.

    `joins_sellers`: a list loads its sellers together with the listings. `orders_index`: orders can be found by seller.
    `slim_api`: the public API answers one page of chosen fields. `dashboard_is_private` and `prices_are_live` say what
    a cache may store. `categories_set_no_cookie`: the list of categories is the same for all, so that a cache keeps it;
    `categories_by_name`: it is sorted by a column, not by a report over all orders. `pool` is the number of connections
    that the application may open; with `connection_per_visitor` a browser keeps its one until it disconnects. `workers`
    send mail at the same time, a job takes `job_seconds`.
    `payment_calls` are the requests to the payment provider for one checkout, of which a refused one is repeated
    `payment_retries` times, after the pause that the provider asks for if `patient`. `kept_per_request` are bytes that
    a request leaves behind in memory.
    """

    joins_sellers: bool = True
    orders_index: bool = True
    slim_api: bool = True
    dashboard_is_private: bool = True
    prices_are_live: bool = True
    categories_set_no_cookie: bool = True
    categories_by_name: bool = True
    pool: int = 24
    connection_per_visitor: bool = False
    workers: int = 2
    job_seconds: float = 0.02
    payment_calls: int = 1
    payment_retries: int = 2
    patient: bool = True
    kept_per_request: int = 0
