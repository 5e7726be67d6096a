import { z } from 'zod';
import { SearchRequest } from '../../ports/collection.js';
import { SearchReranker } from '../../ports/collections/search-settings.js';
import { HeaderOptions } from '../../ports/collections/headers.js';
import { SplitterOptions } from '../../ports/vector-store.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** The most configurations of a lab. */
export const mostLabConfigurations = 500;
/** The most questions of a lab. */
const mostLabQuestions = 5_000;

const few = <Value extends z.ZodType>(value: Value) => z.array(value).min(1).max(20).optional();
const { kind, maxTokens, overlapTokens } = SplitterOptions.shape;
const { mode, weight, titleWeight, diversity, returns, graphWeight } = SearchRequest.shape;
const { model, candidates } = SearchReranker.shape;

/** The value of a grid that stands for no reranker. */
export const noLabReranker = 'none';

/** How a model rewrites a question before the search; `none` for the question itself. The kinds are modes of the node _Rewrite query_. */
export const LabRewriteKind = z.enum(['none', 'multi', 'hyde', 'split', 'stepback']).meta({ id: 'LabRewriteKind' });
export type LabRewriteKind = z.infer<typeof LabRewriteKind>;

/** The value of a grid that stands for no headers of passages. */
export const noLabHeader = 'none';

/** The values that a lab tries, each with each other. What is left out stays as the collection has it. */
export const LabGrid = lazyStrictObject(() => ({
  /** Embedding models of this machine. */
  embedding: few(z.string().min(1).max(256)),
  kind: few(kind.unwrap()),
  maxTokens: few(maxTokens.unwrap()),
  overlapTokens: few(overlapTokens.unwrap()),
  /** Sizes of the larger passages that passages are cut from; 0 for none. */
  parentTokens: few(z.union([z.literal(0), z.int().min(32).max(8192)])),
  /** Whether title and headings are embedded with each passage. */
  context: few(z.boolean()),
  /** Language models of this machine that write headers of passages; `none` for an index without them. */
  header: few(HeaderOptions.shape.model),
  mode: few(mode.unwrap()),
  weight: few(weight.unwrap()),
  /** How often words of title and headings count in keyword search. */
  titleWeight: few(titleWeight.unwrap()),
  diversity: few(diversity.unwrap()),
  /** What is returned of what is found. */
  returns: few(returns.unwrap()),
  /** How much the knowledge graph counts; 0 for a search without it. Other indexes have no graph: they are searched without. */
  graphWeight: few(graphWeight.unwrap()),
  /** Rerankers of this machine or of connections; `none` for a search without one. */
  reranker: few(model),
  /** Passages that a reranker reads for a question. */
  candidates: few(candidates.unwrap()),
  /** How questions are rewritten before the search. Without it: not at all. */
  rewrite: few(LabRewriteKind),
  /** Language models of this machine or of connections that rewrite questions; needed where one is rewritten. */
  rewriter: few(model),
})).meta({ id: 'LabGrid' });
export type LabGrid = z.infer<typeof LabGrid>;

/** What says how good a ranking is, over documents: trec_eval's `recall_k`, `ndcg_cut_k` and `recip_rank`. */
export const LabMetric = z.enum(['ndcg', 'recall', 'mrr']).meta({ id: 'LabMetric' });
export type LabMetric = z.infer<typeof LabMetric>;

/** Measures configurations of a collection on labelled questions: rows of a dataset with reference documents. */
export const LabRequest = lazyStrictObject(() => ({
  /** A collection that belongs to the project of the dataset or is granted to it. */
  collection: z.string().min(1).max(200),
  /** By default the newest version of the dataset. */
  version: z.int().positive().optional(),
  split: z.string().min(1).max(100).optional(),
  /** The input with the question. By default the first text. */
  input: z.string().min(1).max(200).optional(),
  grid: LabGrid,
  metric: LabMetric.default('ndcg'),
  /** The first k documents count. */
  k: z.int().min(1).max(100).default(10),
  /** At most so many questions, drawn by the seed. */
  questions: z.int().min(5).max(mostLabQuestions).default(500),
  /** Stops a configuration as soon as it is proved worse than the best one. */
  race: z.boolean().default(true),
  /**
   * The most that calls of rerankers and of models that rewrite questions may cost, in the currency of their prices. Needed for those on other
   * machines.
   */
  maxCost: z.number().positive().max(1_000_000).optional(),
  seed: z.int().min(0).max(2_147_483_647).default(1),
})).meta({ id: 'LabRequest' });
export type LabRequest = z.infer<typeof LabRequest>;

/** How documents become passages with vectors. */
export const LabIndex = lazyObject(() => ({ embedding: z.string(), splitter: SplitterOptions })).meta({
  id: 'LabIndex',
});
export type LabIndex = z.infer<typeof LabIndex>;

/** Which queries of a model are searched for a question. */
export const LabRewrite = lazyObject(() => ({ kind: LabRewriteKind.exclude(['none']), model })).meta({
  id: 'LabRewrite',
});
export type LabRewrite = z.infer<typeof LabRewrite>;

