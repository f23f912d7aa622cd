-- Reads the last position of a topic, for a node that has just subscribed to the topic or for a caller that asks.
--
-- KEYS  1 to 4 as in publish.lua  5 birth: one random value for all topics of a slot; it is made once, and lost with the data
--       6 state of the presence, as in presence.lua
-- ARGV  1 a new epoch  2 ttl of the state in ms  3 and 4 the epoch and offset of the last position that the node knows,
--       empty and 0 where it knows none  5 a birth, used where there is none yet
--
-- Answers the epoch and the offset of the last message, and 1 where the topic's presence may be watched, else 0. If nothing
-- is kept of a topic, a read of it keeps nothing either: the epoch in the answer is the birth, then the time in ms in
-- 13 digits, and the offset is 0 (EmptyPosition).
--
-- A count goes back if Redis came back with less than it had (a replica that took over, a disk that was behind). The same
-- offsets would then stand for other messages. A node that knows a later position begins a new epoch, so that no client
-- mistakes one message for the other; publish.lua does the same. The new state has no time of birth, so no position of an
-- empty topic can be resumed in it.
local state, log, ids, older = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local watched = redis.call('EXISTS', KEYS[6])
local known = redis.call('HMGET', state, 'epoch', 'offset')
local epoch, offset = known[1], tonumber(known[2] or '0')
if epoch and (epoch ~= ARGV[3] or offset >= tonumber(ARGV[4])) then
  return {epoch, offset, watched}
end
if not epoch and (ARGV[3] == '' or #ARGV[3] == 23) then
  local birth = redis.call('GET', KEYS[5])
  if not birth then
    birth = ARGV[5]
    redis.call('SET', KEYS[5], birth)
  end
  local time = redis.call('TIME')
  return {birth .. string.format('%013.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)), 0, watched}
end
redis.call('DEL', state, log, ids, older)
redis.call('HSET', state, 'epoch', ARGV[1], 'offset', '0', 'turned', 'none')
redis.call('PEXPIRE', state, ARGV[2])
return {ARGV[1], 0, watched}
