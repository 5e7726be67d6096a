import type { BlobStore } from '@heddle/adapters/blobs';
import {
  authorise,
  chatInterfaceOf,
  endUserSubject,
  HeddleError,
  type Blobs,
  type ChatInterface,
  type Label,
  type LabelLevel,
  type Message,
  type ModelHub,
  type Plan,
  type Principal,
  type RunCaller,
  type WorkflowDocument,
} from '@heddle/core';
import { Inject, Injectable } from '@nestjs/common';
import { Ownership } from '../../auth/rights/ownership.js';
import { homeProjectOf } from '../../auth/rights/project-view.js';
import { projectBlobs } from '../../calls/project-files.js';
import { ProjectGrants } from '../../authority/project-grants.js';
import { TrustedClock } from '../../common/trusted-clock.js';
import { BLOBS } from '../../files/file-tokens.js';
import { CompileService } from '../../compile/compile-service.js';
import type { Lazy } from '../../common/lazy.js';
import { lostRight } from '../../auth/rights/reply-signals.js';
import { RunHub } from '../../live/run-hub.js';
import { ConnectionService } from '../../connections/connection.service.js';
import { MODEL_HUB } from '../../models/model-hub-token.js';
import type { StartRun } from '../../runs/run-acceptor.js';
import { RunService } from '../../runs/run.service.js';
import { ChannelCallers } from '../channel-callers.js';
import { checkSpeaksForUsers } from '../../auth/end-user.js';
import type { CallerFacts } from './caller-facts.js';
import { followRun, sourcesOf, type Followed } from '../follow-run.js';
import { PUBLISHED, type Published, type PublishedWorkflow } from '../published.js';
import type { ChatRequest, EmbeddingsRequest } from './chat-request.js';
import { chatDocument, embedDocument } from './model-document.js';
import { lastUserText, readMessages } from './read-messages.js';

/** The output with the answer of a run, and the highest label that may be sent. */
export interface ChatAnswer {
  readonly output: string;
  readonly replyClearance: LabelLevel;
}

/** The run that answers a chat request. */
export interface ChatRun extends ChatAnswer {
  readonly runId: string;
  readonly asked: { readonly workflowId: string } | { readonly model: string };
  readonly plan: Plan;
  /** Whether the run continues when its caller disconnects. */
  readonly isBackground?: boolean;
}

/** The model or workflow that answers a request, once the caller's rights are checked. */
export interface ChatTarget {
  readonly request: ChatRequest;
  readonly principal: Principal;
  readonly asked: CallerFacts;
  /** The file store of the project. */
  readonly blobs: Blobs;
  /** Undefined if a model is called directly. */
  readonly workflow: (PublishedWorkflow & { readonly chat: ChatInterface }) | undefined;
}

/** How a channel starts the run of a request. */
export interface ChatStart {
  readonly channel: 'chat' | 'responses' | 'moderation';
  /** The messages before those of the request. */
  readonly history?: readonly Message[] | undefined;
  /** The label of the history. */
  readonly label?: Label | undefined;
  /** Whether the reasoning of a model is an output. */
  readonly givesReasoning?: boolean;
  /** For a model that takes one text instead of a chat: the document that calls it. */
  readonly ofText?: WorkflowDocument;
  /** Returns the part of the request that is stored with its run. */
  readonly toStore?: (answer: ChatAnswer) => unknown;
}

/** A model in `GET /v1/models`. */
export interface ListedModel {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly created: number;
  readonly owner: string;
}

/** Runs chat completions and embeddings: published workflows by slug, local models by id, remote models as `connection/model`. */
@Injectable()
export class OpenAiService {
  constructor(
    @Inject(PUBLISHED) private readonly published: Published,
    private readonly callers: ChannelCallers,
    private readonly runs: RunService,
    private readonly compiler: CompileService,
    private readonly hub: RunHub,
    private readonly ownership: Ownership,
    private readonly grants: ProjectGrants,
    @Inject(BLOBS) private readonly blobs: BlobStore,
    @Inject(MODEL_HUB) private readonly localModels: Lazy<ModelHub>,
    private readonly connections: ConnectionService,
    private readonly clock: TrustedClock,
  ) {}

  /** The models that the caller may use. */
  async models(principal: Principal): Promise<readonly ListedModel[]> {
    const now = this.clock.now();
    const workflows: ListedModel[] = [];
    for (const { workflowId, slug, plan, publishedAt } of await this.published.list()) {
      const resource = await this.ownership.resourceOf('workflow', workflowId);
      if (
        chatInterfaceOf(plan.interface) === undefined ||
        authorise(principal, 'run:published', resource, now) !== 'allowed'
      )
        continue;
      workflows.push({ id: slug, created: publishedAt, owner: 'heddle' });
    }
    const project = homeProjectOf(principal);
    if (authorise(principal, 'model:try', { kind: 'model', project }, now) !== 'allowed') return workflows;
    const states = await (await this.localModels.get()).list();
    const here = states.filter(
      ({ status, card }) =>
        (status === 'ready' || status === 'loaded') &&
        (card.kind === 'generate' || card.kind === 'embed') &&
        this.grants.has(project, 'model', card.id),
    );
    return [...workflows, ...here.map(({ card }) => ({ id: card.id, created: 0, owner: card.publisher }))];
  }

