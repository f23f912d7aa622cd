package io.tidegate.contract;

import java.nio.file.Path;
import org.junit.jupiter.api.Nested;

/**
 * What a client, an operator and a scraper can rely on, as black-box tests over real sockets against real processes. A
 * runtime runs it by extending this and naming its jar; nothing here knows which runtime that is.
 */
public abstract class ServerContract {

    /** The runnable jar, its libraries beside it. */
    protected abstract Path jar();

    @Nested
    class Handshakes extends HandshakeContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class Paths extends PathContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class OldHttp extends OldHttpContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class RequestFramings extends RequestFramingContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class Framing extends FramingContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class Compressions extends CompressionContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class Wires extends WireContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class Starts extends StartContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class Logs extends LogContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class EverySeries extends MetricsContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class RelayLags extends RelayLagContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class Tracings extends TracingContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class RedisRights extends RedisAclContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class Shipped extends ShippedContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class Operations extends ManagementContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class SlowConsumers extends SlowConsumerContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class Drains extends DrainContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class Fleets extends FleetContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class FullWires extends FullWireContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class Accesses extends AccessContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class ClosedFleets extends AccessFleetContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class Rebalances extends RebalanceContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class HandOvers extends HandOverContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class Signals extends SignalContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class Floods extends FloodContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class Sockets extends SocketContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class IdleMemory extends IdleMemoryContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class OutOfMemories extends OutOfMemoryContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class Hostiles extends HostileContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class RequestClasses extends RequestClassesContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class HistoryPaces extends HistoryPaceContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class Pauses extends PauseContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class Answers extends AnswerOrderContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class RedisAnswers extends RedisAnswersContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class RedisIllnesses extends RedisIllnessContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class FastPublishers extends FastPublisherContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class Encrypted extends TlsContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class Apis extends ApiContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class Presences extends PresenceContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }

    @Nested
    class ApisOfAFleet extends ApiFleetContract {
        @Override
        Path jar() {
            return ServerContract.this.jar();
        }
    }
}
