-- Posts debit offsets with an id of their own each, to the account the mock is seeded with.
local counter = 0
local thread_id = 0

function setup(thread)
  thread:set("thread_id", thread_id)
  thread_id = thread_id + 1
end

function request()
  counter = counter + 1
  local body = string.format(
    '{"line_item_id":"li_%d_%d","original_amount_cents":200,"effective_at":"2020-07-20T09:11:28+00:00",' ..
    '"allocation":"INTEREST","external_fields":[{"key":"Globex Card Processing Account ID",' ..
    '"value":"22445702-a389-431f-927d-07b8d0750787"}]}', thread_id, counter)
  return wrk.format("POST", "/accounts/can_52322/line_items/debit_offsets", {
    ["Authorization"] = "Bearer demo-token",
    ["Content-Type"] = "application/json",
  }, body)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("requests_per_second %.0f\n", summary.requests / (summary.duration / 1e6)))
  io.write(string.format("p99_ms %.1f\n", latency:percentile(99) / 1000))
  io.write(string.format("not_2xx %d\n", errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
