import {
  HeddleError,
  type Audit,
  type AuditActor,
  type Collection,
  type CollectionGraph,
  type GraphEntitiesReply,
  type GraphEntityReply,
  type GraphEstimate,
  type GraphOptions,
  type GraphState,
  type EntitySuggestionsReply,
  type KeepApartRequest,
  type MergeEntitiesRequest,
  type JobReply,
  type ReaderNamesNow,
} from '@heddle/core';
import { z } from 'zod';
import type { JobRequest, JobService } from '../../jobs/job.service.js';

/** The work of a job that finds entities, stored so that a later process can continue it. */
export const GraphOrder = z.object({ graph: z.literal(true), retryFailed: z.boolean().optional() });
type GraphOrder = z.infer<typeof GraphOrder>;

/** Finds the entities of collections in jobs, and reads them for the API. */
export class GraphService {
  constructor(
    /** Errors: `collection_not_found`. */
    private readonly open: (name: string) => Promise<Collection>,
    private readonly jobs: JobService,
    private readonly audit: Pick<Audit, 'write'>,
    /** Called when the graph is set or removed, because plans contain search settings. */
    private readonly onChanged: () => void,
  ) {}

  /** Errors: `collection_not_found`. */
  async state(name: string, by: ReaderNamesNow): Promise<GraphState> {
    return (await this.graph(name, by)).state();
  }

  /** Estimates what the model would read, without calling it. Errors: those of `set`. */
  async estimate(name: string, options: GraphOptions): Promise<GraphEstimate> {
    return (await this.graph(name)).estimate(options);
  }

  /** Sets how entities are found, and starts a job that finds them. Errors: `model_unknown`, `model_wrong_kind`, `label_refused`. */
  async set(name: string, options: GraphOptions, by: AuditActor): Promise<JobReply> {
    await (await this.graph(name)).set(options);
    this.onChanged();
    const job = await this.start(name, { graph: true });
    const details = { step: 'knowledge graph set', model: options.model, job: job.jobId } as const;
    await this.audit.write({ kind: 'collection', ...by, subject: `collection:${name}`, details });
    return job;
  }

  /** Continues to find entities, and tries failed documents again. Errors: `graph_missing`. */
  async resume(name: string, by: AuditActor): Promise<JobReply> {
    if ((await (await this.graph(name)).options()) === undefined) throw noGraph(name);
    const job = await this.start(name, { graph: true, retryFailed: true });
    const details = { step: 'knowledge graph continued', job: job.jobId } as const;
    await this.audit.write({ kind: 'collection', ...by, subject: `collection:${name}`, details });
    return job;
  }

  /** Removes the graph of a collection. Its documents stay. Errors: `graph_missing`. */
  async remove(name: string, by: AuditActor): Promise<void> {
    const graph = await this.graph(name);
    if ((await graph.options()) === undefined) throw noGraph(name);
    for (const { jobId } of await this.openJobs(name)) await this.jobs.cancel(jobId);
    await graph.set(undefined);
    this.onChanged();
    const details = { step: 'knowledge graph removed' } as const;
    await this.audit.write({ kind: 'collection', ...by, subject: `collection:${name}`, details });
  }

  /**
   * Starts a job that finds the entities of new documents. No job is needed if one is queued; a running job may be past the new documents,
   * so it does not count.
   */
  async follow(name: string): Promise<void> {
    const collection = await this.open(name);
    if ((await collection.graph?.options()) === undefined) return;
    if ((await this.openJobs(name)).some(({ status }) => status === 'queued')) return;
    await this.start(name, { graph: true });
  }

  /** Entities that the reader may see. Errors: `graph_missing`. */
  async entities(
    name: string,
    page: Parameters<CollectionGraph['entities']>[0],
    by: ReaderNamesNow,
  ): Promise<GraphEntitiesReply> {
    const graph = await this.graph(name, by);
    if ((await graph.options()) === undefined) throw noGraph(name);
    return graph.entities(page);
  }

  /** Errors: `graph_missing`, also if only others may see the entity. */
  async entity(name: string, id: string, by: ReaderNamesNow): Promise<GraphEntityReply> {
    const found = await (await this.graph(name, by)).entity(id);
    if (found !== undefined) return found;
    throw new HeddleError('graph_missing', `No document of '${name}' that you may read mentions this entity.`);
  }

  /** Merges two entities. Errors: `graph_missing`, `conflict`. */
  async merge(name: string, request: MergeEntitiesRequest, by: AuditActor, who: ReaderNamesNow): Promise<void> {
    await (await this.graph(name, who)).merge(request);
    const details = { step: 'entities merged', ...request } as const;
    await this.audit.write({ kind: 'collection', ...by, subject: `collection:${name}`, details });
  }

  /** Separates an entity from the one that it was merged into. Errors: `graph_missing`, `conflict`. */
  async unmerge(name: string, entity: string, by: AuditActor, who: ReaderNamesNow): Promise<void> {
    await (await this.graph(name, who)).unmerge(entity);
    const details = { step: 'entity separated', entity } as const;
    await this.audit.write({ kind: 'collection', ...by, subject: `collection:${name}`, details });
  }

  /** Records that two entities are different. Errors: `graph_missing`. */
  async keepApart(name: string, request: KeepApartRequest, by: AuditActor, who: ReaderNamesNow): Promise<void> {
    await (await this.graph(name, who)).keepApart(request);
    const details = { step: 'entities kept apart', ...request } as const;
    await this.audit.write({ kind: 'collection', ...by, subject: `collection:${name}`, details });
  }

  /** Pairs of entities that may be the same. Errors: `graph_missing`. */
  async suggestions(name: string, who: ReaderNamesNow): Promise<EntitySuggestionsReply> {
    const graph = await this.graph(name, who);
    if ((await graph.options()) === undefined) throw noGraph(name);
    return { suggestions: [...(await graph.suggestions())] };
  }

  /** Describes how to continue a job that an earlier process left unfinished. */
  jobOf(name: string, work: GraphOrder): JobRequest {
    return {
      kind: 'graph',
      subject: name,
      work,
      // A queue of its own, so that imports continue meanwhile.
      queue: `graph ${name}`,
      run: async ({ signal, report }) => {
        const { retryFailed } = work;
        const { options: _options, ...state } = await (
          await this.graph(name)
        ).fill({ signal, retryFailed, onProgress: report });
        return state;
      },
    };
  }

  private start(name: string, work: GraphOrder): Promise<JobReply> {
    return this.jobs.start(this.jobOf(name, work));
  }

  private async openJobs(name: string): Promise<readonly JobReply[]> {
    return (await this.jobs.open()).filter(({ kind, subject }) => kind === 'graph' && subject === name);
  }

  private async graph(name: string, by?: ReaderNamesNow): Promise<CollectionGraph> {
    const collection = await this.open(name);
    const { graph } = by === undefined ? collection : collection.readableBy(by);
    if (graph !== undefined) return graph;
    throw new HeddleError('resource_unavailable', `Collection '${name}' cannot have a knowledge graph here.`);
  }
}

const noGraph = (name: string): HeddleError =>
  new HeddleError('graph_missing', `Collection '${name}' has no knowledge graph: set a model for it first.`);
