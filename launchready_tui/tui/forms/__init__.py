"""The forms: everything that people record is typed here.

Every form about the engagement is made as `XForm(snapshot, what it is about, *, drafts=None, draft=None)`. It closes
with a tuple of records to write in this order (new people first, the record itself last), or with None where nothing
is to be recorded. The caller writes them.

`drafts` is the app's one `Drafts` (found as `app.drafts` where it is not given). When the records could not be written,
the caller opens the form again with `draft` set to what was refused: it then shows what was typed.
`Drafts.not_recorded` does the same for a form that is opened later.
"""
