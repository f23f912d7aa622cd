package com.example.news;

import io.tidegate.client.From;
import io.tidegate.client.Options;
import io.tidegate.client.Subscription;
import io.tidegate.client.TidegateClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Logs the news. One client is enough for a whole application, however many topics it listens to. */
@SpringBootApplication
public class NewsApplication {
    private static final Logger LOG = LoggerFactory.getLogger(NewsApplication.class);

    public static void main(String[] args) {
        SpringApplication application = new SpringApplication(NewsApplication.class);
        // The client's threads are daemons: without a web server nothing else keeps the process.
        application.setKeepAlive(true);
        application.run(args);
    }

    /** Closed with the context. */
    @Bean
    TidegateClient tidegate(@Value("${tidegate.url}") String url) {
        return TidegateClient.connect(Options.of(url)
                .withStates(change -> LOG.info("Tidegate: {}", change.to()))
                .withFailures(failure -> LOG.error("A listener on {} failed", failure.topic(), failure.failure())));
    }

    @Bean
    Subscription news(TidegateClient tidegate) {
        return tidegate.subscribe("news", From.last(50), message -> LOG.info("News: {}", message.message()));
    }
}
