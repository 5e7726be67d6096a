/** The grade of each judged document of a question; a grade above 0 is relevant, others are judged not relevant. */
export type Relevance = ReadonlyMap<string, number>;

/** The first `k` ids of a ranking. An id that comes twice counts where it comes first. */
const top = (ranked: readonly string[], k: number): readonly string[] => [...new Set(ranked)].slice(0, k);

const gradeOf = (relevance: Relevance, id: string): number => Math.max(0, relevance.get(id) ?? 0);

const relevantIn = (ids: readonly string[], relevance: Relevance): number =>
  ids.filter((id) => gradeOf(relevance, id) > 0).length;

/** Passages that are asked for so that `k` different documents are among them: a document often has several among the best. At most 1,000. */
export const passagesFor = (k: number): number => Math.min(1_000, 3 * k);

/** The share of the relevant documents among the first `k`, as `recall_k` of trec_eval. Without a relevant document it is 0. */
export function recallAt(k: number, ranked: readonly string[], relevance: Relevance): number {
  const relevant = relevantIn([...relevance.keys()], relevance);
  return relevant === 0 ? 0 : relevantIn(top(ranked, k), relevance) / relevant;
}

/** One over the rank of the first relevant document, as `recip_rank` of trec_eval; 0 without one. The mean over questions is MRR. */
export function reciprocalRank(ranked: readonly string[], relevance: Relevance): number {
  const at = top(ranked, ranked.length).findIndex((id) => gradeOf(relevance, id) > 0);
  return at === -1 ? 0 : 1 / (at + 1);
}

/**
 * Whether a document that is judged not relevant stands among the first `k` above the first relevant one: 1 or 0. Undefined where nothing is
 * judged not relevant. The mean over questions is `confusions@k`. Judged documents alone count, as in bpref (Buckley and Voorhees, 2004).
 *
 * @example confusionAt(10, ['b', 'a'], new Map([['a', 1], ['b', 0]])) // 1
 */
export function confusionAt(k: number, ranked: readonly string[], relevance: Relevance): 0 | 1 | undefined {
  if (![...relevance.values()].some((grade) => grade <= 0)) return undefined;
  const first = top(ranked, k).find((id) => relevance.has(id));
  return first !== undefined && gradeOf(relevance, first) === 0 ? 1 : 0;
}

/**
 * The discounted gain of the first `k` documents as a share of the best possible one (Järvelin and Kekäläinen, 2002), as `ndcg_cut_k` of
 * trec_eval: the gain is the grade.
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
