import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Histogram, Registry } from 'prom-client';
import type { WorkflowStore } from '@heddle/core';
import { TrustedClock } from '../common/trusted-clock.js';
import { HealthService } from '../health/health.service.js';
import { JobService } from '../jobs/job.service.js';
import { RunHub } from '../live/run-hub.js';
import { ModelService } from '../models/model.service.js';
import { RunService } from '../runs/run.service.js';
import { SETTINGS } from '../settings/settings-token.js';
import type { Settings } from '../settings/settings-table.js';
import { WORKFLOW_STORE } from '../workflows/workflow-store-token.js';
import { createRunFigures, type RunNames } from './run-figures.js';
import { createStateFigures } from './state-figures.js';

/** An answered request. */
export interface AnsweredRequest {
  readonly method: string;
  /** The pattern of its route, such as `/api/runs/:id`; undefined without a route. */
  readonly route: string | undefined;
  readonly status: number;
  readonly seconds: number;
}

interface Figures {
  readonly registry: Registry;
  readonly requests: Histogram<'method' | 'route' | 'status'>;
  /** Reads the gauges again. */
  refresh(): Promise<void>;
  stop(): void;
}

/** Seconds. */
const requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Metrics in the text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/). Counters read events. They
 * start at the first request for metrics: a server without monitoring counts nothing and loads nothing.
 */
@Injectable()
export class MetricsService implements OnApplicationShutdown {
  private begun: Promise<Figures> | undefined;
  private figures: Figures | undefined;

  constructor(
    private readonly health: HealthService,
    private readonly hub: RunHub,
    private readonly runs: RunService,
    private readonly jobs: JobService,
    private readonly models: ModelService,
    private readonly clock: TrustedClock,
    @Inject(WORKFLOW_STORE) private readonly workflows: WorkflowStore,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** All counters and gauges. */
  async read(): Promise<{ readonly text: string; readonly mediaType: string }> {
    const figures = await (this.begun ??= this.begin());
    await figures.refresh();
    return { text: await figures.registry.metrics(), mediaType: figures.registry.contentType };
  }

  /** Counts an answered request. */
  observe({ method, route = 'none', status, seconds }: AnsweredRequest): void {
    this.figures?.requests.observe({ method, route, status: String(status) }, seconds);
  }

  onApplicationShutdown(): void {
    this.figures?.stop();
    this.figures = undefined;
  }

  private async begin(): Promise<Figures> {
    const library = await import('prom-client');
    const registry = new library.Registry();
    library.collectDefaultMetrics({ register: registry });
    const requests = new library.Histogram({
      name: 'heddle_http_request_duration_seconds',
      help: 'Requests by route, from their arrival to the end of the answer; a stream counts when it ends.',
      labelNames: ['method', 'route', 'status'] as const,
      buckets: requestBuckets,
      registers: [registry],
    });
    const names = this.names();
    const stopListening = this.hub.listen(createRunFigures(library, registry, names));
    const { health, hub, runs, jobs, models, clock } = this;
    const { dataFolder } = this.settings;
    const readState = createStateFigures(library, registry, { health, hub, runs, jobs, models, clock, dataFolder });
    this.figures = {
      registry,
      requests,
      refresh: () => {
        names.forget();
        return readState();
      },
      stop: () => {
        stopListening();
        registry.clear();
      },
    };
    return this.figures;
  }

  /** Slugs are cached from one scrape to the next. */
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
