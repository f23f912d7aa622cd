package io.tidegate.charts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is cut off by a policy fails without a word: it must let out to where the server is told to go. */
final class NetworkPolicyTest {
    private static final String ON = "networkPolicy: {enabled: true}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "redis://redis:6379                          | 6379",
                "redis://redis                               | 6379",
                "rediss://:p%40ss@cache.example.com:6380     | 6380",
                "rediss://cache.example.com                  | 6379",
                "redis://a:7000,redis://b:7001,redis://c:7000 | 7000 7001",
                "redis://[2001:db8::1]:6390                  | 6390",
                "redis://[2001:db8::1]                       | 6379",
                "redis+sentinel://a:26380,b/main             | 6379 26380 26379",
            })
    void portsOfRedisAreThoseOfItsUrl(String url, String ports) {
        String values = "config: {relay: {url: '" + url + "'}}";

        assertEquals(ports, egress(Chart.PROMETHEUS, ON, values).get(1));
    }

    @Test
    void portsThatAreNamedCount() {
        String secret = "{redis: {existingSecret: cache, urlKey: url}, networkPolicy: {redisPorts: [7000]}}";

        assertEquals("7000", egress(Chart.PROMETHEUS, ON, secret).get(1));
    }

    @Test
    void aPodWithoutRedisIsLetOutToTheNamesAlone() {
        String alone = "{autoscaling: {enabled: false}, replicas: 1, config: {relay: {url: ''}}}";

        assertEquals(List.of("53 53 5353 5353"), egress(ON, alone));
    }

    @Test
    void trialRedisIsReached() {
        List<String> egress = egress(Chart.PROMETHEUS, ON, "redis: {trial: {enabled: true}}");

        assertTrue(egress.contains("6379"), egress::toString);
    }

    private static List<String> egress(String... values) {
        List<String> rules = new ArrayList<>();
        for (JsonNode rule :
                Chart.render(values).get("NetworkPolicy/chat-tidegate").at("/spec/egress")) {
            List<JsonNode> ports = new ArrayList<>();
            rule.path("ports").forEach(ports::add);
            rules.add(ports.stream().map(port -> port.path("port").asText()).collect(Collectors.joining(" ")));
        }
        return rules;
    }
}
