import { newId, type ArrivalStore, type ChannelStore, type StoredChannel } from '@heddle/adapters/channels';
import {
  fillTemplate,
  HeddleError,
  HookConfig,
  toHeddleError,
  type Arrival,
  type Clock,
  type CreatedHookReply,
  type CreateHookRequest,
  type HookAnswer,
  type HookReceived,
  type HookReply,
  type PlanInterface,
  type Principal,
} from '@heddle/core';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { networkOf } from '../../http/network-of.js';
import type { RateLimits } from '../../auth/rate-limits.js';
import { linkedTrace } from '../../tracing/trace-context.js';
import type { PublishedRuns, StartedRun } from '../../publishing/runs/published-runs.js';
import type { ChannelService } from '../channel.service.js';
import { checkFit, checkTemplate, fitOfMapping, problemsOf } from '../fit-inputs.js';
import type { TriggerNotifier } from '../trigger-notifier.js';
import { signedHeaders, verifyMessage, type IncomingMessage } from './verify.js';

/** The message that Slack sends once, when the address of a webhook is entered. The reply repeats its challenge. */
const SlackHandshake = z.object({ type: z.literal('url_verification'), challenge: z.string().max(1_000) });

/** How many invalid messages an address may send in a minute. */
const badPerMinute = 60;

