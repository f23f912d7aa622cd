/** An element with attributes and children; text is never markup. */
export function element(name, attributes, children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value) made.setAttribute(key, value);
  made.append(...(Array.isArray(children) ? children : [children]));
  return made;
}

export const link = (href, text) => element('a', { href }, text);

/** Exchanges what an element holds; the focus stays on the link or button at the same place. */
export function fill(parent, children) {
  const focusable = () => [...parent.querySelectorAll('a, button')];
  const place = focusable().indexOf(document.activeElement);
  parent.replaceChildren(...children);
  if (place >= 0) focusable()[place]?.focus();
}

export const number = (value) => value.toLocaleString('en');

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
