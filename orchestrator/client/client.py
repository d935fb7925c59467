"""What one can ask of the service, one method each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote
from zipfile import ZipFile

from orchestrator.client.connection import Connection
from orchestrator.web.models.analysis import AnalysisAnswer, AnalysisLine, AnalysisOrder, JointAnalysisOrder
from orchestrator.web.models.campaign import (
    CampaignAnswer,
    CampaignCheckAnswer,
    CampaignDetail,
    CampaignOrderAnswer,
    CampaignStart,
    CampaignSummary,
    CampaignText,
    ForecastAnswer,
    Scan,
)
from orchestrator.web.models.cell import CellAnswer, CellChange, CellImport, NewCell
from orchestrator.web.models.chamber import ChamberAnswer, ChamberRecords
from orchestrator.web.models.channel import ChannelAnswer
from orchestrator.web.models.health import Health
from orchestrator.web.models.interlock import InterlockAnswer, TripAnswer
from orchestrator.web.models.log import Acknowledgement, AlarmAnswer, EventAnswer
from orchestrator.web.models.messages import MessageAnswer, ReceiverAnswer, TrialOrder
from orchestrator.web.models.page import Page
from orchestrator.web.models.protocol import CheckAnswer, CheckRequest, PlanAnswer, PlanRequest, ProtocolSummary
from orchestrator.web.models.protocol_version import NewVersion, VersionAnswer, VersionText
from orchestrator.web.models.queue import MoveAnswer, MoveOrder, QueueAnswer
from orchestrator.web.models.records import CycleAnswer, RecordsAnswer
from orchestrator.web.models.run import LaunchAnswer, LaunchRequest, Order, OrderAnswer, RunAnswer, RunDetail
from orchestrator.web.models.spectra import SpectrumAnswer, SpectrumDetail

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["AnalysisOption", "Client"]

_Scalar = float | int | str | bool
AnalysisOption = _Scalar | list[_Scalar] | dict[str, _Scalar]


class Client(Connection):
    """The service at ``base_url``. Every method raises ClientError, ServiceUnreachable where nobody answers."""

    def __enter__(self) -> Client:
        return self

    def health(self) -> Health:
        """How the service is; an answer also when it is not well."""
        return self.get(Health, "health", also=frozenset({HTTPStatus.SERVICE_UNAVAILABLE}))

    def protocols(self) -> list[ProtocolSummary]:
        """Protocols of the library."""
        return self.get(list[ProtocolSummary], "protocols")

    def check(self, source: str, name: str) -> CheckAnswer:
        """What is wrong with a protocol text."""
        return self.send("POST", CheckAnswer, "protocols/check", CheckRequest(source=source, name=name))

    def protocol_versions(self, name: str | None = None, *, limit: int = 50, offset: int = 0) -> Page[VersionAnswer]:
        """Versions that were launched or saved, newest first."""
        return self.get(Page[VersionAnswer], "protocols/versions", {"name": name, "limit": limit, "offset": offset})

    def protocol_version(self, sha256: str) -> VersionText:
        """One version with its text; those of the library too."""
        return self.get(VersionText, f"protocols/versions/{quote(sha256, safe='')}")

    def save_protocol(self, version: NewVersion) -> VersionAnswer:
        """Keep a text as a version, without launching it."""
        return self.send("POST", VersionAnswer, "protocols", version)

    def plan(self, request: PlanRequest) -> PlanAnswer:
        """Preview a plan."""
        return self.send("POST", PlanAnswer, "protocols/plan", request)

    def cells(self) -> list[CellAnswer]:
        """Every cell."""
        return self.get(list[CellAnswer], "cells")

    def cell(self, cell_id: str) -> CellAnswer:
        """One cell."""
        return self.get(CellAnswer, f"cells/{quote(cell_id, safe='')}")

    def add_cell(self, cell: NewCell) -> CellAnswer:
        """Add a cell."""
        return self.send("POST", CellAnswer, "cells", cell)

    def change_cell(self, cell_id: str, change: CellChange) -> CellAnswer:
        """Change a cell; only the fields that were set."""
        return self.send("PATCH", CellAnswer, f"cells/{quote(cell_id, safe='')}", change)

    def import_cells(self, order: CellImport) -> list[CellAnswer]:
        """Enter values from a CSV: all of them, or none."""
        return self.send("POST", list[CellAnswer], "cells/import", order)

    def channels(self) -> list[ChannelAnswer]:
        """Every channel, and what was last seen of it."""
        return self.get(list[ChannelAnswer], "channels")

    def chambers(self) -> list[ChamberAnswer]:
        """Every chamber, what was last seen of it and who holds it."""
        return self.get(list[ChamberAnswer], "chambers")

    def chamber_records(
        self, name: str, *, start_unix_s: float | None = None, end_unix_s: float | None = None
    ) -> ChamberRecords:
        """What a chamber measured in a window of time; the last day unless told otherwise."""
        window = {"start_unix_s": start_unix_s, "end_unix_s": end_unix_s}
        return self.get(ChamberRecords, f"chambers/{quote(name, safe='')}/records", window)

    def launch(self, request: LaunchRequest) -> LaunchAnswer:
        """Launch a protocol on cells: all of them, or none."""
        return self.send("POST", LaunchAnswer, "runs", request)

    def runs(
        self,
        *,
        state: str | None = None,
        cell: str | None = None,
        protocol: str | None = None,
        active: bool | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> Page[RunAnswer]:
        """Runs, newest first."""
        query = {"state": state, "cell": cell, "protocol": protocol, "active": active, "limit": limit, "offset": offset}
        return self.get(Page[RunAnswer], "runs", query)

    def run(self, run_id: int) -> RunDetail:
        """One run with its plan and progress."""
        return self.get(RunDetail, f"runs/{run_id}")

    def order(self, run_id: int, what: Literal["pause", "resume", "stop", "confirm"], order: Order) -> OrderAnswer:
        """Pause, resume, stop a run, or confirm what it asked for; the node carries it out."""
        return self.send("POST", OrderAnswer, f"runs/{run_id}/{what}", order)

    def stop_all(self, order: Order) -> list[OrderAnswer]:
        """Stop every run that has not ended."""
        return self.send("POST", list[OrderAnswer], "stop-all", order)

    def queue(self) -> QueueAnswer:
        """What runs and waits on every channel, in order, and what people are asked to do."""
        return self.get(QueueAnswer, "queue")

    def move_run(self, run_id: int, order: MoveOrder) -> MoveAnswer:
        """Give a run that has not begun another place in the queue of its channel."""
        return self.send("POST", MoveAnswer, f"runs/{run_id}/move", order)

    def check_campaign(self, request: CampaignStart) -> CampaignCheckAnswer:
        """What handing a campaign in would say; nothing is stored."""
        return self.send("POST", CampaignCheckAnswer, "campaigns/check", request)

    def campaign_library(self) -> list[CampaignSummary]:
        """The campaigns that come with cellbench."""
        return self.get(list[CampaignSummary], "campaigns/library")

    def library_campaign(self, name: str) -> CampaignText:
        """One of them, with its text."""
        return self.get(CampaignText, f"campaigns/library/{quote(name, safe='')}")

    def start_campaign(self, request: CampaignStart) -> CampaignDetail:
        """Hand a campaign in."""
        return self.send("POST", CampaignDetail, "campaigns", request)

    def campaigns(self, *, limit: int = 50, offset: int = 0) -> Page[CampaignAnswer]:
        """Campaigns, newest first."""
        return self.get(Page[CampaignAnswer], "campaigns", {"limit": limit, "offset": offset})

    def campaign(self, campaign_id: int) -> CampaignDetail:
        """One campaign with its jobs."""
        return self.get(CampaignDetail, f"campaigns/{campaign_id}")

    def forecast(self) -> ForecastAnswer:
        """When every run and everything that campaigns have still to do is expected."""
        return self.get(ForecastAnswer, "forecast")

    def order_campaign(
        self, campaign_id: int, what: Literal["pause", "resume", "stop"], order: Order
    ) -> CampaignOrderAnswer:
        """Pause, resume or stop a campaign; the node carries it out."""
        return self.send("POST", CampaignOrderAnswer, f"campaigns/{campaign_id}/{what}", order)

    def confirm_campaign(self, campaign_id: int, scan: Scan) -> CampaignOrderAnswer:
        """Confirm what a campaign has asked a person to do, by the cell's barcode."""
        return self.send("POST", CampaignOrderAnswer, f"campaigns/{campaign_id}/confirm", scan)

    def records(self, run_id: int, **window: float | None) -> RecordsAnswer:
        """Records of a run: ``start_s``, ``end_s`` (test time), ``buckets`` to decimate, ``limit``."""
        return self.get(RecordsAnswer, f"runs/{run_id}/records", window)

    def record_columns(self, run_id: int, start_s: float, end_s: float) -> dict[str, npt.NDArray[np.float64]]:
        """Whole records of a window of test time as columns, NaN where there is no value; many times as fast."""
        import numpy as np  # noqa: PLC0415 - who asks for no records need not load them
        import pyarrow as pa  # noqa: PLC0415

        stream = self.content(f"runs/{run_id}/records.arrow", {"start_s": start_s, "end_s": end_s})
        table = pa.ipc.open_stream(stream).read_all()
        return {name: np.asarray(table[name].to_numpy(), dtype=float) for name in table.column_names}

    def cycles(self, run_id: int) -> list[CycleAnswer]:
        """Cycles of a run."""
        return self.get(list[CycleAnswer], f"runs/{run_id}/cycles")

    def spectra(self, run_id: int, *, limit: int = 50, offset: int = 0) -> Page[SpectrumAnswer]:
        """Impedance spectra of a run, in the order in which they were measured."""
        return self.get(Page[SpectrumAnswer], f"runs/{run_id}/spectra", {"limit": limit, "offset": offset})

    def spectrum(self, run_id: int, number: int) -> SpectrumDetail:
        """One impedance spectrum with its points."""
        return self.get(SpectrumDetail, f"runs/{run_id}/spectra/{number}")

    def events(self, run_id: int | None = None, after: int = 0, limit: int = 50) -> list[EventAnswer]:
        """The last events in order."""
        return self.get(list[EventAnswer], "events", {"run_id": run_id, "after": after, "limit": limit})

    def alarms(self, *, open_only: bool = True) -> list[AlarmAnswer]:
        """Alarms, newest first."""
        return self.get(list[AlarmAnswer], "alarms", {"open": open_only})

    def acknowledge(self, alarm_id: int, actor: str, reason: str) -> AlarmAnswer:
        """Say that a person has seen an alarm."""
        body = Acknowledgement(actor=actor, reason=reason)
        return self.send("POST", AlarmAnswer, f"alarms/{alarm_id}/acknowledge", body)

    def interlocks(self) -> list[InterlockAnswer]:
        """Every interlock rule of the lab, with its open trips."""
        return self.get(list[InterlockAnswer], "interlocks")

    def trips(self, *, open_only: bool = True) -> list[TripAnswer]:
        """Trips of interlocks, newest first."""
        return self.get(list[TripAnswer], "trips", {"open": open_only})

    def acknowledge_trip(self, trip_id: int, actor: str, reason: str) -> TripAnswer:
        """Say who has looked at what tripped, and what was found."""
        return self.send("POST", TripAnswer, f"trips/{trip_id}/ack", Acknowledgement(actor=actor, reason=reason))

    def alarm_messages(self, alarm_id: int) -> list[MessageAnswer]:
        """Who was, or is to be, told of an alarm."""
        return self.get(list[MessageAnswer], f"alarms/{alarm_id}/messages")

    def receivers(self) -> list[ReceiverAnswer]:
        """Who is told of alarms, and the heartbeats: how they are."""
        return self.get(list[ReceiverAnswer], "alarms/receivers")

    def test_receivers(self, actor: str) -> AlarmAnswer:
        """Send a test message through every receiver; :meth:`alarm_messages` tells what comes of it."""
        return self.send("POST", AlarmAnswer, "alarms/test", TrialOrder(actor=actor))

    def analyses(self, run_id: int) -> list[AnalysisAnswer]:
        """Results of a run's analyses, newest first."""
        return self.get(list[AnalysisAnswer], f"runs/{run_id}/analyses")

    def analysis(self, analysis_id: int) -> AnalysisAnswer:
        """One version of an analysis with its result."""
        return self.get(AnalysisAnswer, f"analyses/{analysis_id}")

    def analysis_versions(
        self, run_id: int | None = None, name: str | None = None, *, limit: int = 50, offset: int = 0
    ) -> Page[AnalysisLine]:
        """Every version that was ever asked for, newest first, without results."""
        query = {"run_id": run_id, "name": name, "limit": limit, "offset": offset}
        return self.get(Page[AnalysisLine], "analyses", query)

    def analyse(
        self, runs: int | Sequence[int], name: str, options: Mapping[str, AnalysisOption], actor: str
    ) -> AnalysisAnswer:
        """Ask for an analysis of one run, or of several together, perhaps again or with other options."""
        if isinstance(runs, int):
            body = AnalysisOrder(name=name, options=dict(options), actor=actor)
            return self.send("POST", AnalysisAnswer, f"runs/{runs}/analyses", body)
        joint = JointAnalysisOrder(name=name, options=dict(options), actor=actor, runs=list(runs))
        return self.send("POST", AnalysisAnswer, "analyses", joint)

    def export(self, run_id: int, file_format: str, folder: Path) -> list[Path]:
        """Write a run as files into a folder that exists; returns them."""
        archive = folder / f".run-{run_id}.{os.getpid()}.zip"
        self.download(f"runs/{run_id}/export", {"format": file_format}, archive)
        try:
            with ZipFile(archive) as zipped:
                return [_unpack(zipped, name, folder) for name in zipped.namelist()]
        finally:
            archive.unlink()


def _unpack(zipped: ZipFile, name: str, folder: Path) -> Path:
    """One file, under its bare name: nothing is ever written outside the folder."""
    target = folder / Path(name).name
    part = target.with_name(f".{target.name}.part")
    with zipped.open(name) as source, part.open("wb") as file:
        shutil.copyfileobj(source, file)
    return part.replace(target)
