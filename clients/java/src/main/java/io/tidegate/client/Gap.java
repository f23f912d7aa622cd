package io.tidegate.client;

import java.util.Optional;

/**
 * Messages of a topic are missing, and nobody can bring them back: history no longer reached that far.
 *
 * @param after the position of the last message before the gap; empty where there was none
 * @param position delivery goes on behind it
 */
public record Gap(String topic, Optional<String> after, String position) {}
