import { z } from 'zod';
import { SearchRequest } from '../../ports/collection.js';
import { SearchReranker } from '../../ports/collections/search-settings.js';
import { HeaderOptions } from '../../ports/collections/headers.js';
import { SplitterOptions } from '../../ports/vector-store.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** Maximum number of configurations in a lab. */
export const mostLabConfigurations = 500;
const mostLabQuestions = 5_000;

const few = <Value extends z.ZodType>(value: Value) => z.array(value).min(1).max(20).optional();
const { kind, maxTokens, overlapTokens } = SplitterOptions.shape;
const { mode, weight, titleWeight, diversity, returns, graphWeight } = SearchRequest.shape;
const { model, candidates } = SearchReranker.shape;

/** The grid value for a search without a reranker. */
export const noLabReranker = 'none';

/**
 * How a model rewrites a question before the search; `none` searches the original question. The kinds are modes of the node _Rewrite
 * query_.
 */
export const LabRewriteKind = z.enum(['none', 'multi', 'hyde', 'split', 'stepback']).meta({ id: 'LabRewriteKind' });
export type LabRewriteKind = z.infer<typeof LabRewriteKind>;

/** The grid value for an index without passage headers. */
export const noLabHeader = 'none';

/** The values that a lab combines with each other. A setting that is left out keeps the value of the collection. */
export const LabGrid = lazyStrictObject(() => ({
  embedding: few(z.string().min(1).max(256)),
  kind: few(kind.unwrap()),
  maxTokens: few(maxTokens.unwrap()),
  overlapTokens: few(overlapTokens.unwrap()),
  /** Sizes of the larger passages that passages are cut from; 0 means none. */
  parentTokens: few(z.union([z.literal(0), z.int().min(32).max(8192)])),
  /** Whether title and headings are embedded with each passage. */
  context: few(z.boolean()),
  /** Local language models that write passage headers; `none` for an index without headers. */
  header: few(HeaderOptions.shape.model),
  mode: few(mode.unwrap()),
  weight: few(weight.unwrap()),
  /** How many times words in title and headings count in keyword search. */
  titleWeight: few(titleWeight.unwrap()),
  diversity: few(diversity.unwrap()),
  /** What a result contains, such as the passage or its parent. */
  returns: few(returns.unwrap()),
  /** Weight of the knowledge graph; 0 for a search without it. Only the current index has a graph; others are searched without it. */
  graphWeight: few(graphWeight.unwrap()),
  /** Rerankers, local or of connections; `none` for a search without one. */
  reranker: few(model),
  /** Number of passages that a reranker reads for each question. */
  candidates: few(candidates.unwrap()),
  /** How questions are rewritten before the search. Default: they are not. */
  rewrite: few(LabRewriteKind),
  /** Language models that rewrite questions, local or of connections; required if questions are rewritten. */
  rewriter: few(model),
})).meta({ id: 'LabGrid' });
export type LabGrid = z.infer<typeof LabGrid>;

/** The quality of a ranking of documents: trec_eval's `recall_k`, `ndcg_cut_k` and `recip_rank`. */
export const LabMetric = z.enum(['ndcg', 'recall', 'mrr']).meta({ id: 'LabMetric' });
export type LabMetric = z.infer<typeof LabMetric>;

/** Measures configurations of a collection on labelled questions: rows of a dataset with reference documents. */
export const LabRequest = lazyStrictObject(() => ({
  /** A collection that belongs to the project of the dataset or is granted to it. */
  collection: z.string().min(1).max(200),
  /** Default: the newest version of the dataset. */
  version: z.int().positive().optional(),
  split: z.string().min(1).max(100).optional(),
  /** The input that contains the question. Default: the first text input. */
  input: z.string().min(1).max(200).optional(),
  grid: LabGrid,
  metric: LabMetric.default('ndcg'),
  /** How many of the first documents count. */
  k: z.int().min(1).max(100).default(10),
  /** Maximum number of questions, sampled with the seed. */
  questions: z.int().min(5).max(mostLabQuestions).default(500),
  /** Stops a configuration as soon as it is proved worse than the best one. */
  race: z.boolean().default(true),
  /** Maximum cost of the calls to rerankers and rewriting models, in the currency of their prices. Required if any of them is remote. */
  maxCost: z.number().positive().max(1_000_000).optional(),
  seed: z.int().min(0).max(2_147_483_647).default(1),
})).meta({ id: 'LabRequest' });
export type LabRequest = z.infer<typeof LabRequest>;

