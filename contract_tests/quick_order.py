"""In which order a quick run looks, as its time may not suffice for all on a busy machine.

What finds most of the zoo for its requests comes first, and what is seen better before others have
posted. ``tests/zoo/order.py`` tells how much each probe finds, and how soon this order does.
"""

from __future__ import annotations

QUICK_ORDER = (
    *("records.own_account", "records.times", "records.envelope", "http.trailing_slash"),
    *("http.percent_encoding", "http.expectations", "http.heads", "accepts.json_text"),
    *("accepts.media_types", "http.query_is_ignored", "money.reads_change_nothing"),
    *("records.giving_back", "accepts.allocations", "money.buckets", "money.all_of_a_bucket"),
    *("http.many_on_one_connection", "records.a_full_item", "accepts.ids", "accepts.instants"),
    *("http.odd_paths", "money.one_post", "auth.giving_back", "http.methods"),
    *("http.cases_of_headers", "http.chunks", "records.one_id_on_two_accounts"),
    *("accepts.external_fields", "concurrency.many_posts", "refuses.bodies"),
    *("concurrency.debits_and_credits", "records.newest_first", "records.the_first_items"),
    *("growth.with_more_items", "auth.posts", "money.more_than_a_bucket_owes"),
    *("money.large_amounts", "refuses.amounts", "refuses.allocations"),
    *("records.limits_out_of_range", "concurrency.one_id", "concurrency.no_ids"),
    *("concurrency.right_and_wrong_tokens", "concurrency.reads_among_posts"),
    *("records.generated_ids", "model.allocations_do_not_stay", "model.some_in_a_row"),
    *("refuses.instants", "refuses.odd_values", "records.filters", "records.pages"),
    *("refuses.ids", "accepts.unknown_members", "refuses.external_fields"),
    *("refuses.media_types", "refuses.ids_stay_free", "refuses.several_at_once"),
    *("accepts.the_future", "records.reading_by_odd_ids", "auth.one_connection"),
    *("auth.before_all_else", "auth.other_accounts", "records.repeats"),
    *("concurrency.two_accounts", "concurrency.of_one_bucket", "concurrency.valid_and_invalid"),
    *("model.giving_and_taking", "http.options", "money.other_accounts"),
    *("records.unknown_accounts", "http.accepts", "http.lengths", "auth.the_right_token"),
    *("refuses.before_the_opening", "money.whatever_else_is_said", "http.connections_go_on"),
    *("records.repeats_with_other_content", "money.many_posts", "records.repeats_of_odd_ids"),
    *("refuses.unknown_accounts", "model.one_after_another", "auth.reads"),
    *("concurrency.reads_of_two_accounts", "records.each_credit", "model.pairs_of_allocations"),
    *("accepts.amounts", "records.old_ids", "http.throttling", "auth.read_only_token"),
    *("auth.foreign_account", "auth.token_exchange"),
)
"""The names of all probes that a quick run has, but for those that look first of all."""
