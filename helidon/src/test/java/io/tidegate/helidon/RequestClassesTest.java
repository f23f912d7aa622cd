package io.tidegate.helidon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.tidegate.node.RequestClasses;
import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsReader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Says within a second what {@code RequestClassesContract} would say of a renamed class. */
class RequestClassesTest {
    @Test
    void everyListedClassOfThisProjectIsThere() {
        Settings closedAndTraced = SettingsReader.read(
                Map.of("tidegate.auth.secret", "0123456789abcdef0123456789abcdef", "tidegate.tracing.enabled", "true"),
                Map.of());
        List<String> own = RequestClasses.names(closedAndTraced, getClass().getClassLoader()).stream()
                .filter(name -> name.startsWith("io.tidegate."))
                .toList();
        assertFalse(own.isEmpty());
        assertEquals(List.of(), own.stream().filter(name -> !isThere(name)).toList());
    }

    private boolean isThere(String name) {
        try {
            Class.forName(name, false, getClass().getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
