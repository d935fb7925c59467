"""Commands that hand out what was measured: download, downloadStepLayer, downloadlog."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from xml.etree.ElementTree import Element, SubElement

from simulators.neware.address import ChannelAddress
from simulators.neware.data_rows import format_rows, real_text
from simulators.neware.ledger import TestLedger
from simulators.neware.ledger_rows import StepLayer
from simulators.neware.virtual_neware import VirtualNeware
from simulators.neware.wire import BtsRequest, envelope, number, render, where

__all__ = ["COMMANDS"]

_ROWS_AT_ONCE = 1000
_LOG_ROWS_AT_ONCE = 5000
_ROWS_PLACE = b'<list count="0" />'


def _download(bts: VirtualNeware, request: BtsRequest) -> bytes:
    """At most 1000 records from ``startpos`` (seqid, from 1); none where there are none. The misspelling is real."""
    item, test = _asked(bts, request, "download")
    start, count = number(item.attrib, "startpos"), number(item.attrib, "count")
    root = envelope("donwload_resp")
    echo = {**_test_echo(item, test), "startpos": str(start), "count": str(count)}
    SubElement(root, "download", {**echo, "auxid": str(number(item.attrib, "auxid"))})
    SubElement(root, "list", count="0")
    reply = render(root)
    if test is None or count < 1:
        return reply
    rows = test.rows(start, min(count, _ROWS_AT_ONCE), bts.told_unix_s)
    if not len(rows):
        return reply
    name = bts.section.temperature_aux
    aux = {} if name is None else {name: test.thermometer.read_degC(rows.unix_time_s)}
    rows = replace(rows, unix_time_s=bts.clock.shown_unix_s(rows.unix_time_s))
    block = b'<list count="%d">\r\n%s  </list>' % (len(rows), format_rows(rows, bts.clock.zone, aux))
    return reply.replace(_ROWS_PLACE, block)


def _download_step_layer(bts: VirtualNeware, request: BtsRequest) -> bytes:
    """Every step so far. dcir stays 0: the nodes that would ask for it are read over."""
    item, test = _asked(bts, request, "downloadStepLayer")
    root = envelope("downloadStepLayer_resp")
    SubElement(root, "downloadStepLayer", _test_echo(item, test))
    layers = test.steps(bts.told_unix_s) if test else []
    listed = SubElement(root, "list", count=str(len(layers)))
    for layer in layers:
        SubElement(listed, "data", _layer(layer, bts))
    return render(root)


def _layer(layer: StepLayer, bts: VirtualNeware) -> dict[str, str]:
    return {
        "startseqid": str(layer.startseqid),
        "endseqid": str(layer.endseqid),
        "stepindex": str(layer.stepindex),
        "stepid": str(layer.stepid),
        "cycleid": str(layer.cycleid),
        "steptype": layer.steptype,
        "steptime": str(layer.steptime_ms),
        "endatime": bts.clock.text(layer.endatime),
        "startvolt": real_text(layer.startvolt),
        "endvolt": real_text(layer.endvolt),
        "startcurr": real_text(layer.startcurr),
        "endcurr": real_text(layer.endcurr),
        "cap": real_text(layer.cap),
        "eng": real_text(layer.eng),
        "dcir": "0",
    }


def _downloadlog(bts: VirtualNeware, request: BtsRequest) -> bytes:
    item, test = _asked(bts, request, "download")
    root = envelope("donwloadlog_resp")
    SubElement(root, "download", {**_test_echo(item, test), "log_lever": str(number(item.attrib, "log_lever"))})
    rows = test.log(bts.told_unix_s)[:_LOG_ROWS_AT_ONCE] if test else []
    listed = SubElement(root, "list", count=str(len(rows)))
    for row in rows:
        atime = bts.clock.text(row.unix_time_s)
        SubElement(listed, "data", seqid=str(row.seqid), log_code=str(row.log_code), atime=atime)
    return render(root)


def _asked(bts: VirtualNeware, request: BtsRequest, tag: str) -> tuple[Element, TestLedger | None]:
    """Find the one item of the request and the test that it means; testid absent or 0 is the latest."""
    item = next(iter(request.only(tag)), Element(tag))
    return item, bts.told_test(ChannelAddress.from_attributes(item.attrib), number(item.attrib, "testid"))


def _test_echo(item: Element, test: TestLedger | None) -> dict[str, str]:
    attributes = where(item)
    del attributes["ip"]
    return {**attributes, "testid": str(test.testid if test else number(item.attrib, "testid"))}


COMMANDS: Mapping[str, Callable[[VirtualNeware, BtsRequest], bytes]] = {
    "download": _download,
    "downloadStepLayer": _download_step_layer,
    "downloadlog": _downloadlog,
}
