import { useEffect, useState, useSyncExternalStore } from 'react';

/**
 * The messages of a topic, the oldest first, and whether some are missing. `client` is made once, outside of components:
 * `export const client = connect('wss://chat.example.com/chat')`.
 *
 * One component of a page asks for a topic and hands the messages on: the history comes with the first subscription of a
 * client only.
 */
export function useTopic(client, topic, { last = 50, most = 500 } = {}) {
  const [seen, setSeen] = useState({ messages: [], lost: false });
  useEffect(() => {
    setSeen({ messages: [], lost: false });
    const subscription = client.subscribe(
      topic,
      (message) => setSeen(({ messages, lost }) => ({ messages: [...messages, message].slice(-most), lost })),
      { last },
    );
    const onLost = (event) => {
      if (event.topic === topic) setSeen(({ messages }) => ({ messages, lost: true }));
    };
    client.addEventListener('lost', onLost);
    return () => {
      subscription.unsubscribe();
      client.removeEventListener('lost', onLost);
    };
  }, [client, topic, last, most]);
  return seen;
}

/** The client's state, such as `live` or `waiting`. */
export function useConnection(client) {
  return useSyncExternalStore(
    (onChange) => {
      client.addEventListener('statechange', onChange);
      return () => client.removeEventListener('statechange', onChange);
    },
    () => client.state,
    () => 'connecting',
  );
}