/** How documents are split into passages and embedded. */
export const LabIndex = lazyObject(() => ({ embedding: z.string(), splitter: SplitterOptions })).meta({
  id: 'LabIndex',
});
export type LabIndex = z.infer<typeof LabIndex>;

/** How a model rewrites questions into queries. */
export const LabRewrite = lazyObject(() => ({ kind: LabRewriteKind.exclude(['none']), model })).meta({
  id: 'LabRewrite',
});
export type LabRewrite = z.infer<typeof LabRewrite>;

/** A way of searching passages. */
export const LabSearch = lazyObject(() => ({
  mode: mode.unwrap(),
  weight,
  titleWeight,
  diversity: diversity.unwrap(),
  returns,
  /** If missing, the knowledge graph is not used. */
  graphWeight,
  reranker: z.object({ model, candidates: candidates.unwrap() }).optional(),
  rewrite: LabRewrite.optional(),
})).meta({ id: 'LabSearch' });
export type LabSearch = z.infer<typeof LabSearch>;

/** One way to index and search. Number 1 is the collection as it is. */
export const LabConfiguration = lazyObject(() => ({
  number: z.int().positive(),
  index: LabIndex,
  search: LabSearch,
})).meta({ id: 'LabConfiguration' });
export type LabConfiguration = z.infer<typeof LabConfiguration>;

/** The scores of a configuration so far. */
export const LabScore = LabConfiguration.extend({
  /** `stopped`: proved worse than the best one before all questions were searched. */
  status: z.enum(['waiting', 'running', 'done', 'stopped']),
  /** Questions searched so far. */
  questions: z.int().nonnegative(),
  /** Means over these questions; missing before the first. */
  means: lazyObject(() => ({ ndcg: z.number(), recall: z.number(), mrr: z.number() })).optional(),
  /**
   * Hard negatives that rank too high. `questions`: those that have a document judged not relevant. `share`: the share of them in which
   * such a document is among the first k and above the first relevant one. Missing if no question has such a document.
   */
  confusions: lazyObject(() => ({ share: z.number(), questions: z.int().positive() })).optional(),
  /** Median duration of a search in milliseconds, including rewriting but not the embedding of the question. */
  searchMs: z.number().optional(),
  /** Number of passages in its index. */
  passages: z.int().nonnegative().optional(),
  /** Time to build its index in milliseconds. Missing for the current index. */
  indexMs: z.number().optional(),
  rerankCalls: z.int().nonnegative().optional(),
  /** Number of calls needed to rewrite its questions. Configurations with the same rewriting share these calls. */
  rewriteCalls: z.int().nonnegative().optional(),
  /** Cost of the reranker and rewriting calls for 1,000 questions; missing for local models and if a price is not known. */
  cost: lazyObject(() => ({ perThousand: z.number().nonnegative(), currency: z.string() })).optional(),
}).meta({ id: 'LabScore' });
export type LabScore = z.infer<typeof LabScore>;

/** Compares a configuration that answered all questions with the current settings of the collection. */
export const LabComparison = lazyObject(() => ({
  number: z.int().positive(),
  /** The mean of the metric minus the mean of the current settings. */
  difference: z.number(),
  /** 95 % bootstrap interval over questions, corrected for the number of configurations tried (Bonferroni). */
  interval: z.object({ low: z.number(), high: z.number() }).optional(),
  /** Two-sided p-value of Wilcoxon's signed-rank test, with the same correction. */
  p: z.number(),
  /** `better` and `worse` only if both interval and test prove it. */
  verdict: z.enum(['better', 'worse', 'undecided']),
})).meta({ id: 'LabComparison' });
export type LabComparison = z.infer<typeof LabComparison>;

