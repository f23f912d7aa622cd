package io.tidegate.check;

import java.util.List;
import java.util.Locale;

/**
 * The checker's result.
 *
 * @param overtaken publishes that came before an earlier one of the same publisher, whose result was unknown when they
 *     were handed over; allowed where the server refused the earlier one, or may answer that nobody knows
 */
public record Report(List<Defect> defects, long overtaken) {
    private static final int SHOWN = 20;

    public long count(Defect.Kind kind) {
        return defects.stream().filter(defect -> defect.kind() == kind).count();
    }

    /** A line with the count of each kind, then the first defects. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Defect.Kind kind : Defect.Kind.values()) {
            text.append(kind.name().toLowerCase(Locale.ROOT))
                    .append(' ')
                    .append(count(kind))
                    .append(", ");
        }
        text.append("overtaken ").append(overtaken);
        defects.stream().limit(SHOWN).forEach(defect -> text.append("\n  ").append(defect));
        if (defects.size() > SHOWN) {
            text.append("\n  and ").append(defects.size() - SHOWN).append(" more");
        }
        return text.toString();
    }
}
