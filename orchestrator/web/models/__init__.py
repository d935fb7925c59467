"""What goes over HTTP, typed once for the service and its client. Units stand in the names; times are unix seconds."""
