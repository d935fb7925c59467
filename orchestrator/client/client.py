"""What one can ask of the service, one method for each route of the API; routes for browsers alone have none."""

from __future__ import annotations

from orchestrator.client.alarm_calls import AlarmCalls
from orchestrator.client.analysis_calls import AnalysisCalls, AnalysisOption
from orchestrator.client.bench_calls import BenchCalls
from orchestrator.client.campaign_calls import CampaignCalls
from orchestrator.client.cell_calls import CellCalls
from orchestrator.client.data_calls import DataCalls
from orchestrator.client.people_calls import PeopleCalls
from orchestrator.client.protocol_calls import ProtocolCalls
from orchestrator.client.run_calls import RunCalls

__all__ = ["AnalysisOption", "Client"]


class Client(
    BenchCalls,
    CellCalls,
    ProtocolCalls,
    RunCalls,
    CampaignCalls,
    DataCalls,
    AnalysisCalls,
    AlarmCalls,
    PeopleCalls,
):
    """The service at ``base_url``. Every method raises ClientError, ServiceUnreachable where nobody answers."""

    def __enter__(self) -> Client:
        return self
