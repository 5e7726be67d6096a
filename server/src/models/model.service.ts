import {
  HeddleError,
  ModelCard,
  type AuditActor,
  type AuditEvent,
  type Clock,
  type GenerateEvent,
  type JobReply,
  type ModelHostState,
  type ModelHub,
  type ModelMachine,
  type ModelState,
  type PullProgress,
  type ScoreTextsReply,
  type ScoreTextsRequest,
  type TryModelRequest,
} from '@heddle/core';
import type { ModelCalls } from '@heddle/adapters/routing';
import type { Lazy } from '../common/lazy.js';
import type { JobRequest, JobService } from '../jobs/job.service.js';
import type { TopicHub } from '../live/topic-hub.js';
import { pullUntilDone } from './pull-until-done.js';
import { scoreTexts } from './score-texts.js';

/** Local models: the catalogue, downloads and model processes. */
export class ModelService {
  private unwatch: (() => void) | undefined;

  constructor(
    private readonly hub: Lazy<ModelHub>,
    private readonly jobs: JobService,
    private readonly topics: TopicHub,
    private readonly clock: Clock,
    private readonly audit: { write(event: AuditEvent): Promise<void> },
    private readonly calls: Pick<ModelCalls, 'speed' | 'keepTrial'>,
  ) {}

  async list(): Promise<readonly ModelState[]> {
    return this.withSpeed(await (await this.open()).list());
  }

  /** The hardware of this machine for models; undefined if models run elsewhere. */
  async machine(): Promise<ModelMachine | undefined> {
    return (await this.open()).machine?.();
  }

  async hosts(): Promise<readonly ModelHostState[]> {
    return (await this.open()).hosts();
  }

  /** The models and model processes, as the topic `models` publishes them. */
  async state(): Promise<{ readonly models: readonly ModelState[]; readonly hosts: readonly ModelHostState[] }> {
    const hub = await this.open();
    return this.stateOf(hub);
  }

  /** Errors: `bad_request`, `conflict`. */
  async add(card: unknown, by: AuditActor): Promise<ModelCard> {
    const parsed = ModelCard.parse(card);
    const hub = await this.open();
    await hub.add(parsed);
    await this.audit.write({ kind: 'model', ...by, subject: `model:${parsed.id}`, details: { step: 'added' } });
    return parsed;
  }

  /** Starts a download job. It continues after a broken connection, and in a later process. Errors: `model_unknown`. */
  async pull(id: string, by: AuditActor): Promise<JobReply> {
    const hub = await this.open();
    hub.card(id);
    const job = await this.jobs.start(this.pullRequest(id, false));
    const details = { step: 'download begun', job: job.jobId } as const;
    await this.audit.write({ kind: 'model', ...by, subject: `model:${id}`, details });
    return job;
  }

  /** Describes how to continue a download that an earlier process left unfinished. */
  leftJob(id: string): JobRequest {
    return this.pullRequest(id, true);
  }

  private pullRequest(id: string, hasBegun: boolean): JobRequest {
    return {
      kind: 'pull',
      subject: id,
      work: {},
      run: async (work) => pullUntilDone(id, { hub: await this.open(), clock: this.clock, hasBegun }, work),
    };
  }

  /** Downloads a model at once, without a job; used at the first start. */
  async pullNow(
    id: string,
    options: { readonly signal?: AbortSignal; readonly onProgress?: (progress: PullProgress) => void },
  ): Promise<void> {
    await (await this.open()).pull(id, options);
  }

  /** Loads a model in advance. Errors: `model_unknown`, `model_missing`, `model_load_failed`. */
  async load(id: string): Promise<void> {
    const hub = await this.open();
    if (hub.load === undefined) throw cannot('loaded ahead');
    await hub.load(id);
  }

  /** Unloads a model and frees its memory. Errors: `model_unknown`, `model_busy`. */
  async unload(id: string): Promise<void> {
    const hub = await this.open();
    if (hub.unload === undefined) throw cannot('unloaded');
    await hub.unload(id);
  }

  /** Streams one answer of a language model. Errors: `model_unknown`, `model_missing`, `model_wrong_kind`. */
  async tryPrompt(id: string, request: TryModelRequest, signal: AbortSignal): Promise<AsyncIterable<GenerateEvent>> {
    const model = await (await this.open()).languageModel(id);
    const { prompt, system, ...rest } = request;
    const messages = [
      ...(system === undefined || system === '' ? [] : [{ role: 'system' as const, content: system }]),
      { role: 'user' as const, content: prompt },
    ];
    const { maxTokens, temperature } = rest;
    return this.measured(id, model.generate({ messages, maxTokens, temperature }, { signal }));
  }

  /** Passes on the events, and stores the speed that the trial showed. */
  private async *measured(id: string, events: AsyncIterable<GenerateEvent>): AsyncGenerator<GenerateEvent> {
    for await (const event of events) {
      if (event.type === 'end') {
        await this.calls.keepTrial(id, event.usage);
        this.announce(await this.open());
      }
      yield event;
    }
  }

  /** The scores by an embedder (similarity to the query), a reranker or a classifier. Errors: `model_wrong_kind`, `bad_request`. */
  async score(id: string, request: ScoreTextsRequest, signal: AbortSignal): Promise<ScoreTextsReply> {
    const hub = await this.open();
    const startedAt = performance.now();
    const { scores, dimensions } = await scoreTexts(hub, id, request, signal);
    return {
      scores: [...scores],
      ms: performance.now() - startedAt,
      dimensions,
    };
  }

  /** The default embedding model, else one on this machine that the caller may use. Errors: `model_missing`. */
  async starterEmbedder(mayUse: (model: string) => boolean): Promise<string> {
    const embedders = (await this.list()).filter(({ card }) => card.kind === 'embed' && mayUse(card.id));
    const isHere = ({ status }: ModelState): boolean => status === 'ready' || status === 'loaded';
    const chosen = embedders.find((state) => state.card.isStarter && isHere(state)) ?? embedders.find(isHere);
    if (chosen !== undefined) return chosen.card.id;
    throw new HeddleError(
      'model_missing',
      'No embedding model is on this machine: download one on the page Models first.',
    );
  }

  close(): void {
    this.unwatch?.();
    this.unwatch = undefined;
  }

  private async open(): Promise<ModelHub> {
    const hub = await this.hub.get();
    this.unwatch ??= hub.watch(() => this.announce(hub));
    return hub;
  }

  private announce(hub: ModelHub): void {
    this.topics.changed('models', 'models', () => this.stateOf(hub));
  }

  private async stateOf(hub: ModelHub): ReturnType<ModelService['state']> {
    return { models: await this.withSpeed(await hub.list()), hosts: hub.hosts() };
  }

  private withSpeed(models: readonly ModelState[]): Promise<readonly ModelState[]> {
    return Promise.all(models.map(async (model) => ({ ...model, speed: await this.calls.speed(model.card.id) })));
  }
}

function cannot(what: string): HeddleError {
  return new HeddleError('resource_unavailable', `Models of this Heddle cannot be ${what}.`);
}
