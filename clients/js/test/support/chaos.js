import assert from 'node:assert/strict';
import { index } from './fleet.js';
import { Harness, outcome, seeded } from './harness.js';

const HOSTS = ['a', 'b', 'c'];
const TOPICS = ['tea', 'mate'];
/** Of these some come and go; `rock` is always there. */
const USERS = ['ann', 'ben', 'cleo', null];
/** So many, one after the other; a failure names its seed, and SEED=n runs that one alone. */
const { SEED, SEEDS = 60 } = process.env;
const seeds = SEED ? [Number(SEED)] : Array.from({ length: Number(SEEDS) }, (_, i) => i + 1);

/** A client in a fleet to which, at random but the same for each seed, all happens that may happen. */
export class Run {
  harness = new Harness();
  publishes = [];
  followed = [];
  said = 0;
  unkeptHeard = 0;
  newsHeard = 0;

  /**
   * @param unkept the part of the messages that are not kept
   * @param pauses between two events, at most, in ms
   * @param options of the client, made of the run
   */
  constructor(seed, { history, gaps, refusals, unkept, pauses = [5, 50, 500], options }) {
    this.random = seeded(seed);
    this.gaps = gaps;
    this.unkept = unkept;
    this.pauses = pauses;
    const { fleet } = this.harness;
    fleet.history = history;
    fleet.heartbeatMs = 1_000;
    fleet.latency = () => this.upTo(40);
    fleet.lag = () => this.upTo(60);
    fleet.subscribing = () => this.upTo(60);
    fleet.relay = () => (refusals && this.chance(0.05) ? this.one(['refused', 'unknown']) : undefined);
    fleet.meeting = () => this.upTo(60);
    fleet.page = 2;
    fleet.paging = () => this.upTo(30);
    for (const topic of TOPICS) fleet.join(topic, 'rock');
    for (const host of HOSTS) fleet.node(host);
    const urls = HOSTS.map((host) => `ws://${host}/chat`);
    this.client = this.harness.client(urls, { random: () => this.random(), ...options?.(this) });
    this.client.addEventListener('lost', ({ topic, from, position }) => {
      const follow = this.followed.find((one) => one.topic === topic && !one.over);
      follow.story.push({ lost: [index(from), index(position)] });
    });
    for (const type of ['join', 'leave']) {
      this.client.addEventListener(type, ({ topic, user }) => {
        this.#met(topic).told.push({ type, user, at: this.harness.time.performance.now() });
      });
    }
    this.client.addEventListener('presence', ({ topic, users }) => {
      const { subscription, told } = this.#met(topic);
      assert.equal(users, subscription.users);
      told.push({ users: [...users.keys()] });
    });
    for (const topic of TOPICS) this.follow(topic);
  }

