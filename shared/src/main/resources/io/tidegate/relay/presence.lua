-- Takes a node's report on a topic's presence, removes what has expired, and publishes what has changed, in one step.
--
-- KEYS  1 state  2 users  3 ends: of users without a connection  4 nodes: until when their reports are valid  5 prefix of the
--       names of the hashes that hold what each node has
-- ARGV  1 channel  2 a new epoch  3 the node, empty where the caller only asks  4 "whole" where the counts are all that the node
--       has, else "part"  5 for how long it wants the presence to be kept, in ms; 0: not at all  6 "list" for all users
--       7 for how many ms other nodes were able to report, too, as far as the node knows  8 the number of the report; then for
--       each user 9 the name behind "=", empty for a user without a name, 10 connections on this node, 11 age in ms
--
-- The lines before this set COMMANDS, those that publish, and LINGER, LEASE, UNTENDED, SETTLING, STATE in ms (PresenceTimes).
--
-- Answers "taken", "unwatched" or "unknown"; 1 where every node has reported, else 0; epoch and version; then, if asked, each
-- user's name, and "connections since ends".
--
-- All times except "since" are by the topic's own clock. It advances only while at least one node was able to report. So no
-- user expires while Redis is down or frozen. The published packet is a PresenceChange.
local call, format = redis.call, string.format
local state, users, ends, nodes = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local node, watching, trust = ARGV[3], ARGV[5] + 0, ARGV[7] + 0

local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = call('HMGET', state, 'epoch', 'version', 'clock', 'last', 'watch', 'settled', 'expected', 'settle-by')
local epoch, version, clock = known[1], (known[2] or 0) + 0, (known[3] or 0) + 0
clock = clock + math.max(0, math.min(now - (known[4] or now), math.max(UNTENDED, trust)))
local watch, settled = (known[5] or 0) + 0, known[6] == '1'

local begins = not epoch or watch <= clock
if begins then
  if watching == 0 then
    return {'unwatched', 1, '0', 0}
  end
  for _, name in ipairs(call('ZRANGE', nodes, 0, -1)) do
    call('DEL', KEYS[5] .. name)
  end
  call('DEL', users, ends, nodes)
  epoch, version, settled = ARGV[2], 0, false
end
watch = math.max(watch, clock + watching)

local changed, seen = {}, {}
local function change(user)
  if not seen[user] then
    seen[user] = true
    changed[#changed + 1] = user
  end
end
-- A user is "connections since ends". "ends" is when the user expires if it has no connection. It is counted from the last
-- report on the user, so a user that was on another node a moment ago does not end with a node that is silent.
local function entry(user)
  local text = call('HGET', users, user)
  if text then
    local connections, since, by = string.match(text, '^(%d+) (%d+) (%d+)$')
    return connections + 0, since, by + 0
  end
end
local function put(user, connections, since, by)
  call('HSET', users, user, format('%d %s %d', connections, since, by))
  if connections > 0 then
    call('ZREM', ends, user)
  else
    call('ZADD', ends, by, user)
  end
  change(user)
end
local function remove(user)
  call('HDEL', users, user)
  call('ZREM', ends, user)
  change(user)
end

for _, user in ipairs(call('ZRANGEBYSCORE', ends, '-inf', clock)) do
  remove(user)
end
for _, name in ipairs(call('ZRANGEBYSCORE', nodes, '-inf', clock)) do
  local counts = call('HGETALL', KEYS[5] .. name)
  for i = 1, #counts, 2 do
    local user = counts[i]
    local connections, since, by = entry(user)
    if connections then
      connections = math.max(0, connections - counts[i + 1])
      if connections > 0 or by > clock then
        put(user, connections, since, by)
      else
        remove(user)
      end
    end
  end
  call('DEL', KEYS[5] .. name)
  call('ZREM', nodes, name)
end

local outcome = 'taken'
if node ~= '' then
  local mine = KEYS[5] .. node
  local isKnown = call('ZSCORE', nodes, node)
  if not isKnown then
    call('DEL', mine)
  end
  -- The number is in the field "#", which no user has. A report on a connection that was given up can arrive after a later one.
  local number, taken = ARGV[8] + 0, (call('HGET', mine, '#') or 0) + 0
  if ARGV[4] ~= 'whole' and not isKnown then
    outcome = 'unknown'
  elseif number > taken then
    call('HSET', mine, '#', ARGV[8])
    local function apply(user, connections, age)
      local before = (call('HGET', mine, user) or 0) + 0
      if before == connections then
        return
      end
      if connections > 0 then
        call('HSET', mine, user, connections)
      else
        call('HDEL', mine, user)
      end
      local total, since = entry(user)
      total = math.max(0, (total or 0) + connections - before)
      put(user, total, since or format('%d', now - age), clock + LINGER)
    end
    call('ZADD', nodes, clock + LEASE, node)
    if ARGV[4] == 'whole' then
      local given = {}
      for i = 9, #ARGV, 3 do
        given[ARGV[i]] = true
      end
      for _, user in ipairs(call('HKEYS', mine)) do
        if user ~= '#' and not given[user] then
          apply(user, 0, 0)
        end
      end
    end
    for i = 9, #ARGV, 3 do
      apply(ARGV[i], ARGV[i + 1] + 0, ARGV[i + 2] + 0)
    end
    -- This hash outlives the other keys: the counts in the users are made of its counts.
    call('PEXPIRE', mine, 2 * STATE)
  end
end

local expected, by = (known[7] or 0) + 0, (known[8] or 0) + 0
local settles = not begins and not settled and (call('ZCARD', nodes) >= expected or clock >= by)
settled = settled or settles
if begins or settles or #changed > 0 then
  version = version + 1
  local packet = {format('presence\n%s %d %d\n', epoch, version, settled and 1 or 0)}
  for _, user in ipairs(changed) do
    local connections, since = entry(user)
    packet[#packet + 1] = format('%d %s %d\n', connections or -1, since or '0', #user) .. user
  end
  -- A node subscribes for one of the commands, so none is counted twice.
  local told, published = 0, table.concat(packet)
  for _, command in ipairs(COMMANDS) do
    told = told + call(command, ARGV[1], published)
  end
  if begins then
    expected, by, settled = told, clock + SETTLING, call('ZCARD', nodes) >= told
  end
end
call('HSET', state, 'epoch', epoch, 'version', format('%d', version), 'clock', format('%d', clock),
    'last', format('%d', now), 'watch', format('%d', watch), 'settled', settled and '1' or '0',
    'expected', format('%d', expected), 'settle-by', format('%d', by))
call('PEXPIRE', state, STATE)
call('PEXPIRE', users, STATE)
call('PEXPIRE', ends, STATE)
call('PEXPIRE', nodes, STATE)

local answer = {outcome, settled and 1 or 0, epoch, version}
if ARGV[6] == 'list' then
  for _, word in ipairs(call('HGETALL', users)) do
    answer[#answer + 1] = word
  end
end
return answer
