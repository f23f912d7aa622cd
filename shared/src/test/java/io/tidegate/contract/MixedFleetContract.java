package io.tidegate.contract;

import java.nio.file.Path;
import org.junit.jupiter.api.Nested;

/** A fleet of both runtimes on one Redis: nobody can tell which of them a client is connected to. */
public abstract class MixedFleetContract extends FleetContract {

    /** The runnable jar of one runtime. */
    protected abstract Path one();

    /** The runnable jar of the other. */
    protected abstract Path other();

    @Override
    final Path jar() {
        return one();
    }

    @Override
    final Path secondJar() {
        return other();
    }

    @Nested
    class ClosedFleets extends AccessFleetContract {
        @Override
        Path jar() {
            return one();
        }

        @Override
        Path secondJar() {
            return other();
        }
    }

    @Nested
    class EncryptedFleets extends EncryptedFleetContract {
        @Override
        Path jar() {
            return one();
        }

        @Override
        Path secondJar() {
            return other();
        }
    }

    @Nested
    class Presences extends PresenceContract {
        @Override
        Path jar() {
            return one();
        }

        @Override
        Path secondJar() {
            return other();
        }
    }

    @Nested
    class Rebalances extends RebalanceContract {
        @Override
        Path jar() {
            return one();
        }

        @Override
        Path secondJar() {
            return other();
        }
    }

    @Nested
    class HandOvers extends HandOverContract {
        @Override
        Path jar() {
            return one();
        }

        @Override
        Path secondJar() {
            return other();
        }
    }
}
