-- Reads the messages behind a position, or the last messages.
--
-- KEYS  1 state  2 log, as in publish.lua  3 birth, as in attach.lua
-- ARGV  1 and 2 the position's epoch and offset; or empty, and the number of the last messages  3 bytes after which the answer
--       ends  4 bytes that a message counts besides its envelope  5 ms for which a position of an empty topic is valid
--
-- Answers the epoch, the offset of the last message, the offset before the first envelope, then the envelopes. There are no
-- envelopes where the log does not reach back. The answer is empty where the topic has another epoch, and where nothing is
-- kept of it and no birth either. The last messages of a topic of which nothing is kept are none, behind the position of an
-- empty topic, as in attach.lua: this read is a single step, so that no message can come between it and a second one.
--
-- The first message of the present state follows a position of an empty topic, if no other state was between them. A state
-- that began and ended between them would have lived longer than the position is valid. Where such a topic has no state,
-- the position itself is its last position.
local known = redis.call('HMGET', KEYS[1], 'epoch', 'offset', 'born')
local epoch, head, next = known[1], tonumber(known[2] or '0'), tonumber(ARGV[2]) + 1
local birth, at = string.match(ARGV[1], '^(..........)(%d%d%d%d%d%d%d%d%d%d%d%d%d)$')
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if ARGV[1] == '' then
  if not epoch then
    birth = redis.call('GET', KEYS[3])
    return birth and {birth .. string.format('%013.0f', now), 0, 0} or {}
  end
  next = head - math.min(tonumber(ARGV[2]), redis.call('XLEN', KEYS[2])) + 1
elseif birth then
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
  -- Entries with a hole between them: a node that keeps no messages has published in between.
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
