/**
 * A client of {@code tidegate.v1}: several topics over one connection that moves from node to node without losing or
 * doubling a message. {@link io.tidegate.client.TidegateClient} is where to begin.
 *
 * <p>Inside, everything that decides runs in one {@code Mailbox} of the client, one task at a time, and never blocks: the
 * sockets' events, the timers, and what the application asks for are tasks in it. So none of that state has a lock. What
 * the application is told goes through a second mailbox, on threads of its own: it may block there.
 */
@NullMarked
package io.tidegate.client;

import org.jspecify.annotations.NullMarked;
