-- Publishes messages of one topic, in order and in one step: no reader sees one of them without the others.
--
-- KEYS  1 state  2 log (stream)  3 ids (hash)  4 ids of the generation before
-- ARGV  1 channel  2 a new epoch  3 and 4 the epoch and offset of the last position that the node knows, empty and 0 where
--       it knows none; then for each message 5 its id, empty where it has none, and 6 its envelope
--
-- The lines before this set the constants of all publishes of a link, because each argument costs as much as a field.
-- COMMANDS: those that publish. As text KEPT: messages kept, 0 for none; TTL, IDS_TTL, STATE_TTL: of the messages, of the ids,
-- of the state, in ms. As numbers MOST: the largest number of bytes of the messages; OVERHEAD: bytes that one counts besides
-- its envelope; LEAST_IDS, MOST_IDS: of a generation.
--
-- Answers the epoch, then each message's offset. For a message whose id is known, the offset is that of the first message.
--
-- Where the count is behind what the node knows, it went back, and a new epoch begins, as in attach.lua: the next offset
-- belonged to another message. No new epoch begins where the ids of all messages are known, because then no message needs an
-- offset. The ids end with their epoch, because an id stands for an offset in the epoch.
--
-- The packet on the channel is "epoch offset-of-the-first\n", then each envelope behind its length in four bytes.
--
-- The state is a hash. epoch, offset: of the last message. born: when a first message made the state, in ms. bytes: of all
-- messages so far; the id of an entry of the log is its offset and the bytes before it. full: the log has too many bytes
-- when "bytes" is larger than that. turned: when the last generation of ids ended, 0 where none did, "none" where there
-- was no id; where the field is missing, both generations are searched.
local call, format = redis.call, string.format
local state, log, ids, older = KEYS[1], KEYS[2], KEYS[3], KEYS[4]

-- Each call, and each number made a text, costs half a microsecond. So no call is made for a key that cannot exist.
local known = call('HMGET', state, 'epoch', 'offset', 'bytes', 'full', 'turned')
local epoch, last, bytes, full, turned = known[1], (known[2] or 0) + 0, (known[3] or 0) + 0, known[4], known[5]
if epoch and epoch == ARGV[3] and last < ARGV[4] + 0 then
  local isNew = false
  for i = 5, #ARGV, 2 do
    local id = ARGV[i]
    isNew = isNew or id == '' or not (call('HGET', ids, id) or call('HGET', older, id))
  end
  if isNew then
    epoch, last, bytes, full, turned = ARGV[2], 0, 0, nil, 'none'
    call('DEL', state, log, ids, older)
    call('HSET', state, 'epoch', epoch, 'offset', '0', 'turned', turned)
  end
end
local offset, text, named = last, nil, false

local answer, packet = {epoch or ARGV[2]}, {format('%s %d\n', epoch or ARGV[2], offset + 1)}
for i = 5, #ARGV, 2 do
  local id, envelope = ARGV[i], ARGV[i + 1]
  local before = id ~= '' and epoch and (call('HGET', ids, id) or (turned ~= '0' and call('HGET', older, id)))
  if before then
    answer[#answer + 1] = before + 0
  else
    if not epoch then
      epoch, turned = ARGV[2], 'none'
      call('DEL', log, ids, older)
      local time = call('TIME')
      local born = format('%d', time[1] * 1000 + math.floor(time[2] / 1000))
      call('HSET', state, 'epoch', epoch, 'offset', '0', 'bytes', '0', 'turned', turned, 'born', born)
    end
    offset = offset + 1
    text = format('%d', offset)
    answer[#answer + 1] = offset
    packet[#packet + 1] = struct.pack('>I4', #envelope)
    packet[#packet + 1] = envelope
    if id ~= '' then
      call('HSET', ids, id, text)
      named = true
      if turned == 'none' then
        turned = '0'
        call('HSET', state, 'turned', turned)
      end
    end
    if KEPT ~= '0' then
      call('XADD', log, 'MAXLEN', KEPT, format('%d-%d', offset, bytes), 'm', envelope)
      bytes = bytes + #envelope + OVERHEAD
    end
  end
end
if offset == last then
  return answer
end

if KEPT ~= '0' and bytes > (full or MOST) + 0 then
  -- The oldest message that can stay. The search begins at the front, because only few messages must go.
  local first, from = nil, '-'
  while not first do
    for _, entry in ipairs(call('XRANGE', log, from, '+', 'COUNT', 4)) do
      local number, before = string.match(entry[1], '^(%d+)-(%d+)$')
      number, before = number + 0, before + 0
      if bytes - before <= MOST or number == offset then
        first, full = number, format('%d', before + MOST)
        break
      end
      from = format('%d', number + 1)
    end
  end
  call('XTRIM', log, 'MAXLEN', format('%d', offset - first + 1))
  call('HSET', state, 'offset', text, 'bytes', format('%d', bytes), 'full', full)
else
  call('HSET', state, 'offset', text, 'bytes', format('%d', bytes))
end

if named then
  local count = call('HLEN', ids)
  if count >= LEAST_IDS then
    local time = call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    if count >= MOST_IDS or now - (turned or 0) >= IDS_TTL + 0 then
      call('RENAME', ids, older)
      turned = format('%d', now)
      call('HSET', state, 'turned', turned)
    end
  end
end
call('PEXPIRE', state, STATE_TTL)
if KEPT ~= '0' then
  call('PEXPIRE', log, TTL)
end
if turned ~= 'none' then
  call('PEXPIRE', ids, IDS_TTL)
end
if turned ~= 'none' and turned ~= '0' then
  call('PEXPIRE', older, IDS_TTL)
end
local published = table.concat(packet)
for _, command in ipairs(COMMANDS) do
  call(command, ARGV[1], published)
end
return answer
