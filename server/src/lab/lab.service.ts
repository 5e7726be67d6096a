import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '@heddle/adapters/channels';
import type { LabStore, StoredLab } from '@heddle/adapters/lab';
import {
  collectionNotFound,
  HeddleError,
  paretoFront,
  withoutUndefined,
  type Audit,
  type Tables,
  type AuditActor,
  type Clock,
  type Collection,
  type Collections,
  type DatasetStore,
  type Destination,
  type DocumentInput,
  type Embedder,
  type JobReply,
  type Lab,
  type LabelledComparisonRequest,
  type LabRequest,
  type LabConfiguration,
  type LabScore,
  type LabSummary,
  type LanguageModel,
  type Principal,
  type ReindexComparison,
  type ReindexQuestion,
  type Reranker,
} from '@heddle/core';
import { z } from 'zod';
import { checkAccess } from '../auth/rights/check-access.js';
import type { Ownership } from '../auth/rights/ownership.js';
import { checkModel } from '../authority/authorised-resources.js';
import type { ProjectGrants } from '../authority/project-grants.js';
import type { Lazy } from '../common/lazy.js';
import type { JobRequest, JobService, JobWork } from '../jobs/job.service.js';
import { VectorCache } from './cached-embedder.js';
import { FolderIndexes, type OwnCollections } from './lab-indexes.js';
import { LabRewriter } from './lab-rewriter.js';
import { checkCost, LabMoney, type ModelFacts, type PriceOf } from './lab-spending.js';
import {
  headerModelsOf,
  labelledQuestions,
  planLab,
  rerankersOf,
  rewritersOf,
  type LabModels,
  type LabQuestion,
} from './plan-lab.js';
import { runLab, settingsOf, type LabRun } from './run-lab.js';

interface LabDependencies {
  readonly store: LabStore;
  readonly tables: Pick<Tables, 'commit'>;
  readonly datasets: Pick<DatasetStore, 'get' | 'rows'>;
  readonly collections: Lazy<Collections>;
  /** The current reader names of a caller. */
  readonly readersOf: (caller: Principal) => Promise<readonly string[]>;
  /** Reads the documents of a collection from their originals. */
  readonly originalsOf: (collection: string) => AsyncIterable<DocumentInput>;
  /** Opens collections in a file of their own, with embedding models behind the cache. */
  readonly openOwn: (file: string, cache: VectorCache, collection: string) => Promise<OwnCollections>;
  readonly embedder: (id: string) => Promise<Embedder>;
  readonly reranker: (id: string) => Promise<Reranker>;
  readonly languageModel: (id: string) => Promise<LanguageModel>;
  readonly priceOf: PriceOf;
  /** Checks that a model may be called at present. Errors: `kill_switch`. */
  readonly admit: (model: string) => void;
  readonly jobs: Pick<JobService, 'start' | 'get' | 'cancel'>;
  readonly ownership: Ownership;
  readonly grants: Pick<ProjectGrants, 'has'>;
  readonly audit: Pick<Audit, 'write' | 'commit'>;
  readonly clock: Clock;
  /** The folder that contains the indexes of labs. */
  readonly folder: string;
}

const mostListed = 200;

const Work = z.object({ lab: z.string() });

/**
 * Labs, which measure ways to index and search a collection on labelled questions. A lab is a job: after a crash, it continues with the
 * remaining questions.
 */
export class LabService {
  constructor(private readonly sources: LabDependencies) {}

  /** Errors: `lab_invalid`, `not_found`, `collection_not_found`, `connection_not_found`, `model_unknown`, `model_wrong_kind`, `model_missing`, `price_missing`, `forbidden`. */
  async create(dataset: string, request: LabRequest, caller: Principal, by: AuditActor): Promise<Lab> {
    const { store, tables, ownership, datasets, jobs, audit, clock } = this.sources;
    const { project = 'default' } = await ownership.resourceOf('dataset', dataset, caller);
    const collection = await this.open(request.collection, project, caller);
    const plan = await planLab(datasets, { dataset, request }, collection, this.modelsOf(project));
    const { configurations, questions, skipped, version } = plan;
    await this.checkModels(configurations, questions.length, request, collection);
    for (const model of new Set(configurations.map(({ index }) => index.embedding))) await this.sources.embedder(model);
    // Otherwise a missing model would end the lab only when its index is built.
    for (const model of headerModelsOf(configurations)) await this.sources.languageModel(model);
    const id = newId('l');
    const of = { dataset, version, project, owner: caller.id, request, createdAt: clock.now() };
    await tables.commit(store.write.insert({ id, ...of, questions: questions.length, skipped }, configurations));
    const { jobId: job } = await jobs.start(this.requestOf(dataset, id));
    await store.setJob(id, job);
    const counts = { configurations: configurations.length, questions: questions.length };
    const details = { step: 'lab begun', collection: request.collection, ...counts, lab: id, job } as const;
    await audit.write({ kind: 'dataset', ...by, subject: `dataset:${dataset}`, details });
    return this.get(dataset, id);
  }