  /** A model that the caller may use, including models of a connection that the list leaves out. Errors: `model_unknown`. */
  async model(id: string, principal: Principal): Promise<ListedModel> {
    const listed = (await this.models(principal)).find((candidate) => candidate.id === id);
    if (listed !== undefined) return listed;
    const unknown = new HeddleError(
      'model_unknown',
      `There is no model '${id.slice(0, 256)}' here: GET /v1/models lists them.`,
    );
    if (!id.includes('/') || id.length > 256) throw unknown;
    try {
      this.callers.checkMayTry(principal, id);
      // A connection accepts every model name of its provider.
      await this.connections.get(id.slice(0, id.indexOf('/')));
    } catch (error) {
      throw error instanceof HeddleError && error.status < 500 ? unknown : error;
    }
    return { id, created: 0, owner: id.split('/')[0] ?? id };
  }

  /** Errors: `model_unknown`, `bad_request`, `not_found`, `forbidden`, `input_*`, `busy`. */
  async chat(request: ChatRequest, principal: Principal, asked: CallerFacts): Promise<ChatRun> {
    const target = await this.target(request, principal, asked);
    if (target.workflow === undefined && request.thread != null) throw onlyWorkflows('thread');
    return this.begin(target, { channel: 'chat' });
  }

  /** The model or workflow that answers a request, after a check of the caller's rights. Errors: `model_unknown`, `bad_request`, `not_found`, `forbidden`. */
  async target(request: ChatRequest, principal: Principal, asked: CallerFacts): Promise<ChatTarget> {
    const endUser = asked.onBehalfOf ?? request.user ?? undefined;
    const found = await this.published.find(request.model, principal, { endUser, thread: request.thread ?? undefined });
    const facts = { request, principal, asked };
    if (found === undefined) {
      await this.checkModel(request.model, principal);
      this.checkSpeaks(principal, asked.onBehalfOf);
      return {
        ...facts,
        blobs: projectBlobs(this.ownership, this.blobs, homeProjectOf(principal)),
        workflow: undefined,
      };
    }
    const { project } = await this.ownership.resourceOf('workflow', found.workflowId);
    await this.callers.checkMayRun(principal, found.workflowId);
    const chat = chatInterfaceOf(found.plan.interface);
    if (chat === undefined)
      throw new HeddleError(
        'bad_request',
        `The workflow '${found.slug}' is not a chat model: it needs one input of messages or text, and a text output.`,
      );
    const blobs = projectBlobs(this.ownership, this.blobs, project ?? homeProjectOf(principal));
    return { ...facts, blobs, workflow: { ...found, chat } };
  }

  /**
   * Starts the run that answers. Rights must be checked before, because pictures are stored while they are read. Errors: `input_*`, `busy`.
   */
  async begin({ request, principal, asked, blobs, workflow }: ChatTarget, start: ChatStart): Promise<ChatRun> {
    const messages = [...(start.history ?? []), ...(await readMessages(request.messages, blobs))];
    const endUser = request.user ?? undefined;
    const { channel, label } = start;
    if (workflow === undefined) {
      const answer = { output: 'text', replyClearance: 'restricted' } as const;
      const document = start.ofText ?? chatDocument(request, start.givesReasoning);
      const inputs = start.ofText === undefined ? { messages } : { text: lastUserText(messages) };
      return this.callModel(request.model, document, inputs, answer, {
        caller: caller(principal, channel, { endUser, onBehalfOf: asked.onBehalfOf }),
        trace: asked.trace,
        label,
        asked: start.toStore?.(answer),
      });
    }
    const { plan, replyClearance, workflowId, chat } = workflow;
    const { runId } = await this.published.start({
      slug: workflow.slug,
      version: workflow.version,
      test: workflow.test,
      inputs: { [chat.input.name]: chat.input.kind === 'messages' ? messages : lastUserText(messages) },
      principal,
      channel,
      endUser,
      label,
      trace: asked.trace,
      onBehalfOf: asked.onBehalfOf,
      thread: request.thread ?? undefined,
      endUserGroups: asked.endUserGroups,
      asked: start.toStore?.({ output: chat.output, replyClearance }),
    });
    return { runId, asked: { workflowId }, plan, output: chat.output, replyClearance };
  }

