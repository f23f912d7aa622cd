package io.tidegate.rehearsal.hpa;

/** How to grow and how to shrink ({@code HorizontalPodAutoscalerBehavior}). */
public record Behavior(Rules up, Rules down) {}