  #met(topic) {
    return this.followed.find((one) => one.topic === topic && !one.over);
  }

  upTo(ms) {
    return Math.floor(this.random() * ms);
  }

  chance(part) {
    return this.random() < part;
  }

  one(list) {
    return list[this.upTo(list.length)];
  }

  /** Subscribes, with two listeners, and writes down in their order what came and what was called lost. */
  follow(topic, after) {
    const follow = { topic, begin: index(after), story: [], over: false, told: [], met: this.harness.fleet.presence(topic).length };
    const listen = (heard) => ({ position, message }) => {
      assert.equal(follow.over, false, 'a message after unsubscribe()');
      heard(position === undefined ? { unkept: message } : { at: index(position) });
    };
    follow.subscription = this.client.subscribe(topic, listen((step) => follow.story.push(step)), { after, presence: true });
    follow.second = this.client.subscribe(topic, listen((step) => assert.deepEqual(follow.story.at(-1), step)));
    this.followed.push(follow);
  }

  #event() {
    const { fleet } = this.harness;
    const node = fleet.node(this.one(HOSTS));
    const happenings = {
      publish: () => this.#publish(),
      say: () => this.harness.say(`hi-${this.said++}`, this.one(TOPICS), { keep: !this.chance(this.unkept) }),
      come: () => this.#comeOrGo('join'),
      go: () => this.#comeOrGo('leave'),
      clock: () => this.harness.time.stepClock(this.one([-3_600_000, 3_600_000])),
      reconnect: () => this.client.reconnect(),
      cut: () => [...node.connections].forEach((peer) => peer.end(this.one([1006, 1011, 1013]))),
      crash: () => node.crash(),
      restart: () => node.restart(),
      leave: () => node.leaving || node.leave(() => this.upTo(1_500)),
      hang: () => { node.hangs = true; },
      blackhole: () => Object.assign(fleet.last ?? {}, { blackholed: true }),
      gap: () => this.gaps && node.gap(),
      resubscribe: () => this.#resubscribe(),
      network: () => this.harness.time.dispatchEvent(new Event(this.one(['online', 'offline']))),
    };
    const often = ['publish', 'publish', 'publish', 'say', 'say', 'say', 'restart', 'restart', 'leave'];
    happenings[this.one([...often, ...Object.keys(happenings)])]();
  }

  #publish() {
    const topic = this.one(TOPICS);
    const id = `mine-${this.publishes.length}`;
    const keep = !this.chance(this.unkept);
    this.publishes.push({ topic, id, keep, outcome: outcome(this.client.publish(topic, id, { id, keep })) });
  }

  #comeOrGo(type) {
    const topic = this.one(TOPICS);
    const there = this.harness.fleet.present(topic);
    const users = USERS.filter((user) => there.has(user) === (type === 'leave') && this.chance(0.5));
    this.harness.fleet[type](topic, ...users);
  }

  #resubscribe() {
    const follow = this.one(this.followed.filter(({ over }) => !over));
    follow.second.unsubscribe();
    follow.subscription.unsubscribe();
    follow.over = true;
    const { topic, subscription } = follow;
    const { length } = this.harness.fleet.log(topic);
    const earlier = length ? this.harness.fleet.log(topic)[this.upTo(length)].frame.position : undefined;
    this.follow(topic, this.one([subscription.position, undefined, earlier]));
  }

  async chaos(events) {
    for (let i = 0; i < events; i++) {
      await this.harness.time.advance(this.upTo(this.one(this.pauses)));
      this.#event();
    }
    // All is well again, and all that was under way arrives.
    this.harness.fleet.relay = () => undefined;
    for (const host of HOSTS) this.harness.fleet.node(host).restart();
    await this.harness.time.advance(60_000);
    for (const topic of TOPICS) this.harness.say('the end', topic);
    await this.harness.time.advance(1_000);
  }

  check() {
    assert.equal(this.client.state, 'live');
    assert.equal(this.client.pending, 0);
    for (const follow of this.followed) {
      this.#checkStory(follow);
      this.#checkPresence(follow);
    }
    for (const [topic, stream] of this.harness.fleet.streams) {
      const mine = stream.filter(({ id }) => id !== undefined).map(({ id }) => id);
      assert.deepEqual([...mine], [...new Set(mine)], `published twice on ${topic}`);
    }
    for (const { topic, id, keep, outcome: { value, error } } of this.publishes) {
      if (keep) assert.equal(this.harness.fleet.log(topic)[index(value.position)].id, id);
      else if (value) assert.equal(value.position, undefined);
      else assert.match(error.code, /^(connection-lost|relay-unavailable)$/);
    }
  }

  /** From its beginning to the end of the log each message once and in order, but for what was called lost. */
  #checkStory({ topic, begin, story, over }) {
    let at = begin;
    const unkept = new Map(this.harness.fleet.stream(topic).map((entry) => [entry.frame.message, entry]));
    for (const step of story) {
      if (step.unkept !== undefined) {
        const { behind } = unkept.get(step.unkept) ?? assert.fail(`${topic}: ${step.unkept} came twice`);
        if (at !== undefined) assert.equal(behind, at + 1, `${topic}: ${step.unkept} is out of order`);
        unkept.delete(step.unkept);
        this.unkeptHeard++;
      } else if (step.lost) {
        if (at !== undefined) assert.equal(step.lost[0], at, `${topic}: lost from elsewhere`);
        assert.ok(this.gaps || step.lost[1] > step.lost[0], `${topic}: lost without a loss`);
        at = step.lost[1];
      } else {
        const words = `${topic}: a message missing, repeated or out of order`;
        if (at !== undefined) assert.equal(step.at, at + 1, words);
        at = step.at;
      }
    }
    if (!over) assert.equal(at, this.harness.fleet.log(topic).length - 1, `${topic}: the last is missing`);
  }

  /** Each join and leave is a real one, and comes once and in its order; a list has those who are there by then. */
  #checkPresence({ topic, told, over, met, subscription }) {
    const { fleet } = this.harness;
    // The node may have been behind when the list came.
    const real = fleet.presence(topic).slice(Math.max(0, met - 3 * USERS.length));
    const next = new Map();
    let known;
    for (const { type, user, users, at } of told) {
      if (users) {
        known ??= new Set(users);
        assert.deepEqual([...known].sort(), users.sort(), `${topic}: a list that was not told`);
      } else {
        assert.notEqual(user, 'rock');
        assert.equal(known.has(user), type === 'leave', `${topic}: ${type} of ${user}, told twice`);
        if (type === 'join') known.add(user);
        else known.delete(user);
        const from = next.get(user) ?? 0;
        const index = real.findIndex((one, i) => i >= from && one.user === user && one.type === type && one.at <= at);
        assert.ok(index >= 0, `${topic}: a ${type} of ${user} that was not`);
        next.set(user, index + 1);
        this.newsHeard++;
      }
    }
    const there = [...fleet.present(topic).keys()].sort();
    if (!over) assert.deepEqual([...subscription.users.keys()].sort(), there, `${topic}: who is there`);
  }

  /** Publishes of one client keep their order on each topic. */
  checkOrder() {
    for (const topic of TOPICS) {
      const done = this.publishes.filter((one) => one.topic === topic && one.outcome.value).map(({ id }) => id);
      const stream = this.harness.fleet.stream(topic).map(({ id }) => id).filter((id) => done.includes(id));
      assert.deepEqual(stream, done, `${topic}: published out of order`);
    }
  }
}

export async function forEachSeed(settings, check) {
  let unkeptHeard = 0;
  let newsHeard = 0;
  for (const seed of seeds) {
    const run = new Run(seed, settings);
    try {
      await run.chaos(120);
      run.check();
      check?.(run);
      unkeptHeard += run.unkeptHeard;
      newsHeard += run.newsHeard;
    } catch (error) {
      throw new Error(`with SEED=${seed}: ${error.message}`, { cause: error });
    } finally {
      run.client.close();
    }
  }
  assert.ok(unkeptHeard > 2 * seeds.length, `${unkeptHeard} of those that are not kept came`);
  assert.ok(newsHeard > 2 * seeds.length, `${newsHeard} joins and leaves came`);
}
