package io.tidegate.client;

import java.util.Optional;

/**
 * Messages of a topic are missing and cannot be recovered, because the history no longer reaches back to them.
 *
 * @param after the position of the last message before the gap; empty where there was none
 * @param position the position after which delivery continues
 */
public record Gap(String topic, Optional<String> after, String position) {}
