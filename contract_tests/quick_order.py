"""In which order a quick run looks, as its time may not suffice for all on a busy machine.

What finds most for its time comes first, of the zoo and of servers of others; but what asks whether
a server still knows what it was told comes late.
``tests/zoo/order.py`` tells how much each probe finds, and how soon this order does.
"""

from __future__ import annotations

QUICK_ORDER = (
    *("records.times", "http.trailing_slash", "accepts.json_text", "money.all_of_a_bucket"),
    *("money.more_than_a_bucket_owes", "accepts.amounts", "http.percent_encoding"),
    *("accepts.media_types", "accepts.the_future", "money.large_amounts", "records.envelope"),
    *("auth.giving_back", "records.unknown_accounts"),
    *("money.reads_change_nothing", "http.query_is_ignored", "accepts.instants"),
    *("accepts.external_fields", "http.expectations", "http.chunks", "accepts.ids"),
    *("http.cases_of_headers", "refuses.media_types", "records.own_account", "refuses.instants"),
    *("records.the_first_items", "http.heads", "refuses.ids", "records.a_full_item"),
    *("auth.posts", "records.giving_back", "refuses.odd_values", "accepts.unknown_members"),
    *("refuses.amounts", "records.generated_ids", "refuses.bodies", "http.methods"),
    *("http.connections_go_on", "accepts.allocations", "records.filters"),
    *("concurrency.two_accounts", "money.buckets", "refuses.unknown_accounts"),
    *("concurrency.of_one_bucket", "concurrency.debits_and_credits"),
    *("records.reading_by_odd_ids", "records.pages", "money.reading_items_changes_nothing"),
    *("money.just_past", "concurrency.of_several_buckets"),
    *("records.one_id_on_two_accounts", "refuses.several_at_once", "refuses.ids_stay_free"),
    *("money.whatever_else_is_said", "http.accepts", "concurrency.reads_of_two_accounts"),
    *("refuses.allocations", "concurrency.right_and_wrong_tokens", "auth.before_all_else"),
    *("refuses.external_fields", "model.allocations_do_not_stay"),
    *("records.repeats_with_other_content", "records.old_ids", "concurrency.one_id"),
    *("http.options", "records.newest_first", "http.odd_paths", "model.giving_and_taking"),
    *("http.many_on_one_connection", "growth.with_more_items", "model.pairs_of_allocations"),
    *("concurrency.valid_and_invalid", "money.other_accounts", "model.some_in_a_row"),
    *("records.repeats_of_odd_ids", "refuses.before_the_opening", "money.one_post"),
    *("records.repeats", "concurrency.no_ids", "records.each_credit", "auth.one_connection"),
    *("records.limits_out_of_range", "money.many_posts", "auth.the_right_token"),
    *("auth.other_accounts", "concurrency.many_posts", "concurrency.reads_among_posts"),
    *("model.one_after_another", "auth.reads", "http.lengths", "http.throttling"),
    *("auth.read_only_token", "auth.foreign_account", "auth.token_exchange"),
)
"""The names of all probes that a quick run has, but for those that look first of all."""
