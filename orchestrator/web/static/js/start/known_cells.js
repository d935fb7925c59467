/* Cells that the page has asked for. */
import { api } from "../api.js";
import { quantity } from "../format.js";

const known = new Map();

/* The cell; null where there is none of this barcode; undefined where the service does not answer. */
export async function knownCell(id) {
  if (known.has(id)) return known.get(id);
  try {
    const { cell } = await api("GET", `/start/cell?id=${encodeURIComponent(id)}`);
    if (cell) known.set(id, cell);
    return cell;
  } catch {
    return undefined;
  }
}

export function cellAdded(cell) {
  known.set(cell.id, cell);
}

export function summaryOf(cell) {
  const parts = [cell.material, cell.active_mass_g && quantity(cell.active_mass_g, "g"), cell.nominal_capacity_Ah && quantity(cell.nominal_capacity_Ah, "Ah")];
  return parts.filter(Boolean).join(", ");
}
