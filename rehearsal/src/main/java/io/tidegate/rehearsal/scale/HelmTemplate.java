package io.tidegate.rehearsal.scale;

import com.marcnuri.helm.Helm;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Prints a rendered chart. A separate program, because Helm contains a Go runtime, which takes over the signals of its
 * process: SIGTERM would no longer end the rehearsal.
 */
final class HelmTemplate {
    private HelmTemplate() {}

    /**
     * Arguments: chart, release, namespace, then values as {@code key=value}. Exits with 1 and Helm's message if Helm
     * refuses.
     */
    public static void main(String[] arguments) {
        // Explicit, because Helm would otherwise query a cluster.
        var template = new Helm(Path.of(arguments[0]))
                .template()
                .withName(arguments[1])
                .withNamespace(arguments[2])
                .withKubeVersion("1.33.0");
        Arrays.stream(arguments)
                .skip(3)
                .map(each -> each.split("=", 2))
                .forEach(each -> template.set(each[0], each[1]));
        try {
            System.out.print(template.call());
            System.out.flush();
        } catch (IllegalStateException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }
}
