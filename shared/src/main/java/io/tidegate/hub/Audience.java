package io.tidegate.hub;

import io.tidegate.protocol.Position;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The subscriptions of one write loop to one topic. For that loop's thread alone. */
final class Audience {
    private static final Subscription[] NONE = {};

    /** A prime, so that the places of all come up. */
    private static final int STEP = 61;

    private Subscription[] members = NONE;
    private int size;
    private boolean carried;
    private int timesEmpty;
    private int first;
    private @Nullable Position delivered;

    /** Whether the relay delivers the topic to this node. */
    boolean carried() {
        return carried;
    }

    void carry() {
        carried = true;
    }

    /** Up to here all has been handed out; null before the first message. */
    @Nullable
    Position delivered() {
        return delivered;
    }

    void delivered(Position position) {
        delivered = position;
    }

    /** It has lost its last member; returns how often that has happened. */
    int emptied() {
        return ++timesEmpty;
    }

    /** Whether it has been empty since it was so for that many times. */
    boolean isEmptySince(int times) {
        return size == 0 && timesEmpty == times;
    }

    int size() {
        return size;
    }

    Subscription member(int index) {
        return members[index];
    }

    /**
     * Where a delivery begins: each time further on, so that nobody is always the last. A client that publishes as soon as it has
     * read would else always come just too late for the next round.
     */
    int nextFirst() {
        first = first + STEP < size ? first + STEP : 0;
        return first;
    }

    void add(Subscription subscription) {
        if (size == members.length) {
            members = Arrays.copyOf(members, Math.max(1, size + (size >> 1) + 1));
        }
        subscription.place(size);
        members[size++] = subscription;
    }

    /** The last one takes its place, so that leaving costs the same in a topic of ten and of ten thousand. */
    void remove(Subscription subscription) {
        int place = subscription.place();
        if (place < size && members[place] == subscription) {
            Subscription last = members[--size];
            last.place(place);
            members[place] = last;
            members = size == 0 ? NONE : members;
            if (size < members.length) {
                clear(size);
            }
        }
    }

    @SuppressWarnings("NullAway") // behind the last member nobody looks
    private void clear(int index) {
        members[index] = null;
    }
}
