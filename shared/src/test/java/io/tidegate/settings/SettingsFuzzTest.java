package io.tidegate.settings;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Values that nobody has thought of; {@code -Djqwik.tries.default=1000000} tries more of them. */
class SettingsFuzzTest {

    @Property
    void aValueIsTakenOrIsAnErrorThatNamesItsKey(@ForAll("keys") String key, @ForAll("values") String value) {
        try {
            assertNotNull(SettingsReader.read(Map.of(key, value), Map.of()));
        } catch (SettingsException e) {
            assertFalse(e.errors().isEmpty());
            assertFalse(e.errors().stream().noneMatch(error -> error.contains("tidegate.")), e::getMessage);
        }
    }

    @Provide
    Arbitrary<String> keys() {
        return Arbitraries.of(Keys.ALL.stream().map(Key::name).toList());
    }

    @Provide
    Arbitrary<String> values() {
        return Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(20),
                Arbitraries.strings().withChars("0123456789.-+eEPTKMiBshmd").ofMaxLength(12),
                Arbitraries.strings().withChars("redis://@:,/[]*a1%{}").ofMaxLength(30));
    }
}