  /** Checks that the caller may still receive the answer. Errors: `unauthorized`, `not_found`, `forbidden`. */
  async checkMayReceive({ asked }: ChatRun, principal: Principal): Promise<void> {
    if ('workflowId' in asked) await this.callers.checkMayRun(principal, asked.workflowId);
    else this.callers.checkMayTry(principal, asked.model);
  }

  /** Embeds each text. Errors: as `chat`. */
  async embed(
    request: EmbeddingsRequest,
    principal: Principal,
    signal: AbortSignal,
    { trace, onBehalfOf }: CallerFacts,
  ) {
    this.checkSpeaks(principal, onBehalfOf);
    await this.checkModel(request.model, principal);
    const texts = typeof request.input === 'string' ? [request.input] : request.input;
    const from = caller(principal, 'embeddings', { onBehalfOf });
    const answer = { output: 'vectors', replyClearance: 'restricted' } as const;
    const run = await this.callModel(request.model, embedDocument(request.model), { texts }, answer, {
      caller: from,
      trace,
    });
    const result = await this.result(run, signal);
    const vectors = Array.isArray(result['vectors']) ? (result['vectors'] as readonly (readonly number[])[]) : [];
    const dimensions = vectors[0]?.length;
    if (request.dimensions != null && request.dimensions !== dimensions)
      throw new HeddleError(
        'bad_request',
        `'${request.model}' makes vectors of ${dimensions} dimensions: leave out dimensions.`,
        { details: { input: 'dimensions' } },
      );
    return { runId: run.runId, vectors };
  }

  /** Streams a run. If the caller disconnects or loses the right, the run is cancelled. */
  async *follow(run: ChatRun, signal: AbortSignal): AsyncGenerator<Followed, void, void> {
    let isOver = false;
    try {
      for await (const part of followRun({ ...sourcesOf(this.hub, this.runs), ...run, signal })) {
        isOver ||= part.type === 'result';
        yield part;
      }
    } catch (error) {
      isOver = !(error instanceof HeddleError) || !giveUps.has(error.code);
      throw lostRight(signal) ?? error;
    } finally {
      if (!isOver && run.isBackground !== true) await this.cancelAbandoned(run.runId);
    }
  }

  /** The outputs of a finished run. */
  async result(run: ChatRun, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
    for await (const part of this.follow(run, signal)) if (part.type === 'result') return part.outputs;
    throw new HeddleError('stream_incomplete', `The run ${run.runId} ended without a result.`);
  }

  private async callModel(
    model: string,
    document: WorkflowDocument,
    inputs: Record<string, unknown>,
    answer: ChatAnswer,
    from: Pick<StartRun, 'caller' | 'trace' | 'label' | 'asked'>,
  ): Promise<ChatRun> {
    const compiled = await this.compiler.plan(document);
    const { runId } = await this.runs.start({ document, request: { inputs }, trigger: 'api', ...from });
    return { runId, asked: { model }, plan: compiled.plan, ...answer };
  }

  private checkSpeaks(principal: Principal, onBehalfOf: string | undefined): void {
    if (onBehalfOf === undefined) return;
    checkSpeaksForUsers(principal, { kind: 'installation', project: homeProjectOf(principal) }, this.clock);
  }

  /** Checks that the caller may use the model. For a name that is neither a workflow nor a model, the error is that of OpenAI. */
  private async checkModel(model: string, principal: Principal): Promise<void> {
    this.callers.checkMayTry(principal, model);
    if (model.includes('/')) return;
    (await this.localModels.get()).card(model);
  }

  private async cancelAbandoned(runId: string): Promise<void> {
    try {
      await this.runs.cancel(runId, undefined, 'The caller went away.');
    } catch (error) {
      if (!(error instanceof HeddleError) || error.code !== 'run_terminal') throw error;
    }
  }
}

/** The error for a request that names a thread together with a model. */
export const onlyWorkflows = (input: string): HeddleError =>
  new HeddleError(
    'bad_request',
    `Only a workflow continues a thread: leave out ${input}, or name a workflow as the model.`,
    { details: { input } },
  );

/** Errors after which nobody waits for the run any more. */
const giveUps: ReadonlySet<string> = new Set(['aborted', 'label_refused']);

function caller(
  principal: Principal,
  channel: string,
  { endUser, onBehalfOf }: { readonly endUser?: string | undefined; readonly onBehalfOf?: string | undefined },
): RunCaller {
  const named = onBehalfOf ?? endUser;
  return {
    principal: principal.id,
    project: homeProjectOf(principal),
    channel,
    ...(principal.kind === 'key' ? { key: principal.id.replace(/^key:/, '') } : {}),
    endUser: named,
    subject: onBehalfOf === undefined ? undefined : endUserSubject(onBehalfOf),
  };
}
