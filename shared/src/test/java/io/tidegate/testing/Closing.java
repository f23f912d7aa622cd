package io.tidegate.testing;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Closes what a test has opened, the last first, when the test is over. */
public final class Closing implements AfterEachCallback {
    private final List<AutoCloseable> open = new ArrayList<>();

    /** Returns what is to be closed. */
    public <T extends AutoCloseable> T later(T opened) {
        open.add(opened);
        return opened;
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        for (AutoCloseable one : open.reversed()) {
            one.close();
        }
    }
}
