/** The grade of each judged document of a question. A grade above 0 means relevant; any other grade means not relevant. */
export type Relevance = ReadonlyMap<string, number>;

/** The first `k` ids of a ranking. Of a repeated id, only the first position counts. */
const top = (ranked: readonly string[], k: number): readonly string[] => [...new Set(ranked)].slice(0, k);

const gradeOf = (relevance: Relevance, id: string): number => Math.max(0, relevance.get(id) ?? 0);

const relevantIn = (ids: readonly string[], relevance: Relevance): number =>
  ids.filter((id) => gradeOf(relevance, id) > 0).length;

/**
 * Returns how many passages to request so that they include `k` different documents, because the best passages often share a document. At
 * most 1,000.
 */
export const passagesFor = (k: number): number => Math.min(1_000, 3 * k);

/** Returns the share of the relevant documents that are among the first `k`, like `recall_k` of trec_eval; 0 without relevant documents. */
export function recallAt(k: number, ranked: readonly string[], relevance: Relevance): number {
  const relevant = relevantIn([...relevance.keys()], relevance);
  return relevant === 0 ? 0 : relevantIn(top(ranked, k), relevance) / relevant;
}

/**
 * Returns 1 divided by the rank of the first relevant document, like `recip_rank` of trec_eval; 0 if there is none. The mean over questions
 * is MRR.
 */
export function reciprocalRank(ranked: readonly string[], relevance: Relevance): number {
  const at = top(ranked, ranked.length).findIndex((id) => gradeOf(relevance, id) > 0);
  return at === -1 ? 0 : 1 / (at + 1);
}

/**
 * Returns 1 if a document judged not relevant is among the first `k` and above the first relevant one, otherwise 0. Undefined if no
 * document is judged not relevant. The mean over questions is `confusions@k`. Only judged documents count, as in bpref (Buckley and
 * Voorhees, 2004).
 *
 * @example confusionAt(10, ['b', 'a'], new Map([['a', 1], ['b', 0]])) // 1
 */
export function confusionAt(k: number, ranked: readonly string[], relevance: Relevance): 0 | 1 | undefined {
  if (![...relevance.values()].some((grade) => grade <= 0)) return undefined;
  const first = top(ranked, k).find((id) => relevance.has(id));
  return first !== undefined && gradeOf(relevance, first) === 0 ? 1 : 0;
}

/**
 * Returns the discounted gain of the first `k` documents as a share of the best possible gain (Järvelin and Kekäläinen, 2002), like
 * `ndcg_cut_k` of trec_eval. The gain of a document is its grade.
 *
 * @example ndcgAt(10, ['b', 'a'], new Map([['a', 1]])) // 0.63
 */
export function ndcgAt(k: number, ranked: readonly string[], relevance: Relevance): number {
  const ideal = gainOf(
    [...relevance.values()]
      .map((grade) => Math.max(0, grade))
      .sort((a, b) => b - a)
      .slice(0, k),
  );
  return ideal === 0 ? 0 : gainOf(top(ranked, k).map((id) => gradeOf(relevance, id))) / ideal;
}

const gainOf = (grades: readonly number[]): number =>
  grades.reduce((sum, grade, at) => sum + grade / Math.log2(at + 2), 0);