/** The search that was chosen by learning from the questions, and how well the choice does on questions that were not used for it. */
export const LabLearnt = LabComparison.extend({
  /** Number of distinct questions that were used for learning. */
  questions: z.int().nonnegative(),
}).meta({ id: 'LabLearnt' });
export type LabLearnt = z.infer<typeof LabLearnt>;

/** The best configuration compared with the current settings. */
export const LabBest = LabComparison.extend({
  verdict: z.enum(['better', 'undecided', 'same']),
  /** Missing if no other search of the current index was measured, or there were too few questions. */
  learnt: LabLearnt.optional(),
}).meta({ id: 'LabBest' });
export type LabBest = z.infer<typeof LabBest>;

/** The results of a lab, final or so far. */
export const LabReport = lazyObject(() => ({
  questions: z.int().nonnegative(),
  /** Rows without a question, without a relevant document in the collection, or above the clearance of the embedding model. */
  skipped: z.int().nonnegative(),
  configurations: z.array(LabScore),
  /** Numbers of the configurations that no other one beats in both quality and search time. */
  front: z.array(z.int().positive()),
  /** Numbers of the configurations that no other one beats in both quality and cost; missing if nothing costs money. */
  costFront: z.array(z.int().positive()).optional(),
  best: LabBest.optional(),
  /** Comparisons of the configurations that answered all questions; set at the end. */
  comparisons: z.array(LabComparison).optional(),
})).meta({ id: 'LabReport' });
export type LabReport = z.infer<typeof LabReport>;

/** A lab: measures many ways to index and search a collection. */
export const Lab = lazyObject(() => ({
  id: z.string(),
  dataset: z.string(),
  /** The version of the dataset. */
  version: z.int().positive(),
  owner: z.string(),
  createdAt: z.number(),
  endedAt: z.number().optional(),
  status: z.enum(['running', 'done', 'failed', 'cancelled']),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  job: z.string(),
  request: LabRequest,
  report: LabReport,
})).meta({ id: 'Lab' });
export type Lab = z.infer<typeof Lab>;

/** The labs of a dataset, newest first. */
export const LabsReply = z.object({ labs: z.array(Lab) }).meta({ id: 'LabsReply' });
export type LabsReply = z.infer<typeof LabsReply>;

/** A lab without the scores of its configurations. */
export const LabSummary = Lab.pick({
  id: true,
  dataset: true,
  version: true,
  createdAt: true,
  endedAt: true,
  status: true,
  error: true,
  job: true,
})
  .extend({
    datasetName: z.string(),
    collection: z.string(),
    metric: LabMetric,
    k: z.int(),
    questions: z.int().nonnegative(),
    configurations: z.int().nonnegative(),
    best: LabBest.optional(),
  })
  .meta({ id: 'LabSummary' });
export type LabSummary = z.infer<typeof LabSummary>;

/** The labs of a project, newest first. */
export const LabSummariesReply = z.object({ labs: z.array(LabSummary) }).meta({ id: 'LabSummariesReply' });
export type LabSummariesReply = z.infer<typeof LabSummariesReply>;

/** Compares the serving index of a collection with the new index that was built beside it, on the labelled questions of a dataset. */
export const LabelledComparisonRequest = LabRequest.pick({
  collection: true,
  version: true,
  split: true,
  input: true,
  k: true,
  seed: true,
})
  .extend({
    /** Maximum number of questions, sampled with the seed. */
    questions: z.int().min(1).max(1_000).default(200),
  })
  .meta({ id: 'LabelledComparisonRequest' });
export type LabelledComparisonRequest = z.infer<typeof LabelledComparisonRequest>;