  /** Newest first. */
  async list(dataset: string): Promise<readonly Lab[]> {
    const labs = await this.sources.store.of(dataset);
    return Promise.all(labs.map((lab) => this.replyOf(lab)));
  }

  /** The labs of a project, newest first, at most 200. */
  async ofProject(project: string): Promise<readonly LabSummary[]> {
    const { store, datasets } = this.sources;
    return Promise.all(
      (await store.ofProject(project, mostListed)).map(async (lab) => {
        const { id, dataset, version, createdAt, job, request, questions, best } = lab;
        const { collection, metric, k } = request;
        const of = { id, dataset, datasetName: (await datasets.get(dataset)).name, version, createdAt, job };
        const configurations = await store.configurationCount(id);
        return withoutUndefined({
          ...of,
          collection,
          metric,
          k,
          questions,
          configurations,
          best,
          ...(await this.stateOf(lab)),
        });
      }),
    );
  }

  /** Searches the serving index of a collection and its new index for the questions of a dataset. Errors: those of `create`, `conflict`. */
  async compareIndexes(
    dataset: string,
    request: LabelledComparisonRequest,
    caller: Principal,
  ): Promise<ReindexComparison> {
    const project = await this.projectWithCollection(dataset, request.collection, caller);
    const resource = { kind: 'collection', id: request.collection, project } as const;
    checkAccess(caller, 'collection:write', resource, this.sources.clock, request.collection);
    return this.measureIndexes(dataset, request, await this.sources.readersOf(caller));
  }

  /** The project of a dataset, which must have the collection too. Errors: `not_found`, `collection_not_found`. */
  async projectWithCollection(dataset: string, collection: string, caller: Principal): Promise<string> {
    const { ownership, datasets } = this.sources;
    await datasets.get(dataset);
    const { project = 'default' } = await ownership.resourceOf('dataset', dataset, caller);
    await this.open(collection, project, caller);
    return project;
  }

  /** As `compareIndexes`, for callers that were checked before. Without `readers` it searches everything, and only figures may be shown. */
  async measureIndexes(
    dataset: string,
    { collection: name, version, split, input, seed, k, questions: most }: LabelledComparisonRequest,
    readers?: readonly string[],
  ): Promise<ReindexComparison> {
    const { datasets } = this.sources;
    const collections = await this.sources.collections.get();
    const collection = await collections.open(name);
    const { reindexing } = collections;
    if (reindexing === undefined)
      throw new HeddleError('resource_unavailable', `Collection '${name}' is in a store without other indexes.`);
    const { serving, next, previous } = await reindexing.state(name);
    const models = [serving.embedding, (next ?? previous)?.info.embedding ?? serving.embedding];
    const embedders = await Promise.all(models.map((model) => this.sources.embedder(model)));
    const { reranking } = collection;
    const clearances = [
      ...embedders.map(({ destination }) => destination.clearance),
      ...(reranking === undefined ? [] : [reranking.clearance]),
    ];
    const at = version ?? (await datasets.get(dataset)).version;
    const of = { dataset, version: at, split, input, seed, most, clearances };
    const { questions } = await labelledQuestions(datasets, of, collection);
    if (questions.length === 0)
      throw new HeddleError(
        'lab_invalid',
        'No row of the dataset has a question and names a document of the collection: add references to its rows.',
      );
    return reindexing.compare(name, questions.map(indexQuestion), k, readers);
  }

  /** Errors: `not_found`, as have all methods below. */
  async get(dataset: string, id: string): Promise<Lab> {
    return this.replyOf(await this.sources.store.get(id, dataset));
  }

