package io.tidegate.mp;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.websocket.server.ServerEndpoint;

/** Sends each message to every connection on this path. */
@ApplicationScoped
@ServerEndpoint(value = "/", configurator = TyrusEndpoint.Binding.class)
public class BroadcastEndpoint extends HubEndpoint {}
