"""Unicycler JSON (aurora-unicycler 0.4): to a protocol file, and from a plan.

What either side cannot say is never left out in silence: it is a remark, or a refusal where the cell would be treated
otherwise.
"""

from protocols.exchange.unicycler.export import Exported, export_unicycler
from protocols.exchange.unicycler.importing import Imported, import_unicycler

__all__ = ["Exported", "Imported", "export_unicycler", "import_unicycler"]
