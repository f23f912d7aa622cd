package io.tidegate.rehearsal.scale;

import java.net.URI;
import java.nio.file.Path;

/**
 * A release of the chart on a cluster.
 *
 * @param kubeconfig that names the cluster
 * @param name of the Deployment and its ScaledObject
 * @param address at which clients reach the Service
 */
record Release(Path kubeconfig, String namespace, String name, URI address) {}