/** How passages are searched. */
export const LabSearch = lazyObject(() => ({
  mode: mode.unwrap(),
  weight,
  titleWeight,
  diversity: diversity.unwrap(),
  returns,
  /** Missing: without the knowledge graph. */
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

/** What a configuration scored so far. */
export const LabScore = LabConfiguration.extend({
  /** `stopped`: it was proved worse than the best one before all questions were asked. */
  status: z.enum(['waiting', 'running', 'done', 'stopped']),
  /** Questions that were asked. */
  questions: z.int().nonnegative(),
  /** Means over these questions; missing before the first one. */
  means: lazyObject(() => ({ ndcg: z.number(), recall: z.number(), mrr: z.number() })).optional(),
  /**
   * How often a document that is judged not relevant stands among the first k above the first relevant one: the share of the `questions` that
   * have such a document. Missing where none has.
   */
  confusions: lazyObject(() => ({ share: z.number(), questions: z.int().positive() })).optional(),
  /** Median time of a search in milliseconds, with the rewriting and without the embedding of the question. */
  searchMs: z.number().optional(),
  /** Passages of its index. */
  passages: z.int().nonnegative().optional(),
  /** Time to build its index in milliseconds. Missing for the collection as it is. */
  indexMs: z.number().optional(),
  /** Calls of the reranker so far. */
  rerankCalls: z.int().nonnegative().optional(),
  /** Calls that the rewriting of its questions needs. Configurations with the same rewriting share the calls of the lab. */
  rewriteCalls: z.int().nonnegative().optional(),
  /**
   * What 1,000 questions cost by the calls of the reranker and of the model that rewrites; missing where no price is known and for models of
   * this machine.
   */
  cost: lazyObject(() => ({ perThousand: z.number().nonnegative(), currency: z.string() })).optional(),
}).meta({ id: 'LabScore' });
export type LabScore = z.infer<typeof LabScore>;

/** The comparison of a configuration, asked all questions, with the present settings of the collection. */
export const LabComparison = lazyObject(() => ({
  number: z.int().positive(),
  /** The mean of the metric minus that of the collection as it is. */
  difference: z.number(),
  /** Bootstrap over questions, 95 %, corrected for the number of configurations that were tried (Bonferroni). */
  interval: z.object({ low: z.number(), high: z.number() }).optional(),
  /** Wilcoxon's signed-rank test, two-sided, with the same correction. */
  p: z.number(),
  /** `better` and `worse` are said only where both prove it. */
  verdict: z.enum(['better', 'worse', 'undecided']),
})).meta({ id: 'LabComparison' });
export type LabComparison = z.infer<typeof LabComparison>;

/** The search that the questions teach, and what the choice is worth on questions that took no part in it. */
export const LabLearnt = LabComparison.extend({
  /** Different questions that were learnt from. */
  questions: z.int().nonnegative(),
}).meta({ id: 'LabLearnt' });
export type LabLearnt = z.infer<typeof LabLearnt>;

/** The best configuration, against the collection as it is. */
export const LabBest = LabComparison.extend({
  verdict: z.enum(['better', 'undecided', 'same']),
  /** Missing where no other search of the present index was measured, or on too few questions. */
  learnt: LabLearnt.optional(),
}).meta({ id: 'LabBest' });
export type LabBest = z.infer<typeof LabBest>;

/** What a lab found, or has found so far. */
export const LabReport = lazyObject(() => ({
  /** Questions of the lab. */
  questions: z.int().nonnegative(),
  /** Rows without a question, without a relevant document of the collection, or above the clearance of the embedding model. */
  skipped: z.int().nonnegative(),
  configurations: z.array(LabScore),
  /** Numbers of those that no other one beats in quality without a slower search. */
  front: z.array(z.int().positive()),
  /** The same for quality and cost; missing where nothing costs money. */
  costFront: z.array(z.int().positive()).optional(),
  best: LabBest.optional(),
  /** Those that answered all questions, at the end. */
  comparisons: z.array(LabComparison).optional(),
})).meta({ id: 'LabReport' });
export type LabReport = z.infer<typeof LabReport>;

/** A lab: a sweep over ways to index and search a collection. */
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
  /** The job that runs it. */
  job: z.string(),
  request: LabRequest,
  report: LabReport,
})).meta({ id: 'Lab' });
export type Lab = z.infer<typeof Lab>;

/** The labs of a dataset, newest first. */
export const LabsReply = z.object({ labs: z.array(Lab) }).meta({ id: 'LabsReply' });
export type LabsReply = z.infer<typeof LabsReply>;

/** A lab without what each configuration scored. */
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

/** Compares the serving index of a collection and the one beside it on the labelled questions of a dataset. */
export const LabelledComparisonRequest = LabRequest.pick({
  collection: true,
  version: true,
  split: true,
  input: true,
  k: true,
  seed: true,
})
  .extend({
    /** At most so many questions, drawn by the seed. */
    questions: z.int().min(1).max(1_000).default(200),
  })
  .meta({ id: 'LabelledComparisonRequest' });
export type LabelledComparisonRequest = z.infer<typeof LabelledComparisonRequest>;
