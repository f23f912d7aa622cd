package io.tidegate.rehearsal.hpa;

/** The rules of growing and of shrinking ({@code HorizontalPodAutoscalerBehavior}). */
public record Behavior(Rules up, Rules down) {}
