package io.tidegate.hub;

import io.tidegate.protocol.Position;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The subscriptions of one write loop to one topic. For that loop's thread alone. */
final class Audience {
    private static final Subscription[] NONE = {};

    /** A prime number, so that every place has its turn to be first. */
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

    /** The position of the last message that was handed out to the subscriptions; null before the first message. */
    @Nullable
    Position delivered() {
        return delivered;
    }

    void delivered(Position position) {
        delivered = position;
    }

    /** The audience has lost its last member. Returns how often that has happened. */
    int emptied() {
        return ++timesEmpty;
    }

    /** Whether the audience has been empty all the time since {@link #emptied} returned this count. */
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
     * The place at which a delivery begins. Each delivery begins further on, so that no subscription is always the last.
     * Otherwise a client that publishes as soon as it has read a message would always be just too late for the next
     * round.
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

    /**
     * The last member takes the place that becomes free, so that a removal costs the same in a topic of ten and of ten
     * thousand.
     */
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

    @SuppressWarnings("NullAway") // nothing reads a slot behind the last member
    private void clear(int index) {
        members[index] = null;
    }
}
