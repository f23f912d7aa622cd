const KEPT = 300; // messages that are shown; also how many may wait to be drawn

export const clock = (ms) => new Date(ms).toLocaleTimeString([], { hour12: false });
export const plain = (value) => (typeof value === 'string' ? value : JSON.stringify(value) ?? '');
export const secondsUntil = (ms) => `${Math.max(0, Math.ceil((ms - Date.now()) / 1000))} s`;

/** A script learns nothing of why a handshake failed. */
export const PERHAPS_A_TOKEN = 'No connection. If this server requires a token, enter one: the button "Token" above';

export function element(name, className, ...content) {
  const made = document.createElement(name);
  made.className = className;
  made.append(...content);
  return made;
}

/** Leaves alone what is the same already: a screen reader would say it again. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** A list of messages and notes that stays at its end, unless the reader has scrolled back. */
export class Log {
  #waiting = [];
  #skipped = 0;
  #follow = true;

  constructor(label) {
    const list = this.list = element('ol', 'log');
    Object.assign(list, { role: 'log', ariaLabel: label, tabIndex: 0 });
    list.addEventListener('scroll', () => {
      this.#follow = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    });
    new ResizeObserver(() => this.#toEnd()).observe(list);
  }

  /** Said by a person; `tags` stand beside the name. */
  say({ user, text, at, tags = [], mine = false }) {
    const item = element('li', mine ? 'said mine' : 'said');
    if (user !== undefined) {
      const marks = tags.map((tag) => element('span', 'tag', tag));
      item.append(element('div', 'who', element('b', '', user), ...at ? [clock(at)] : [], ...marks));
    }
    item.append(element('div', 'text', text));
    this.#draw(item);
  }

  /** Said by the page; `kind` is alert, error or nothing. */
  note(text, kind = '') {
    this.#draw(element('li', `note ${kind}`, `${clock(Date.now())}  ${text}`));
  }

  /** Items are drawn once a frame, and never more than are kept: a flood must not freeze the page. */
  #draw(item) {
    if (this.#waiting.push(item) === 1) requestAnimationFrame(() => this.#flush());
    if (this.#waiting.length > KEPT) {
      this.#waiting.shift();
      this.#skipped++;
    }
  }

  #flush() {
    if (this.#skipped) this.note(`${this.#skipped} messages came too fast to show`, 'alert');
    this.list.append(...this.#waiting);
    this.#waiting = [];
    this.#skipped = 0;
    while (this.list.childElementCount > KEPT) this.list.firstChild.remove();
    this.#toEnd();
  }

  #toEnd() {
    if (this.#follow) this.list.scrollTop = this.list.scrollHeight;
  }
}
