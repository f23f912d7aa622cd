package com.example.news;

import io.tidegate.client.Options;
import io.tidegate.client.TidegateClient;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** One client for the whole application, however many topics it listens to. */
@ApplicationScoped
public class Tidegate {
    private static final Logger LOG = Logger.getLogger(Tidegate.class);

    @Produces
    @Singleton
    TidegateClient client(@ConfigProperty(name = "tidegate.url") String url) {
        return TidegateClient.connect(Options.of(url)
                .withStates(change -> LOG.infof("Tidegate: %s", change.to()))
                .withFailures(failure -> LOG.errorf(failure.failure(), "A listener on %s failed", failure.topic())));
    }

    void close(@Disposes TidegateClient client) {
        client.close();
    }
}
