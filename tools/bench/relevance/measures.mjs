/** Discounted gain of the first ten documents of a ranking, as a share of the best possible one. */
export function ndcgAtTen(ranked, relevance) {
  const gain = (grades) => grades.slice(0, 10).reduce((sum, grade, at) => sum + grade / Math.log2(at + 2), 0);
  const ideal = [...relevance.values()].sort((a, b) => b - a);
  return gain(ranked.map((id) => relevance.get(id) ?? 0)) / gain(ideal);
}

/** Share of the relevant documents among the first hundred. */
export function recallAtHundred(ranked, relevance) {
  return ranked.slice(0, 100).filter((id) => relevance.has(id)).length / relevance.size;
}
