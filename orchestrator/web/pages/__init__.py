"""The technician's pages: HTML on the same service, the same gate and the same database as the API."""
