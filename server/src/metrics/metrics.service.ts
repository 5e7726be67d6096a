import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Registry } from 'prom-client';
import type { StreamEvent, WorkflowStore } from '@heddle/core';
import { ClusterService } from '../cluster/cluster.service.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { HealthService } from '../health/health.service.js';
import { JobService } from '../jobs/job.service.js';
import { RunHub } from '../live/run-hub.js';
import { ModelService } from '../models/model.service.js';
import { RunService } from '../runs/run.service.js';
import { SETTINGS } from '../settings/settings-token.js';
import type { Settings } from '../settings/settings-table.js';
import { WORKFLOW_STORE } from '../workflows/workflow-store-token.js';
import { countRequest, createRequestFigures, type AnsweredRequest, type RequestFigures } from './request-figures.js';
import { createRunFigures, type RunNames } from './run-figures.js';
import { createClusterFigures } from './cluster-figures.js';
import { createStateFigures } from './state-figures.js';

interface Figures {
  readonly registry: Registry;
  readonly requests: RequestFigures;
  /** Updates the gauges. */
  refresh(): Promise<void>;
  stop(): void;
}

/** Requests and events from before the library was loaded. */
interface EarlyCounts {
  readonly requests: AnsweredRequest[];
  readonly events: (readonly [string, readonly StreamEvent[]])[];
}

/** How many of each are kept until then. */
const mostEarly = 20_000;

/**
 * Metrics in the text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/). They count from the start of the
 * server on. The library is loaded only after the start; what happens before that is kept and then counted.
 */
@Injectable()
export class MetricsService implements OnApplicationShutdown {
  private begun: Promise<Figures> | undefined;
  private figures: Figures | undefined;
  /** Undefined before the start, and once the library is loaded. */
  private early: EarlyCounts | undefined;
  private stopEarly: (() => void) | undefined;

  constructor(
    private readonly health: HealthService,
    private readonly hub: RunHub,
    private readonly runs: RunService,
    private readonly jobs: JobService,
    private readonly models: ModelService,
    private readonly clock: TrustedClock,
    private readonly cluster: ClusterService,
    @Inject(WORKFLOW_STORE) private readonly workflows: WorkflowStore,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Starts to count, which only a server does: a command that handles its own requests has nothing to count. */
  start(): void {
    if (this.begun !== undefined || this.early !== undefined) return;
    const early: EarlyCounts = { requests: [], events: [] };
    this.early = early;
    this.stopEarly = this.hub.listen((runId, events) => {
      if (early.events.length < mostEarly) early.events.push([runId, events]);
    });
  }

  /** Loads the library; called once the server accepts requests. */
  load(): void {
    void this.ready().catch(() => undefined);
  }

  /** All counters and gauges. */
  async read(): Promise<{ readonly text: string; readonly mediaType: string }> {
    const figures = await this.ready();
    await figures.refresh();
    return { text: await figures.registry.metrics(), mediaType: figures.registry.contentType };
  }

  /** Counts an answered request. */
  observe(answered: AnsweredRequest): void {
    if (this.figures !== undefined) countRequest(this.figures.requests, answered);
    else if (this.early !== undefined && this.early.requests.length < mostEarly) this.early.requests.push(answered);
  }

  onApplicationShutdown(): void {
    this.stopEarly?.();
    this.figures?.stop();
    this.figures = undefined;
  }

  /** Loads the library once. If that fails, the next request tries again. */
  private ready(): Promise<Figures> {
    this.begun ??= this.begin().catch((error: unknown) => {
      this.begun = undefined;
      throw error;
    });
    return this.begun;
  }

  private async begin(): Promise<Figures> {
    const library = await import('prom-client');
    const registry = new library.Registry();
    library.collectDefaultMetrics({ register: registry });
    const requests = createRequestFigures(library, registry);
    const names = this.names();
    const readEvents = createRunFigures(library, registry, names);
    const stopListening = this.hub.listen(readEvents);
    this.stopEarly?.();
    const { early } = this;
    this.early = undefined;
    for (const [runId, events] of early?.events ?? []) readEvents(runId, events);
    const { health, hub, runs, jobs, models, clock } = this;
    const { dataFolder } = this.settings;
    const readState = createStateFigures(library, registry, { health, hub, runs, jobs, models, clock, dataFolder });
    const readCluster = createClusterFigures(library, registry, this.cluster);
    this.figures = {
      registry,
      requests,
      refresh: async () => {
        names.forget();
        await Promise.all([readState(), readCluster()]);
      },
      stop: () => {
        stopListening();
        registry.clear();
      },
    };
    for (const answered of early?.requests ?? []) countRequest(requests, answered);
    return this.figures;
  }

  /** Reads slugs, which are cached from one scrape to the next. */
  private names(): RunNames & { forget(): void } {
    const slugs = new Map<string, Promise<string>>();
    const { runs, workflows } = this;
    const read = (id: string): Promise<string> =>
      workflows.get(id).then(
        ({ slug }) => slug,
        () => id,
      );
    return {
      summary: (runId) => runs.summary(runId),
      slugOf(id) {
        if (id === undefined) return Promise.resolve('');
        const slug = slugs.get(id) ?? read(id);
        slugs.set(id, slug);
        return slug;
      },
      forget: () => slugs.clear(),
    };
  }
}