  /** Errors: `conflict` if the lab has ended. */
  async cancel(dataset: string, id: string, by: AuditActor): Promise<Lab> {
    const { job, status } = await this.get(dataset, id);
    if (status !== 'running') throw new HeddleError('conflict', `The lab is ${status}: there is nothing to cancel.`);
    await this.sources.jobs.cancel(job, by);
    return this.get(dataset, id);
  }

  /** Continues a lab that was stopped or failed, with the remaining questions. Errors: `conflict` if it is running or done. */
  async resume(dataset: string, id: string, caller: Principal, by: AuditActor): Promise<Lab> {
    const { store, jobs, audit } = this.sources;
    const { status, request } = await this.get(dataset, id);
    if (status !== 'cancelled' && status !== 'failed')
      throw new HeddleError('conflict', `The lab is ${status}: there is nothing to continue.`);
    await this.open(request.collection, (await store.get(id)).project, caller);
    const { jobId: job } = await jobs.start(this.requestOf(dataset, id));
    await store.setJob(id, job);
    const details = { step: 'lab continued', lab: id, job } as const;
    await audit.write({ kind: 'dataset', ...by, subject: `dataset:${dataset}`, details });
    return this.get(dataset, id);
  }

  async remove(dataset: string, id: string, by: AuditActor): Promise<void> {
    const { store, audit } = this.sources;
    const { status } = await this.get(dataset, id);
    if (status === 'running') await this.cancel(dataset, id, by);
    const details = { step: 'lab removed', lab: id } as const;
    await audit.commit({ kind: 'dataset', ...by, subject: `dataset:${dataset}`, details }, store.write.remove(id));
  }

  /** Describes how to continue a lab that an earlier process left unfinished. */
  leftJob(dataset: string, work: unknown): JobRequest {
    return this.requestOf(dataset, Work.parse(work).lab);
  }

  private requestOf(dataset: string, id: string): JobRequest {
    return {
      kind: 'lab',
      subject: dataset,
      work: { lab: id } satisfies z.infer<typeof Work>,
      run: (work) => this.run(id, work),
      // This is not called when the process stops, so the next process can continue the indexes.
      cleanUp: () => rm(join(this.sources.folder, id), { recursive: true, force: true }),
    };
  }

  /** Opens a collection that the project has and that the caller may read. */
  private async open(name: string, project: string, caller: Principal): Promise<Collection> {
    const { grants, clock, collections } = this.sources;
    // A member of two projects must not move data from one to the other.
    if (!grants.has(project, 'collection', name)) throw collectionNotFound(name);
    checkAccess(caller, 'collection:read', { kind: 'collection', id: name, project }, clock, name);
    return (await collections.get()).open(name);
  }

  private async run(id: string, { signal, report }: JobWork): Promise<{ readonly lab: string }> {
    const { store, datasets, collections, grants, folder, openOwn, originalsOf } = this.sources;
    const lab = await store.get(id);
    const { collection: name } = lab.request;
    // The grant of the collection may have been removed meanwhile.
    if (!grants.has(lab.project, 'collection', name)) throw collectionNotFound(name);
    const current = await (await collections.get()).open(name);
    const { questions } = await planLab(datasets, lab, current, this.modelsOf(lab.project));
    // The indexes of a lab have no label of their own, so it is checked here what may go to a reranker.
    for (const { search } of await store.scores(id)) await current.settings?.tried(settingsOf(search));
    const vectors = new VectorCache();
    const embedder = (model: string): Promise<Embedder> => {
      this.sources.admit(model);
      return this.sources.embedder(model);
    };
    const now = (): number => performance.now();
    const documents = (): AsyncIterable<DocumentInput> => originalsOf(name);
    const indexes = new FolderIndexes(join(folder, id), {
      open: (file) => openOwn(file, vectors, name),
      documents,
      now,
    });
    const scores = await store.scores(id);
    const total = scores.length * questions.length;
    let done = scores.reduce((sum, one) => sum + (one.status === 'stopped' ? questions.length : one.questions), 0);
    const reportMore: LabRun['report'] = (more, building) =>
      report(withoutUndefined({ done: (done += more), total, lab: id, building }));
    try {
      const money = new LabMoney(lab.request.maxCost, this.sources.priceOf, await store.spent(id));
      const languageModel = (model: string): Promise<LanguageModel> => {
        this.sources.admit(model);
        return this.sources.languageModel(model);
      };
      const rewriter = new LabRewriter({ store, lab: id, languageModel, money, now });
      const models = { vectors, embedder, money, rewriter };
      await runLab({ store, lab, questions, current, indexes, ...models, now, signal, report: reportMore });
    } finally {
      await indexes.close();
    }
    return { lab: id };
  }

