package io.tidegate.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.owner.InlineOwners;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.PresenceAnswer;
import io.tidegate.relay.PresenceAnswer.Outcome;
import io.tidegate.relay.PresenceReport;
import io.tidegate.relay.PresenceTimes;
import io.tidegate.relay.Relay;
import io.tidegate.testing.ManualClock;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What two write loops want, on a relay that answers when the test says. */
class NodeTopicsTest {
    private static final Topic TEA = new Topic("tea");
    private static final PresenceReport ALL = new PresenceReport("", 1, true, Duration.ZERO, false, List.of());

    private final List<String> said = new ArrayList<>();
    private final Deque<CompletableFuture<PresenceAnswer>> questions = new ArrayDeque<>();
    private final Relay relay = (Relay) Proxy.newProxyInstance(
            Relay.class.getClassLoader(), new Class<?>[] {Relay.class}, (proxy, method, args) -> {
                said.add(method.getName() + " " + args[0]);
                CompletableFuture<PresenceAnswer> question = new CompletableFuture<>();
                if (method.getName().equals("presence")) {
                    questions.add(question);
                    return question;
                }
                return CompletableFuture.completedFuture(null);
            });
    private final NodeTopics topics = new NodeTopics(
            () -> relay,
            List.of(told(0), told(1)),
            new Presences.Self("pod-1:a", PresenceTimes.of(Duration.ofSeconds(10)), new ManualClock()),
            new InlineOwners(() -> {}));

    private Consumer<LoopEvent> told(int loop) {
        return event -> said.add("loop " + loop + " is asked");
    }

    private void want(Topic topic, int loop) {
        topics.want(topic, loop, carried -> said.add("loop " + loop + (carried ? " has it" : " has it not")));
    }

    private void report(Topic topic, int loop) {
        topics.report(topic, loop, ALL, answer -> said.add("loop " + loop + " is answered"));
    }

    private void answer(Outcome outcome) {
        questions.remove().complete(new PresenceAnswer(outcome, true, new Position("e", 1), Optional.empty()));
    }

    private List<String> said() {
        List<String> all = List.copyOf(said);
        said.clear();
        return all;
    }

    @Test
    void aTopicEndsWithItsLastLoop() {
        want(TEA, 0);
        want(TEA, 1);
        topics.unwant(TEA, 0);
        assertEquals(List.of("subscribe tea", "loop 0 has it", "subscribe tea", "loop 1 has it"), said());
        topics.unwant(TEA, 1);
        assertEquals(List.of("unsubscribe tea"), said());
    }

    @Test
    void whatIsToldGoesToTheLoopsThatWantIt() {
        List<Integer> loops = new ArrayList<>();
        topics.forEachLoop(TEA, loops::add);
        want(TEA, 1);
        topics.forEachLoop(TEA, loops::add);
        assertEquals(List.of(1), loops);
    }

    @Test
    void aLoopThatIsSilentIsAskedOnceAndTheOthersReportWaits() {
        want(TEA, 0);
        want(TEA, 1);
        said();
        report(TEA, 0);
        report(TEA, 0);
        assertEquals(List.of("loop 1 is asked"), said());
        report(TEA, 1);
        assertEquals(List.of("presence tea"), said());
        answer(Outcome.TAKEN);
        assertEquals(List.of("loop 0 is answered", "loop 0 is answered", "loop 1 is answered"), said());
    }

    @Test
    void aSilentLoopThatLosesItsLastSubscriberIsNotWaitedFor() {
        want(TEA, 0);
        want(TEA, 1);
        report(TEA, 0);
        said();
        topics.unwant(TEA, 1);
        assertEquals(List.of("presence tea"), said());
    }

    /** Its clients wait until they are reported, so that nobody is lost with this node. */
    @Test
    void aLoopThatComesToATopicThatIsWatchedIsAskedBeforeItHasIt() {
        want(TEA, 0);
        report(TEA, 0);
        said();
        want(TEA, 1);
        assertEquals(List.of("loop 1 is asked", "subscribe tea", "loop 1 has it"), said());
    }

    @Test
    void whereNobodyWatchesItIsForgotten() {
        want(TEA, 0);
        report(TEA, 0);
        answer(Outcome.UNWATCHED);
        said();
        want(TEA, 1);
        assertEquals(List.of("subscribe tea", "loop 1 has it"), said());
    }

    /** The loops report many topics in orders of their own: none may wait for a place that another one holds. */
    @Test
    void loopsThatReportInOppositeOrdersDoNotWaitForEachOther() {
        List<Topic> many = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            many.add(new Topic("t" + i));
            want(many.get(i), 0);
            want(many.get(i), 1);
        }
        many.forEach(topic -> report(topic, 0));
        many.reversed().forEach(topic -> report(topic, 1));
        assertTrue(questions.size() <= 64, questions.size() + " at once");
        int answered = 0;
        while (!questions.isEmpty()) {
            answer(Outcome.TAKEN);
            answered++;
        }
        assertEquals(200, answered);
    }
}
