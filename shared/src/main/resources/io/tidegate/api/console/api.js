/** What the server has refused. */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Topics that are asked for; a fleet that has more is shown by a longer prefix. */
const MOST_TOPICS = 10_000;
const PAGE = 1_000;

/** The HTTP API of the server that this page came from. */
export class Api {
  #key;

  constructor(key) {
    this.#key = key;
  }

  async #ask(method, path, signal, body) {
    let response;
    try {
      response = await fetch(`/api/${path}`, {
        method,
        signal,
        body,
        headers: { Authorization: `Bearer ${this.#key}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ApiError(0, 'The server does not answer.');
    }
    if (response.status === 204) return null;
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new ApiError(response.status, answer.detail ?? `HTTP ${response.status}`);
    return answer;
  }

  get(path, signal) {
    return this.#ask('GET', path, signal);
  }

  /** The topics that begin so, page by page, up to a bound. */
  async topics(prefix, signal) {
    const list = [];
    let after = '';
    do {
      const query = new URLSearchParams({ prefix, after, limit: PAGE });
      const page = await this.get(`topics?${query}`, signal);
      list.push(...page.topics);
      after = page.next;
    } while (after !== null && list.length < MOST_TOPICS);
    return { list, more: after !== null };
  }

  messages(topic, after, limit, signal) {
    const query = new URLSearchParams({ limit, ...(after === null ? {} : { after }) });
    return this.get(`topics/${encodeURIComponent(topic)}/messages?${query}`, signal);
  }

  presence(topic, limit, signal) {
    return this.get(`topics/${encodeURIComponent(topic)}/presence?limit=${limit}`, signal);
  }

  connections(user, signal) {
    return this.get(`users/${encodeURIComponent(user)}/connections`, signal);
  }

  publish(topic, json) {
    return this.#ask('POST', `topics/${encodeURIComponent(topic)}/messages`, undefined, json);
  }

  throwOutUser(user) {
    return this.#ask('DELETE', `users/${encodeURIComponent(user)}/connections`);
  }

  throwOutConnection(id) {
    return this.#ask('DELETE', `connections/${encodeURIComponent(id)}`);
  }
}