  /** The models that the project's grants allow and that no kill switch stops. */
  private modelsOf(project: string): LabModels {
    const check = (model: string): void => {
      checkModel({ mayUse: (kind, id) => this.sources.grants.has(project, kind, id) }, model);
      this.sources.admit(model);
    };
    return {
      reranker: async (model) => {
        check(model);
        return (await this.sources.reranker(model)).destination;
      },
      rewriter: async (model) => {
        check(model);
        return (await this.sources.languageModel(model)).info.destination;
      },
    };
  }

  /** Errors: `label_refused`, `lab_invalid`, `price_missing`. */
  private async checkModels(
    configurations: readonly LabConfiguration[],
    questions: number,
    { maxCost }: LabRequest,
    collection: Collection,
  ): Promise<void> {
    const facts = new Map<string, ModelFacts>();
    const priceOf = async (model: string, { isLocal }: Destination): Promise<void> => {
      facts.set(model, { isLocal, price: isLocal ? undefined : await this.sources.priceOf(model) });
    };
    for (const model of rerankersOf(configurations))
      await priceOf(model, (await this.sources.reranker(model)).destination);
    for (const model of rewritersOf(configurations))
      await priceOf(model, (await this.sources.languageModel(model)).info.destination);
    for (const { search } of configurations) await collection.settings?.tried(settingsOf(search));
    checkCost(configurations, questions, maxCost, facts);
  }

  private async replyOf(lab: StoredLab): Promise<Lab> {
    const { store } = this.sources;
    const { id, dataset, version, owner, createdAt, request, questions, skipped, best, comparisons } = lab;
    const configurations = await store.scores(id);
    const report = {
      questions,
      skipped,
      configurations: [...configurations],
      front: frontOf(configurations, request, ({ searchMs }) => searchMs),
      costFront: configurations.some(({ cost }) => cost !== undefined)
        ? frontOf(configurations, request, ({ cost }) => cost?.perThousand ?? 0)
        : undefined,
    };
    const state = await this.stateOf(lab);
    return withoutUndefined({
      id,
      dataset,
      version,
      owner,
      createdAt,
      job: lab.job,
      request,
      ...state,
      report: withoutUndefined({
        ...report,
        best,
        comparisons: comparisons === undefined ? undefined : [...comparisons],
      }),
    });
  }

  /** The state of a lab is that of its job. */
  private async stateOf({ job, best }: StoredLab): Promise<Pick<Lab, 'status' | 'endedAt' | 'error'>> {
    const found = await this.sources.jobs.get(job).catch((error: unknown): JobReply | undefined => {
      if (error instanceof HeddleError && error.code === 'job_not_found') return undefined;
      throw error;
    });
    if (found === undefined) return { status: best === undefined ? 'failed' : 'done' };
    const { status, error, endedAt } = found;
    if (status === 'queued' || status === 'running') return { status: 'running' };
    const why = error === undefined ? undefined : { code: error.code, message: error.message };
    return withoutUndefined({ status, endedAt, error: why });
  }
}

/** A question with the first of its judged documents. */
function indexQuestion({ text, relevance }: LabQuestion): ReindexQuestion {
  const named = (isWanted: (grade: number) => boolean): string[] =>
    [...relevance].flatMap(([document, grade]) => (isWanted(grade) ? [document] : [])).slice(0, 100);
  return { question: text, documents: named((grade) => grade > 0), notRelevant: named((grade) => grade <= 0) };
}

/**
 * The numbers of the configurations on the Pareto front of quality against a price, such as time or cost. Only configurations that answered
 * all questions count.
 */
function frontOf(
  scores: readonly LabScore[],
  { metric }: LabRequest,
  priceOf: (score: LabScore) => number | undefined,
): number[] {
  const points = scores.flatMap((score) => {
    const { number, status, means } = score;
    const price = priceOf(score);
    return status === 'done' && means !== undefined && price !== undefined
      ? [{ variant: String(number), quality: means[metric], price }]
      : [];
  });
  return paretoFront(points).map(Number);
}
