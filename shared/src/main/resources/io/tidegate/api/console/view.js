/** An element with attributes and children; text is never markup. */
export function element(name, attributes, children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value) made.setAttribute(key, value);
  made.append(...(Array.isArray(children) ? children : [children]));
  return made;
}

export const link = (href, text) => element('a', { href }, text);

const focusable = (parent) => [...parent.querySelectorAll('a, button')];
const nameOf = (control) => control?.getAttribute('aria-label') ?? control?.textContent;

/** Makes an element like a new one, and leaves alone what is the same. */
function liken(old, fresh) {
  const parts = [...fresh.childNodes];
  if (old.childNodes.length !== parts.length) return old.replaceChildren(...parts);
  [...old.childNodes].forEach((part, i) => {
    if (!part.isEqualNode(parts[i])) part.replaceWith(parts[i]);
  });
}

/**
 * Exchanges what an element holds: children that each have a `data-key` of their own. One that was there before stays, and so does what
 * somebody is pressing or has marked in it; the focus stays on what it is on, wherever that has moved.
 */
export function fill(parent, children) {
  const had = focusable(parent);
  const place = had.indexOf(document.activeElement);
  const name = nameOf(had[place]);
  const before = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const now = children.map((child) => {
    const old = before.get(child.dataset.key);
    if (!old) return child;
    before.delete(child.dataset.key);
    liken(old, child);
    return old;
  });
  before.forEach((gone) => gone.remove());
  now.forEach((child, i) => {
    if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] ?? null);
  });
  if (place < 0 || parent.contains(document.activeElement)) return;
  const has = focusable(parent);
  (has.find((control) => nameOf(control) === name) ?? has[Math.min(place, has.length - 1)])?.focus({ preventScroll: true });
}

export const number = (value) => value.toLocaleString('en');

export const counted = (value, word) => `${number(value)} ${word}${value === 1 ? '' : 's'}`;

export function bytes(value) {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let left = value;
  let unit = 0;
  while (left >= 1_024 && unit < units.length - 1) {
    left /= 1_024;
    unit++;
  }
  return `${left < 10 && unit > 0 ? left.toFixed(1) : Math.round(left)} ${units[unit]}`;
}

export const clock = (millis) => new Date(millis).toLocaleTimeString();
