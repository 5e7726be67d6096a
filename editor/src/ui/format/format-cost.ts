/** A cost in US dollars; `no cost` for zero, as with local models. */
export function formatCost(cost: number): string {
  if (cost === 0) return 'no cost';
  if (cost < 0.0001) return 'under $0.0001';
  return cost < 0.01 ? `$${cost.toFixed(4)}` : `$${cost.toFixed(2)}`;
}
