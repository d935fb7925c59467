"""Telling people: from an alarm in the database to somebody who has taken it.

An alarm is routed to receivers (:mod:`~orchestrator.messages.routing`, pure), queued as messages, and sent by one
:class:`~orchestrator.messages.sender.Sender` for each receiver. Nothing here ever delays an instrument.
"""
