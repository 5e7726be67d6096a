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

/** The work of a job that finds entities, stored for a later process. */
export const GraphOrder = z.object({ graph: z.literal(true), retryFailed: z.boolean().optional() });
type GraphOrder = z.infer<typeof GraphOrder>;

/** Finds the entities of collections in jobs, and shows them. */
export class GraphService {
  constructor(
    /** Errors: `collection_not_found`. */
    private readonly open: (name: string) => Promise<Collection>,
    private readonly jobs: JobService,
    private readonly audit: Pick<Audit, 'write'>,
    /** Plans hold search settings. */
    private readonly onChanged: () => void,
  ) {}

  /** Errors: `collection_not_found`. */
  async state(name: string, by: ReaderNamesNow): Promise<GraphState> {
    return (await this.graph(name, by)).state();
  }

  /** Calls no model. Errors: those of `set`. */
  async estimate(name: string, options: GraphOptions): Promise<GraphEstimate> {
    return (await this.graph(name)).estimate(options);
  }

  /** Sets how entities are found, and finds them in a job. Errors: `model_unknown`, `model_wrong_kind`, `label_refused`. */
  async set(name: string, options: GraphOptions, by: AuditActor): Promise<JobReply> {
    await (await this.graph(name)).set(options);
    this.onChanged();
    const job = await this.start(name, { graph: true });
    const details = { step: 'knowledge graph set', model: options.model, job: job.jobId } as const;
    await this.audit.write({ kind: 'collection', ...by, subject: `collection:${name}`, details });
    return job;
  }

  /** Continues, and tries failed documents again. Errors: `graph_missing`. */
  async goOn(name: string, by: AuditActor): Promise<JobReply> {
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

  /** Finds the entities of documents that were written. A job that runs may be past them, so that a waiting one counts only. */
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

  /** Errors: `graph_missing`, also for an entity that only other readers may see. */
  async entity(name: string, id: string, by: ReaderNamesNow): Promise<GraphEntityReply> {
    const found = await (await this.graph(name, by)).entity(id);
    if (found !== undefined) return found;
    throw new HeddleError('graph_missing', `No document of '${name}' that you may read mentions this entity.`);
  }

  /** Makes two entities one. Errors: `graph_missing`, `conflict`. */
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

  /** Says that two entities are not the same. Errors: `graph_missing`. */
  async keepApart(name: string, request: KeepApartRequest, by: AuditActor, who: ReaderNamesNow): Promise<void> {
    await (await this.graph(name, who)).keepApart(request);
    const details = { step: 'entities kept apart', ...request } as const;
    await this.audit.write({ kind: 'collection', ...by, subject: `collection:${name}`, details });
  }

  /** Entities that may be one. Errors: `graph_missing`. */
  async suggestions(name: string, who: ReaderNamesNow): Promise<EntitySuggestionsReply> {
    const graph = await this.graph(name, who);
    if ((await graph.options()) === undefined) throw noGraph(name);
    return { suggestions: [...(await graph.suggestions())] };
  }

  /** How to continue a job that an earlier process left. */
  jobOf(name: string, work: GraphOrder): JobRequest {
    return {
      kind: 'graph',
      subject: name,
      work,
      // Imports continue meanwhile.
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
