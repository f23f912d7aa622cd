package io.tidegate.client;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Sockets whose other side is the test, step by step. */
final class Wire implements Socket.Factory {
    static final String WELCOME = """
            {"type":"welcome","connection":"c","node":"n","heartbeatMs":1000,\
            "limits":{"message":1000,"topics":9,"queue":1000,"rate":0}}""";

    private final List<Peer> ends = new ArrayList<>();

    @Override
    public void open(URI url, Optional<String> token, boolean handsOver, Duration atMost, Socket.Events events) {
        ends.add(new Peer(url, token, handsOver, events));
    }

    int opened() {
        return ends.size();
    }

    Peer last() {
        return ends.getLast();
    }

    /** The server's end of one socket. */
    static final class Peer implements Socket {
        final URI url;
        final Optional<String> token;
        final boolean handsOver;
        final List<String> sent = new ArrayList<>();
        Optional<Integer> closed = Optional.empty();
        boolean aborted;
        int demand;
        private final Events events;

        Peer(URI url, Optional<String> token, boolean handsOver, Events events) {
            this.url = url;
            this.token = token;
            this.handsOver = handsOver;
            this.events = events;
        }

        /** 101 and welcome. */
        Peer welcome() {
            return welcome(0);
        }

        /** As {@link #welcome()}, of a node that allows so many messages a second. */
        Peer welcome(int rate) {
            events.opened(this);
            say(WELCOME.replace("\"rate\":0", "\"rate\":" + rate));
            return this;
        }

        /** As {@link #welcome()}, of a node that asks for tokens. */
        Peer welcome(String user, long expiresInMs) {
            events.opened(this);
            String who = "{\"user\":\"" + user + "\",\"expiresInMs\":" + expiresInMs + ",";
            say(who + WELCOME.substring(1));
            return this;
        }

        /** The new token counts. */
        void renewed(long expiresInMs) {
            say("{\"type\":\"token\",\"expiresInMs\":" + expiresInMs + "}");
        }

        void open() {
            events.opened(this);
        }

        void say(String frame) {
            demand--;
            events.text(frame);
        }

        void subscribed(String topic, String position, boolean recovered) {
            say("{\"type\":\"subscribed\",\"topic\":\"" + topic + "\",\"position\":\"" + position + "\",\"recovered\":"
                    + recovered + "}");
        }

        void message(String topic, String position) {
            say("{\"type\":\"message\",\"topic\":\"" + topic + "\",\"position\":\"" + position
                    + "\",\"message\":{\"n\": 1},\"timestamp\":7}");
        }

        void ack(String id) {
            say("{\"type\":\"ack\",\"topic\":\"tea\",\"position\":\"p\",\"id\":\"" + id + "\"}");
        }

        void error(String code, String field, String value) {
            say("{\"type\":\"error\",\"code\":\"" + code + "\",\"message\":\"because\",\"" + field + "\":\"" + value
                    + "\"}");
        }

        /** An error of a server that says what it answers. */
        void error(String code, String answers, String topic, String id) {
            String field = id.isEmpty() ? "" : ",\"id\":\"" + id + "\"";
            say("{\"type\":\"error\",\"code\":\"" + code + "\",\"message\":\"because\",\"answers\":\"" + answers
                    + "\",\"topic\":\"" + topic + "\"" + field + "}");
        }

        /** An error that answers nothing. */
        void error(String code) {
            say("{\"type\":\"error\",\"code\":\"" + code + "\",\"message\":\"because\"}");
        }

        void shutdown(long afterMs) {
            say("{\"type\":\"server-shutdown\",\"message\":\"bye\",\"reconnectAfterMs\":" + afterMs + "}");
        }

        void refuse(int status, Duration retryAfter) {
            events.ended(new Socket.End.Refused(status, Optional.of(retryAfter)));
        }

        void refuse(int status) {
            events.ended(new Socket.End.Refused(status, Optional.empty()));
        }

        void fail(String reason) {
            events.ended(new Socket.End.Failed(reason));
        }

        void close(String reason, int code) {
            events.ended(new Socket.End.Closed(code, reason));
        }

        void alive() {
            events.alive();
        }

        @Override
        public void send(String text) {
            sent.add(text);
        }

        @Override
        public void read() {
            demand++;
        }

        @Override
        public void close(int code) {
            closed = Optional.of(code);
        }

        @Override
        public void abort() {
            aborted = true;
        }
    }
}
