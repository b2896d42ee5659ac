-- Posts the given files in turns and prints what came of it as one line of JSON.
-- wrk … -s wrk.lua URL -- CONTENT_TYPE FILE…
local requests, turn = {}, 0

function init(args)
  wrk.method = "POST"
  wrk.headers["content-type"] = args[1]
  for i = 2, #args do
    local file = assert(io.open(args[i], "rb"))
    requests[#requests + 1] = wrk.format(nil, nil, nil, file:read("*a"))
    file:close()
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local failed = summary.errors
  print(string.format(
    '{"requests": %d, "seconds": %.6f, "p50": %.6f, "p99": %.6f, "longest": %.6f, "failed": %d}',
    summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e6, latency:percentile(99) / 1e6, latency.max / 1e6,
    failed.connect + failed.read + failed.write + failed.status + failed.timeout))
end
