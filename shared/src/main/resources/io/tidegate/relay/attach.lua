-- Says where a topic stands, to a node that has just subscribed to it.
--
-- KEYS  as in publish.lua
-- ARGV  1 epoch for a topic that has none, or whose count has gone back  2 ttl of the state in ms  3 and 4 the epoch and
--       offset up to which the node has delivered, empty and 0 where it has not
--
-- Answers the epoch and the offset of the last message.
--
-- A count goes back where Redis came back with less than it had (a replica that took over, a disk that was behind): the
-- same offsets would then stand for other messages. A node that knows better begins a new epoch, so that nobody takes
-- one for the other.
local state, log, ids, older = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local known = redis.call('HMGET', state, 'epoch', 'offset')
local epoch, offset = known[1], tonumber(known[2] or '0')
if not epoch or (epoch == ARGV[3] and offset < tonumber(ARGV[4])) then
  epoch, offset = ARGV[1], 0
  redis.call('DEL', state, log, ids, older)
  redis.call('HSET', state, 'epoch', epoch, 'offset', '0')
end
redis.call('PEXPIRE', state, ARGV[2])
return {epoch, offset}
