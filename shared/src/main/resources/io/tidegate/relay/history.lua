-- Reads what was published behind a position, or the last messages.
--
-- KEYS  1 state  2 log, as in publish.lua  3 birth, as in attach.lua
-- ARGV  1 and 2 the position's epoch and offset, or empty and how many of the last messages  3 bytes after which there is
--       enough  4 bytes that a message counts beside its envelope  5 ms for which a position of an empty topic counts
--
-- Answers the epoch, the offset of the last message, the offset before the first envelope, then the envelopes. None of them
-- where the log does not reach back; nothing at all where the topic is not known, or the epoch is another.
--
-- Behind a position of an empty topic comes the first message of the present state, if that is the next one that
-- there was: one that began, and ended, in between would have lived for longer than the position counts. Such a topic
-- without state has the position itself as its last.
local known = redis.call('HMGET', KEYS[1], 'epoch', 'offset', 'born')
local epoch, head, next = known[1], tonumber(known[2] or '0'), tonumber(ARGV[2]) + 1
local birth, at = string.match(ARGV[1], '^(..........)(%d%d%d%d%d%d%d%d%d%d%d%d%d)$')
if ARGV[1] == '' then
  if not epoch then
    return {}
  end
  next = head - math.min(tonumber(ARGV[2]), redis.call('XLEN', KEYS[2])) + 1
elseif birth then
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  local first = epoch and tonumber(known[3] or '0') or now
  at = tonumber(at)
  if next ~= 1 or redis.call('GET', KEYS[3]) ~= birth or first - at >= tonumber(ARGV[5]) or (epoch and first < at) then
    return {}
  end
  if not epoch then
    return {ARGV[1], 0, 0}
  end
elseif epoch ~= ARGV[1] then
  return {}
end
local answer = {epoch, head, next - 1}
local bytes, enough, overhead = 0, tonumber(ARGV[3]), tonumber(ARGV[4])
while next <= head and bytes < enough do
  local entries = redis.call('XRANGE', KEYS[2], string.format('%.0f-0', next), '+', 'COUNT', 32)
  -- Entries that do not follow each other: a node that keeps none has published in between.
  if #entries == 0 or tonumber(string.match(entries[1][1], '^%d+')) ~= next
      or tonumber(string.match(entries[#entries][1], '^%d+')) ~= next + #entries - 1 then
    break
  end
  for i = 1, #entries do
    local envelope = entries[i][2][2]
    answer[#answer + 1] = envelope
    bytes = bytes + #envelope + overhead
    next = next + 1
    if bytes >= enough then
      break
    end
  end
end
return answer
