/**
 * A client of {@code tidegate.v1}: several topics over one connection, which moves from node to node without losing or
 * duplicating a message. Start with {@link io.tidegate.client.TidegateClient}.
 *
 * <p>Inside, all decisions run in one {@code Mailbox} of the client, one task at a time, and never block: the sockets'
 * events, the timers, and the application's calls are tasks in it. So that state needs no lock. Calls of the application
 * go through a second mailbox, on other threads, where they may block.
 */
@NullMarked
package io.tidegate.client;

import org.jspecify.annotations.NullMarked;
