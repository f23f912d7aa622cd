/**
 * A clock that stands still until a test advances it, in place of the global object. What is due happens in order: timers
 * are a heap by their time and the order in which they were set.
 */
export class Time extends EventTarget {
  /** Milliseconds since the start of the run, which nobody sets; and what the wall clock is ahead of them. */
  #now = 5_000;
  #wall = 1_700_000_000_000;
  #heap = [];
  #live = new Map();
  #ids = 0;

  Date = { now: () => Math.floor(this.#wall + this.#now) };
  performance = { now: () => this.#now };
  /** What a client logs, where a test looks at it. */
  logged = [];
  console = {
    warn: (text) => this.logged.push(text),
    error: (error) => this.logged.push(error),
  };

  setTimeout = (run, ms) => {
    const timer = { id: ++this.#ids, at: this.#now + Math.max(0, Math.ceil(ms)), run };
    this.#live.set(timer.id, timer);
    this.#push(timer);
    return timer.id;
  };

  clearTimeout = (id) => {
    this.#live.delete(id);
  };

  /** Of the wall clock. */
  get now() {
    return this.Date.now();
  }

  /** Somebody sets the wall clock. */
  stepClock(ms) {
    this.#wall += ms;
  }

  /** Between two timers promises get their turn, as they would from a real event loop. */
  async advance(ms) {
    const until = this.#now + ms;
    for (;;) {
      await settled();
      const next = this.#next();
      if (!next || next.at > until) break;
      this.#pop();
      this.#live.delete(next.id);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = until;
  }

  /** The machine sleeps: time passes, and no timer is run. On some systems the clock that nobody sets sleeps, too. */
  sleep(ms, { clockSleeps = false } = {}) {
    if (clockSleeps) this.#wall += ms;
    else this.#now += ms;
  }

  #next() {
    while (this.#heap.length > 0 && !this.#live.has(this.#heap[0].id)) this.#pop();
    return this.#heap[0];
  }

  #push(timer) {
    const heap = this.#heap;
    let i = heap.push(timer) - 1;
    for (let up; i > 0 && isBefore(timer, heap[up = (i - 1) >> 1]); i = up) heap[i] = heap[up];
    heap[i] = timer;
  }

  #pop() {
    const heap = this.#heap;
    const last = heap.pop();
    if (heap.length === 0) return;
    let i = 0;
    for (let down = 1; down < heap.length; down = 2 * i + 1) {
      if (down + 1 < heap.length && isBefore(heap[down + 1], heap[down])) down++;
      if (!isBefore(heap[down], last)) break;
      heap[i] = heap[down];
      i = down;
    }
    heap[i] = last;
  }
}

const isBefore = (a, b) => a.at < b.at || (a.at === b.at && a.id < b.id);

async function settled() {
  for (let i = 0; i < 12; i++) await null;
}

/** The same numbers for the same seed, from 0 to 1 (mulberry32). */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
