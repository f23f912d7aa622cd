/** A clock that stands still until a test advances it, in place of the global object. What is due happens in order. */
export class Time extends EventTarget {
  #now = 1_700_000_000_000;
  #due = [];
  #ids = 0;

  Date = { now: () => this.#now };

  setTimeout = (run, ms) => {
    const timer = { id: ++this.#ids, at: this.#now + Math.max(0, Math.ceil(ms)), run };
    this.#due.push(timer);
    return timer.id;
  };

  clearTimeout = (id) => {
    this.#due = this.#due.filter((timer) => timer.id !== id);
  };

  get now() {
    return this.#now;
  }

  /** Between two timers promises get their turn, as they would from a real event loop. */
  async advance(ms) {
    const until = this.#now + ms;
    for (;;) {
      await settled();
      const next = this.#due.reduce((a, b) => (!a || b.at < a.at ? b : a), undefined);
      if (!next || next.at > until) break;
      this.#due.splice(this.#due.indexOf(next), 1);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = until;
  }

  /** The machine sleeps: time passes, and no timer is run. */
  sleep(ms) {
    this.#now += ms;
  }
}

async function settled() {
  for (let i = 0; i < 4; i++) await null;
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
