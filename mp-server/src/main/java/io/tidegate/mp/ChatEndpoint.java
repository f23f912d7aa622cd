package io.tidegate.mp;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.websocket.server.ServerEndpoint;

/** Sends each JSON message to every connection of its topic. */
@ApplicationScoped
@ServerEndpoint(value = "/chat", configurator = TyrusEndpoint.Binding.class)
public class ChatEndpoint extends HubEndpoint {}
