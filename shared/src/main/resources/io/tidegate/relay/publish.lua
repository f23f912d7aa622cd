-- Publishes messages of one topic, in order and in one step: nobody sees the one without the other.
--
-- KEYS  1 state  2 log (stream)  3 ids (hash)  4 ids of the generation before
-- ARGV  1 channel  2 epoch for a topic that has none  3 messages kept, 0 for none  4 their bytes, at most  5 their ttl in ms
--       6 that of the ids  7 that of the state  8 and 9 ids of a generation, at least and at most  10 bytes that a
--       message counts beside its envelope; then for each message 11 its id, empty where it has none, and 12 its envelope
--
-- Answers the epoch, then each message's offset: that of the first one where its id is known.
--
-- What is delivered is one packet: "epoch offset-of-the-first\n", then each envelope behind its length in four bytes.
--
-- The state is a hash. epoch, offset: of the last message. born: when it was made by a first message, in ms. turned: when
-- the last generation of ids ended. bytes: of all messages so far; an entry of the log has those before it. full: the log
-- has too many bytes when there are more than that.
local state, log, ids, older = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local kept, most, overhead = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[10])

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local known = redis.call('HMGET', state, 'epoch', 'offset', 'turned', 'bytes', 'full')
local epoch, offset = known[1], tonumber(known[2] or '0')
local turned, bytes, full = tonumber(known[3] or '0'), tonumber(known[4] or '0'), tonumber(known[5] or ARGV[4])
if not epoch then
  epoch, offset = ARGV[2], 0
end

local answer, packet = {epoch}, {epoch .. ' ' .. string.format('%.0f', offset + 1) .. '\n'}
local named = false
for i = 11, #ARGV, 2 do
  local id, envelope = ARGV[i], ARGV[i + 1]
  local before = id ~= '' and known[1] and (redis.call('HGET', ids, id) or redis.call('HGET', older, id))
  if before then
    answer[#answer + 1] = tonumber(before)
  else
    if not known[1] then
      redis.call('DEL', log, ids, older)
      redis.call('HSET', state, 'epoch', epoch, 'born', string.format('%.0f', now))
      known[1] = epoch
    end
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
      redis.call('XADD', log, 'MAXLEN', kept, text .. '-0', 'm', envelope, 'b', string.format('%.0f', bytes))
      bytes = bytes + #envelope + overhead
    end
  end
end
if #packet == 1 then
  return answer
end

if kept > 0 and bytes > full then
  -- The oldest that may stay: looked for from the front, where few are to go.
  local first, from = 0, '-'
  while first == 0 do
    for _, entry in ipairs(redis.call('XRANGE', log, from, '+', 'COUNT', 4)) do
      local number, before = tonumber(string.match(entry[1], '^%d+')), tonumber(entry[2][4] or '0')
      if bytes - before <= most or number == offset then
        first, full = number, before + most
        break
      end
      from = string.format('%.0f-0', number + 1)
    end
  end
  redis.call('XTRIM', log, 'MAXLEN', offset - first + 1)
end

if named then
  local count = redis.call('HLEN', ids)
  if count >= tonumber(ARGV[9]) or (count >= tonumber(ARGV[8]) and now - turned >= tonumber(ARGV[6])) then
    redis.call('RENAME', ids, older)
    turned = now
  end
end
redis.call('HSET', state, 'offset', string.format('%.0f', offset), 'turned', string.format('%.0f', turned),
  'bytes', string.format('%.0f', bytes), 'full', string.format('%.0f', full))
redis.call('PEXPIRE', state, ARGV[7])
redis.call('PEXPIRE', log, ARGV[5])
redis.call('PEXPIRE', ids, ARGV[6])
redis.call('PEXPIRE', older, ARGV[6])
redis.call('PUBLISH', ARGV[1], table.concat(packet))
return answer
