package io.tidegate.simulation;

import io.tidegate.relay.SimulatedRedis;
import java.util.List;
import java.util.Random;

/** The faults. Each fault ends by itself after a while. */
enum Fault {
    KILL_POD {
        @Override
        void strike(World world, Cluster cluster, Random random) {
            Pod pod = any(cluster, random);
            world.trace("FAULT kill " + pod.name());
            pod.kill(cluster.of(pod));
            world.in(seconds(random, 3), "a pod starts", cluster::start);
        }
    },
    DRAIN_POD {
        @Override
        void strike(World world, Cluster cluster, Random random) {
            Pod pod = any(cluster, random);
            if (!pod.isDraining()) {
                world.trace("FAULT drain " + pod.name());
                cluster.start();
                pod.terminate();
            }
        }
    },
    FREEZE_POD {
        @Override
        void strike(World world, Cluster cluster, Random random) {
            Pod pod = any(cluster, random);
            world.trace("FAULT freeze " + pod.name());
            pod.host().freeze();
            world.in(seconds(random, 8), "thaw " + pod.name(), pod.host()::thaw);
        }
    },
    ADD_POD {
        @Override
        void strike(World world, Cluster cluster, Random random) {
            if (cluster.pods().size() < 5) {
                world.trace("FAULT another pod, which others move to");
                cluster.start();
            }
        }
    },
    RESET_CONNECTION {
        @Override
        void strike(World world, Cluster cluster, Random random) {
            cluster.one(Tcp::reset);
        }
    },
    SILENCE_CONNECTION {
        @Override
        void strike(World world, Cluster cluster, Random random) {
            cluster.one(Tcp::silence);
        }
    },
    CUT_LINK {
        @Override
        void strike(World world, Cluster cluster, Random random) {
            cutLink(world, cluster, random, "cut", false);
        }
    },
    SILENCE_LINK {
        @Override
        void strike(World world, Cluster cluster, Random random) {
            cutLink(world, cluster, random, "silence", true);
        }
    },
    LOSE_PACKET {
        @Override
        void strike(World world, Cluster cluster, Random random) {
            Pod pod = any(cluster, random);
            world.trace("FAULT lose the next packet to " + pod.name());
            cluster.redis().losePacket(pod);
        }
    },
    FREEZE_REDIS {
        @Override
        void strike(World world, Cluster cluster, Random random) {
            SimulatedRedis redis = cluster.redis();
            if (redis.isUp()) {
                world.trace("FAULT freeze Redis");
                redis.freeze();
                world.in(seconds(random, 6), "thaw Redis", redis::thaw);
            }
        }
    },
    RESTART_REDIS {
        @Override
        void strike(World world, Cluster cluster, Random random) {
            restart(world, cluster, random, "with all it had", cluster.redis()::start);
        }
    },
    EMPTY_REDIS {
        @Override
        void strike(World world, Cluster cluster, Random random) {
            restart(world, cluster, random, "with nothing", cluster::startRedisEmpty);
        }
    },
    FAIL_OVER_REDIS {
        @Override
        void strike(World world, Cluster cluster, Random random) {
            cluster.redis().replicate();
            world.in(
                    random.nextLong(400_000_000),
                    "",
                    () -> restart(world, cluster, random, "as a replica that was behind", cluster::startRedisBehind));
        }
    },
    STEP_POD_CLOCK {
        @Override
        void strike(World world, Cluster cluster, Random random) {
            any(cluster, random).stepClock(random.nextLong(7_200_000) - 3_600_000);
        }
    },
    STEP_REDIS_CLOCK {
        @Override
        void strike(World world, Cluster cluster, Random random) {
            cluster.redis().stepClock(random.nextLong(1_000));
        }
    };

    abstract void strike(World world, Cluster cluster, Random random);

    private static Pod any(Cluster cluster, Random random) {
        List<Pod> pods = cluster.pods();
        return pods.isEmpty() ? cluster.start() : pods.get(random.nextInt(pods.size()));
    }

    private static void cutLink(World world, Cluster cluster, Random random, String how, boolean silently) {
        Pod pod = any(cluster, random);
        world.trace("FAULT " + how + " the link of " + pod.name());
        cluster.redis().cut(pod, silently);
    }

    private static void restart(World world, Cluster cluster, Random random, String how, Runnable start) {
        if (cluster.redis().isUp()) {
            world.trace("FAULT Redis stops, and comes back " + how);
            cluster.redis().stop();
            world.in(seconds(random, 4), "Redis starts", start);
        }
    }

    private static long seconds(Random random, int most) {
        return random.nextLong(most * 1_000_000_000L);
    }
}
