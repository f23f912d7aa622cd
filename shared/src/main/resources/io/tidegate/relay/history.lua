-- Reads what was published behind a position.
--
-- KEYS  1 state  2 log, as in publish.lua
-- ARGV  1 and 2 the position's epoch and offset  3 bytes after which there is enough
--
-- Answers the epoch and the offset of the last message, then the envelopes right behind the position. None of them where
-- the log does not reach back, or the epoch is another; nothing at all for a topic that is not known.
local known = redis.call('HMGET', KEYS[1], 'epoch', 'offset')
if not known[1] then
  return {}
end
local head = tonumber(known[2] or '0')
local answer = {known[1], head}
local next = tonumber(ARGV[2]) + 1
if known[1] ~= ARGV[1] then
  return answer
end
local bytes, enough = 0, tonumber(ARGV[3])
while next <= head and bytes < enough do
  local entries = redis.call('XRANGE', KEYS[2], string.format('%.0f-0', next), '+', 'COUNT', 32)
  if #entries == 0 or tonumber(string.match(entries[1][1], '^%d+')) ~= next then
    break
  end
  for i = 1, #entries do
    local envelope = entries[i][2][2]
    answer[#answer + 1] = envelope
    bytes = bytes + #envelope
    next = next + 1
    if bytes >= enough then
      break
    end
  end
end
return answer
