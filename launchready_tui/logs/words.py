"""Words that logs and paths are told by. Data, not code."""

from __future__ import annotations

METHODS = frozenset(
    """GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT
    SEARCH PURGE QUERY MKCALENDAR ACL BIND UNBIND REBIND LINK UNLINK VERSION-CONTROL CHECKOUT CHECKIN UNCHECKOUT
    MKWORKSPACE UPDATE LABEL MERGE BASELINE-CONTROL MKACTIVITY ORDERPATCH PRI SUBSCRIBE UNSUBSCRIBE NOTIFY
    M-SEARCH SOURCE VIEW""".split()  # noqa: SIM905 - words
)
"""Methods of HTTP and of its relatives; any other is a scanner's invention."""

COLLECTIONS = frozenset(
    """listings listing items item products product goods offers offer ads ad auctions lots orders order purchases
    sales bookings booking reservations invoices invoice payments payment payouts refunds users user members
    member people person profiles profile sellers seller buyers buyer vendors vendor shops shop stores store
    merchants customers customer accounts authors author posts post articles article blog news stories threads
    thread topics topic conversations conversation chats messages message comments reviews review events event
    groups group teams companies organizations organisations orgs projects tags tag collections brands brand
    places cities courses jobs properties property rooms cars recipes books albums tracks videos playlists
    coupons campaigns tickets carts baskets wishlists notifications subscriptions webhooks p u
    c l i t reset reset-password password-reset verify verification confirm confirmation activate activation
    invite invites invitations unsubscribe magic magic-link share shared download downloads token tokens""".split()  # noqa: SIM905 - words
)
"""Segments after which a name is one object's."""

ACTIONS = frozenset(
    """new edit search mine me my self current all popular latest trending featured recent archive export import
    count counts stats summary index list login logout log-in log-out signin signout sign_in sign_out sign-in
    sign-out signup sign_up sign-up register password passwords confirmation confirm verify resend settings
    account profile delete update create add remove batch bulk filter filters categories category autocomplete
    suggest suggestions feed rss atom sitemap health status state webhook callback upload preview checkout cart
    nearby map saved drafts draft pending active closed open page pages by similar related recommended history
    unread read cancel success failed complete session sessions token refresh validate check tags comments
    reviews messages images photos favorites favourites followers following likes track tracking view views
    print share send""".split()  # noqa: SIM905 - words
)
"""Segments that stand after a collection and name something to do, not an object."""

PLAIN = frozenset(
    """get post put patch delete head options http https tls ssl error err warn warning info debug notice crit
    alert emerg fatal trace critical panic client server request response status host upstream timeout timed out
    connection closed reset refused started stopped starting listening ready level msg message time timestamp ts
    method path uri url referer agent user remote addr duration latency bytes size code worker process signal
    stdout stderr f p mon tue wed thu fri sat sun jan feb mar apr may jun jul aug sep oct nov dec null true
    false""".split()  # noqa: SIM905 - words
)
"""Words that a masked line keeps: of log formats, never of a visitor."""
