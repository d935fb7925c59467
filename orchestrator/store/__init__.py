"""The store: tables, migrations, the Recorder that writes measurements, and small functions over a Connection."""
