-- Publishes messages of one topic, in order and in one step: nobody sees the one without the other.
--
-- KEYS  1 state (hash: epoch, offset)  2 log (stream)  3 ids (hash)  4 ids of the generation before
-- ARGV  1 channel  2 epoch for a topic that has none  3 messages kept, 0 for none  4 their ttl in ms  5 that of the state
--       in ms  6 ids in a generation; then for each message 7 its id, empty where it has none, and 8 its envelope
--
-- Answers the epoch, then each message's offset: that of the first one where its id is known.
--
-- What is delivered is one packet: "epoch offset-of-the-first\n", then each envelope behind its length in four bytes.
local state, log, ids, older = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local kept = tonumber(ARGV[3])

local known = redis.call('HMGET', state, 'epoch', 'offset')
local epoch, offset = known[1], tonumber(known[2] or '0')
if not epoch then
  epoch, offset = ARGV[2], 0
  redis.call('HSET', state, 'epoch', epoch)
  redis.call('DEL', log, ids, older)
end

local answer, packet = {epoch}, {epoch .. ' ' .. string.format('%.0f', offset + 1) .. '\n'}
local named = false
for i = 7, #ARGV, 2 do
  local id, envelope = ARGV[i], ARGV[i + 1]
  local before = id ~= '' and (redis.call('HGET', ids, id) or redis.call('HGET', older, id))
  if before then
    answer[#answer + 1] = tonumber(before)
  else
    offset = offset + 1
    answer[#answer + 1] = offset
    packet[#packet + 1] = struct.pack('>I4', #envelope)
    packet[#packet + 1] = envelope
    local text = string.format('%.0f', offset)
    if id ~= '' then
      redis.call('HSET', ids, id, text)
      named = true
    end
    if kept > 0 then
      redis.call('XADD', log, 'MAXLEN', kept, text .. '-0', 'm', envelope)
    end
  end
end

if #packet > 1 then
  redis.call('HSET', state, 'offset', string.format('%.0f', offset))
  redis.call('PEXPIRE', state, ARGV[5])
  if kept > 0 then
    redis.call('PEXPIRE', log, ARGV[4])
  end
  if named then
    if redis.call('HLEN', ids) >= tonumber(ARGV[6]) then
      redis.call('RENAME', ids, older)
    end
    redis.call('PEXPIRE', ids, ARGV[4])
    redis.call('PEXPIRE', older, ARGV[4])
  end
  redis.call('PUBLISH', ARGV[1], table.concat(packet))
end
return answer
