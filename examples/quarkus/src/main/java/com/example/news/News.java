package com.example.news;

import io.quarkus.runtime.Startup;
import io.tidegate.client.From;
import io.tidegate.client.Message;
import io.tidegate.client.TidegateClient;
import jakarta.annotation.PostConstruct;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/** Logs the news. */
@Startup
@Singleton
public class News {
    private static final Logger LOG = Logger.getLogger(News.class);

    @Inject
    TidegateClient tidegate;

    @PostConstruct
    void listen() {
        tidegate.subscribe("news", From.last(50), this::read);
    }

    /** On a virtual thread, one message at a time; it may block. */
    private void read(Message message) {
        LOG.infof("News: %s", message.message());
    }
}