/** Incoming webhooks: messages that start runs. */
export class HookService {
  constructor(
    private readonly channels: ChannelService,
    private readonly store: ChannelStore,
    private readonly arrivalStore: ArrivalStore,
    private readonly notifier: TriggerNotifier,
    private readonly runs: PublishedRuns,
    private readonly rates: RateLimits,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  async list(workflow: string): Promise<readonly HookReply[]> {
    const channels = await this.channels.list('hook', workflow);
    return Promise.all(channels.map((channel) => this.replyOf(channel)));
  }

  /** Creates a webhook; its secret is shown once. Errors: `workflow_not_found`, `template_invalid`, `forbidden`, `input_*`. */
  async create(
    workflow: string,
    { secret: given, ...config }: CreateHookRequest,
    caller: Principal,
  ): Promise<CreatedHookReply> {
    await this.checkConfig(workflow, config, caller);
    const secret = given ?? newSecret();
    return {
      ...(await this.replyOf(await this.channels.create('hook', workflow, config, caller, { secret }))),
      secret,
    };
  }

  /** A paused webhook may have inputs that do not fit; they are checked when it is resumed. Errors: as `create`, `trigger_not_found`. */
  async change(workflow: string, id: string, config: HookConfig, caller: Principal): Promise<HookReply> {
    const { channels } = this;
    if (!config.isPaused)
      await this.checkConfig(workflow, config, await channels.ownerOf(await channels.get('hook', workflow, id)));
    return this.replyOf(await channels.change('hook', workflow, id, config, caller));
  }

  remove(workflow: string, id: string, caller: Principal): Promise<void> {
    return this.channels.remove('hook', workflow, id, caller);
  }

  /** Deletes a webhook; `restore` can undo it for a few seconds. */
  deleteForNow(workflow: string, id: string, caller: Principal): Promise<void> {
    return this.channels.deleteForNow('hook', workflow, id, caller);
  }

  /** Undoes `deleteForNow`; address and secret are as before. Errors: `not_found` after a few seconds. */
  async restore(workflow: string, id: string, caller: Principal): Promise<HookReply> {
    return this.replyOf(await this.channels.restore('hook', workflow, id, caller));
  }

  /** Checks that the webhook exists, and returns its limit of messages per minute. Errors: `trigger_not_found`. */
  async limitOf(id: string): Promise<{ readonly id: string; readonly ratePerMinute: number }> {
    const { ratePerMinute } = HookConfig.parse((await this.channels.open('hook', id)).body);
    return { id, ratePerMinute };
  }

  /**
   * Accepts a message and starts its run. A repeated delivery gets the run of the first one. Slack's handshake is answered and starts no
   * run. Errors: `trigger_not_found`, `channel_closed`, `signature_invalid`, `too_many_requests`, `input_*`, `not_published`, `stopped`,
   * `busy`.
   */
  async receive(id: string, message: IncomingMessage, ip: string): Promise<HookAnswer> {
    const channel = await this.channels.open('hook', id);
    let deliveryId = '';
    try {
      const config = HookConfig.parse(channel.body);
      deliveryId = await this.verify(channel, config, message, ip);
      const challenge =
        config.scheme === 'slack' ? SlackHandshake.safeParse(message.content).data?.challenge : undefined;
      if (challenge !== undefined) return { challenge };
      const { runId, isReplay } = await this.begin(channel, config, deliveryId, message);
      return { runId, isReplay };
    } catch (thrown) {
      const { code, message: text } = toHeddleError(thrown);
      // Messages beyond the rate limit are not recorded, because recording them costs work too.
      if (code !== 'too_many_requests')
        await this.arrivalStore.refused(id, this.clock.now(), deliveryId, { code, message: text });
      throw thrown;
    } finally {
      this.notifier.channel(channel.workflowId, id);
    }
  }

  /**
   * Sends a test message. It is signed here and then handled like a message from outside. Errors: as `receive`, `trigger_not_found`,
   * `bad_request`.
   */
  async try(workflow: string, id: string, body: unknown): Promise<HookReceived> {
    const channel = await this.channels.get('hook', workflow, id);
    const { scheme } = HookConfig.parse(channel.body);
    const content = body ?? null;
    const bytes = Buffer.from(JSON.stringify(content));
    const about = { id: newId('try'), timestamp: String(Math.floor(this.clock.now() / 1_000)), body: bytes };
    const headers = {
      'content-type': 'application/json',
      ...signedHeaders(scheme, await this.store.secret(id), about),
    };
    const answer = await this.receive(id, { headers, body: bytes, content }, 'try');
    if ('runId' in answer) return answer;
    throw new HeddleError('bad_request', 'The body is the handshake of Slack: it is answered, and starts no run.');
  }

  /** Makes a new secret, which is shown once; the old one stops working. Errors: `trigger_not_found`. */
  async changeSecret(workflow: string, id: string, given: string | undefined, caller: Principal): Promise<string> {
    const secret = given ?? newSecret();
    await this.channels.changeSecret('hook', workflow, id, secret, caller);
    return secret;
  }

  /** The received messages, newest first. Errors: `trigger_not_found`. */
  async arrivals(workflow: string, id: string, limit: number): Promise<readonly Arrival[]> {
    await this.channels.get('hook', workflow, id);
    return this.arrivalStore.list(id, limit);
  }

  private async checkConfig(workflow: string, { inputs }: Pick<HookConfig, 'inputs'>, maker: Principal): Promise<void> {
    checkTemplate(inputs, ['body', 'headers']);
    await checkFit('webhook', { workflow, maker, fit: fitOfMapping(inputs) }, this.runs);
  }

  private async replyOf(channel: StoredChannel): Promise<HookReply> {
    const { id, workflowId, owner, createdAt } = channel;
    const config = HookConfig.parse(channel.body);
    const problems = await problemsOf(channel, fitOfMapping(config.inputs), this.runs, this.channels);
    return { ...config, id, workflowId, owner, createdAt, path: `/v1/hooks/${id}`, problems: [...problems] };
  }

  private async begin(
    channel: StoredChannel,
    config: HookConfig,
    deliveryId: string,
    { headers, content }: Pick<IncomingMessage, 'headers' | 'content'>,
  ): Promise<StartedRun> {
    const { channels, runs, rates } = this;
    if (config.isPaused) throw new HeddleError('channel_closed', 'This webhook is paused.');
    rates.take(`hook:${channel.id}`, config.ratePerMinute);
    const principal = await channels.ownerOf(channel);
    const { planInterface } = await runs.workflow(channel.workflowId, principal);
    return runs.start({
      slug: channel.workflowId,
      inputs: inputsOf(config, content, headers, planInterface),
      principal,
      channel: 'webhook',
      trigger: 'webhook',
      subject: `webhook:${channel.id}`,
      // The headers are not signed and the sender is not a user, so the trace is only linked.
      trace: linkedTrace(headers['traceparent']),
      idempotencyKey: deliveryId,
      idempotencyScope: `hook:${channel.id}`,
    });
  }

  private async verify(
    channel: StoredChannel,
    config: HookConfig,
    message: IncomingMessage,
    ip: string,
  ): Promise<string> {
    const { store, rates, clock } = this;
    try {
      const { toleranceSeconds } = config;
      const secret = await store.secret(channel.id);
      return verifyMessage(config.scheme, message, { secret, now: clock.now(), toleranceSeconds }).deliveryId;
    } catch (error) {
      rates.take(`bad-hook:${networkOf(ip)}`, badPerMinute);
      throw error;
    }
  }
}

export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

/** Headers that inputs cannot read: credentials, and those that a proxy sets. */
const hiddenHeaders = /signature|authorization|cookie|token|secret|^host$|^x-forwarded|^x-real/;

function inputsOf(
  { inputs }: HookConfig,
  body: unknown,
  headers: IncomingMessage['headers'],
  planInterface: PlanInterface,
): Readonly<Record<string, unknown>> {
  if (inputs === undefined) {
    const members = typeof body === 'object' && body !== null ? body : {};
    const names = Object.keys(planInterface.inputs).filter((name) => Object.hasOwn(members, name));
    return Object.fromEntries(names.map((name) => [name, Reflect.get(members, name)]));
  }
  const shown = Object.entries(headers).filter(([name]) => !hiddenHeaders.test(name));
  const filled = fillTemplate(inputs, { body, headers: Object.fromEntries(shown) });
  return filled as Readonly<Record<string, unknown>>; // An object stays an object when its template is filled.
}
