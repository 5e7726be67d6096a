import {
  ModelCard,
  type JobReply,
  type ModelHostState,
  type ModelHub,
  type ModelState,
  type PullProgress,
} from '@heddle/core';
import type { Lazy } from '../heddle/lazy.js';
import type { JobService } from '../jobs/job.service.js';
import type { TopicHub } from '../live/topic-hub.js';

/** Models of this machine: catalogue, downloads, hosts. */
export class ModelService {
  private unwatch: (() => void) | undefined;

  constructor(
    private readonly hub: Lazy<ModelHub>,
    private readonly jobs: JobService,
    private readonly topics: TopicHub,
  ) {}

  async list(): Promise<readonly ModelState[]> {
    return (await this.open()).list();
  }

  async hosts(): Promise<readonly ModelHostState[]> {
    return (await this.open()).hosts();
  }

  /** Models and hosts as the topic `models` tells them. */
  async state(): Promise<{ readonly models: readonly ModelState[]; readonly hosts: readonly ModelHostState[] }> {
    const hub = await this.open();
    return { models: await hub.list(), hosts: hub.hosts() };
  }

  /** Errors: `bad_request`, `conflict`. */
  async add(card: unknown): Promise<ModelCard> {
    const parsed = ModelCard.parse(card);
    const hub = await this.open();
    await hub.add(parsed);
    return parsed;
  }

  /** Starts a download job. Errors: `model_unknown`. */
  async pull(id: string): Promise<JobReply> {
    const hub = await this.open();
    hub.card(id);
    return this.jobs.start({
      kind: 'pull',
      subject: id,
      run: ({ signal, report }) => hub.pull(id, { signal, onProgress: (progress) => report({ ...progress }) }),
    });
  }

  /** Downloads at once, without a job. */
  async pullNow(
    id: string,
    options: { readonly signal?: AbortSignal; readonly onProgress?: (progress: PullProgress) => void },
  ): Promise<void> {
    await (await this.open()).pull(id, options);
  }

  close(): void {
    this.unwatch?.();
    this.unwatch = undefined;
  }

  private async open(): Promise<ModelHub> {
    const hub = await this.hub.get();
    this.unwatch ??= hub.watch(() =>
      this.topics.changed('models', 'models', async () => ({ models: await hub.list(), hosts: hub.hosts() })),
    );
    return hub;
  }
}
