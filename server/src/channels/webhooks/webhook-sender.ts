import type { ChannelStore, Outbox } from '@heddle/adapters/channels';
import type { KillSwitchStore } from '@heddle/adapters/stores';
import {
  HeddleError,
  localPrincipal,
  toHeddleError,
  WebhookConfig,
  type Audit,
  type Clock,
  type Delivery,
  type DeliveryAttempt,
  type OpenRequest,
  type PublishedReply,
  type SafeFetch,
  type SafeRequest,
  type TraceparentFor,
} from '@heddle/core';
import type { Lazy } from '../../common/lazy.js';
import type { Log } from '../../common/log.js';
import type { PublishedRuns } from '../../publishing/runs/published-runs.js';
import { killSwitchOf } from '../../kill-switches/kill-switch-guard.js';
import { withTraceparent } from '../../tracing/with-traceparent.js';
import { atOrAfter } from '../../common/background/at-or-after.js';
import type { TriggerNotifier } from '../trigger-notifier.js';
import { requestMessage, type RequestMessage } from './request-message.js';
import { busyWebhooks, freeSlots, type Deliveries } from './deliveries.js';
import { requestedWait, waitAfter } from './next-try.js';
import { signStandard } from './sign.js';
import { answerOf, mostAnswerBytes, requestedWaitOf, textOf, type Answer } from './webhook-answer.js';

interface WebhookSenderDependencies {
  readonly outbox: Outbox;
  readonly store: ChannelStore;
  readonly runs: PublishedRuns;
  /** A human input request of a run, also after it was answered. */
  readonly requestOf: (runId: string, requestId: string) => Promise<Pick<OpenRequest, 'question'> | undefined>;
  /** Checks that the maker of a webhook may still receive messages about a run. */
  readonly checkMaker: (maker: string, runId: string) => Promise<void>;
  /** The public address of Heddle; if undefined, links are relative to the root. */
  readonly publicUrl: string | undefined;
  /** The trace context of a run; undefined if traces are not exported. */
  readonly traceparentOf: (runId: string) => Promise<TraceparentFor | undefined>;
  readonly killSwitches: Pick<KillSwitchStore, 'get'>;
  readonly audit: Audit;
  readonly fetch: Lazy<SafeFetch>;
  readonly notifier: TriggerNotifier;
  /** The clock of signatures and texts. */
  readonly clock: Pick<Clock, 'now'>;
  /** The clock that decides when an attempt is due. */
  readonly times: Clock;
  readonly log: Log;
  /** How many milliseconds receivers have to answer when the server stops. */
  readonly stopMs: number;
}

const seconds = 1_000;
const stoppedMs = 5 * seconds;
/** The wait after a fault of the store. Without it, receivers would get the same messages again and again. */
const faultMs = 15 * seconds;
/** The longest wait before due messages are read again, measured by a steady clock. */
const longestSleepMs = 300 * seconds;
const timeoutMs = 15 * seconds;
const longestError = 500;

/** Sends the messages of the outbox, with growing waits between retries. Messages that a kill switch covers wait until it is released. */
export class WebhookSender {
  private leaving = new AbortController();
  private working: Promise<void> | undefined;
  private isStarted = false;
  private isAskedFor = false;
  private isWoken = false;
  private onAsked = (): void => undefined;
  /** Ends of deliveries that are not stored yet. After a fault of the store, these are stored and not sent again. */
  private readonly heard = new Map<string, End>();
  /** The webhooks whose receiver asked to wait, with the end of the wait. */
  private readonly resting = new Map<string, number>();
  private stopTimer: (() => void) | undefined;

  constructor(private readonly dependencies: WebhookSenderDependencies) {
    dependencies.outbox.whenAdded(() => this.wakeSoon());
  }

  start(): void {
    this.isStarted = true;
    if (this.leaving.signal.aborted) this.leaving = new AbortController();
    this.dependencies.outbox.sweep().catch((err: unknown) => {
      this.dependencies.log.warn({ err }, 'old deliveries could not be removed; the next start tries it again');
    });
    this.wake();
  }

  /**
   * Starts no more deliveries. Waits for the answers to running ones and stores them, because otherwise the next start would send them
   * again.
   */
  async stop(): Promise<void> {
    this.isStarted = false;
    this.stopTimer?.();
    const stopWaiting = setTimeout(() => this.leaving.abort(), this.dependencies.stopMs);
    await this.working;
    clearTimeout(stopWaiting);
    this.leaving.abort();
  }

  /** Checks for messages that other processes added. */
  check(): void {
    this.wake();
  }

  wake(): void {
    this.isAskedFor = true;
    this.onAsked();
    if (!this.isStarted || this.working !== undefined) return;
    this.stopTimer?.();
    this.working = this.work()
      .then(async () => (await this.dependencies.outbox.nextAt()) ?? Infinity)
      .catch((err: unknown) => {
        this.dependencies.log.error({ err }, 'webhooks could not be sent');
        return this.dependencies.times.now() + faultMs;
      })
      .then((next) => {
        this.working = undefined;
        this.sleep(next);
      });
  }

  /** Called inside a commit, whose messages can be read only in the next tick. */
  private wakeSoon(): void {
    if (this.isWoken) return;
    this.isWoken = true;
    setImmediate(() => {
      this.isWoken = false;
      this.wake();
    });
  }

  /** Sends due messages, several at a time. A slow receiver occupies only its own slots. */
  private async work(): Promise<void> {
    const deliveries: Deliveries = new Map();
    const sending = () => [...deliveries.values()].map(({ sending }) => sending);
    const faults: unknown[] = [];
    try {
      while (this.isStarted) {
        this.isAskedFor = false;
        const asked = new Promise<void>((resolve) => (this.onAsked = resolve));
        await this.begin(deliveries, faults);
        if (faults.length > 0) throw faults[0];
        if (deliveries.size === 0) return;
        await Promise.race([asked, ...sending()]);
      }
    } finally {
      await Promise.allSettled(sending());
    }
  }

  private async begin(deliveries: Deliveries, faults: unknown[]): Promise<void> {
    const { outbox, times } = this.dependencies;
    while (faults.length === 0 && freeSlots(deliveries) > 0) {
      // A running delivery stays due until it has ended. It can end during the read, so its id is noted before.
      const running = new Set(deliveries.keys());
      const due = await outbox.due(times.now(), running.size + 1, busyWebhooks(deliveries));
      const delivery = due.find(({ id }) => !running.has(id));
      if (delivery === undefined) return;
      const sending = this.deliver(delivery)
        .catch((error: unknown) => void faults.push(error))
        .finally(() => {
          deliveries.delete(delivery.id);
          this.onAsked();
        });
      deliveries.set(delivery.id, { webhook: delivery.webhook, sending });
    }
  }

  private sleep(next: number): void {
    if (!this.isStarted) return;
    this.stopTimer = atOrAfter(this.dependencies.times, next, longestSleepMs, () => this.wake());
    if (this.isAskedFor) this.wake();
  }

  private async deliver(delivery: Delivery): Promise<void> {
    const { outbox, store, killSwitches, clock, times } = this.dependencies;
    const channel = await store.find(delivery.webhook);
    if (channel === undefined) {
      await outbox.giveUp(delivery.id, 'The webhook was removed.');
      return;
    }
    const config = WebhookConfig.parse(channel.body);
    const at = clock.now();
    const isResting = (this.resting.get(channel.id) ?? 0) > times.now();
    if (config.isPaused || isResting || killSwitchOf(killSwitches, channel.workflowId) !== undefined) {
      await outbox.postpone(delivery.id, times.now() + stoppedMs);
      return;
    }
    this.resting.delete(channel.id);
    const attempt = (answer: object, error?: string): DeliveryAttempt => ({
      at,
      ms: Math.max(0, clock.now() - at),
      ...answer,
      error,
    });
    try {
      let end = this.heard.get(delivery.id);
      if (end === undefined) {
        try {
          await this.dependencies.checkMaker(channel.owner, delivery.runId);
          const { payload, refused } = await this.payloadOf(delivery, config);
          end = { status: 'sent', error: refused, attempt: attempt(await this.send(delivery, config, payload)) };
          this.heard.set(delivery.id, end);
        } catch (thrown) {
          if (this.leaving.signal.aborted) return;
          const error = toHeddleError(thrown);
          const text = `${error.message} (${error.code})`.slice(0, longestError);
          await this.failed(delivery, config, channel.owner, error, attempt(answerOf(error), text));
          return;
        }
      }
      await this.end(delivery, config, channel.owner, end);
      this.heard.delete(delivery.id);
    } finally {
      this.dependencies.notifier.channel(channel.workflowId, channel.id);
    }
  }

  /**
   * The content of a message. Outputs and questions above the clearance of the webhook or the version are left out. The content depends
   * only on the record that it reports, so a repeated message is the same; receivers recognise it by its id.
   */
  private async payloadOf(
    delivery: Delivery,
    { clearance }: WebhookConfig,
  ): Promise<{ readonly payload: object; readonly refused?: HeddleError }> {
    const { runId, event, createdAt } = delivery;
    const { runs } = this.dependencies;
    const about = { type: event, timestamp: new Date(createdAt).toISOString() };
    const { requestId } = delivery;
    if (requestId !== undefined)
      return { payload: { ...about, data: await this.requestPayload({ ...delivery, requestId }, clearance) } };
    try {
      return { payload: { ...about, data: await runs.get(runId, localPrincipal, clearance) } };
    } catch (error) {
      if (!(error instanceof HeddleError) || error.code !== 'label_refused') throw error;
      const problem = { code: error.code, message: error.message };
      return { payload: { ...about, data: { runId, outputs: {}, error: problem } }, refused: error };
    }
  }

  /** The run as it was when the question was asked; it may have continued since. */
  private async requestPayload(
    delivery: Delivery & { readonly requestId: string },
    most: WebhookConfig['clearance'],
  ): Promise<Pick<PublishedReply, 'runId' | 'workflow' | 'version' | 'status' | 'outputs'> & RequestMessage> {
    const { runId, requestId } = delivery;
    const { runs, publicUrl, requestOf } = this.dependencies;
    const bounds = { publicUrl, clearance: await runs.clearance(runId, localPrincipal, most) };
    const about = await runs.about(runId, localPrincipal);
    return {
      ...about,
      status: 'suspended',
      outputs: {},
      ...requestMessage(delivery, await requestOf(runId, requestId), bounds),
    };
  }

  private async send(delivery: Delivery, { url }: WebhookConfig, payload: object): Promise<Answer> {
    const { store, clock, fetch } = this.dependencies;
    const body = Buffer.from(JSON.stringify(payload));
    const timestamp = String(Math.floor(clock.now() / 1000));
    const request: SafeRequest = {
      url,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...signStandard(await store.secret(delivery.webhook), { id: delivery.id, timestamp, body }),
      },
      body,
      maxBytes: mostAnswerBytes,
      timeoutMs,
      // A followed redirect would lose the body, and the final server would receive nothing.
      isNotice: true,
      signal: this.leaving.signal,
    };
    const traceparentFor = await this.dependencies.traceparentOf(delivery.runId);
    const reply = await (await fetch.get()).fetch(withTraceparent(request, traceparentFor));
    const answer = { status: reply.status, response: textOf(reply.body) };
    if (reply.status >= 200 && reply.status < 300) return answer;
    const location = reply.headers['location'];
    const why =
      location === undefined ? '' : `, and redirects to another address (${location.slice(0, 200)}): use that one`;
    throw new HeddleError('fetch_failed', `The webhook answered with status ${reply.status}${why}.`, {
      // 410 means that the receiver is gone for good.
      retryable: reply.status !== 410,
      details: { ...answer, askedMs: requestedWait(reply.status, reply.headers['retry-after'], clock.now()) },
    });
  }

  private async failed(
    delivery: Delivery,
    config: WebhookConfig,
    owner: string,
    error: HeddleError,
    attempt: DeliveryAttempt,
  ): Promise<void> {
    const asked = requestedWaitOf(error);
    const wait = waitAfter(delivery.attempts, asked);
    // The receiver is overloaded, so all messages of this webhook wait.
    if (asked !== undefined) this.resting.set(delivery.webhook, this.dependencies.times.now() + asked);
    const isOver = wait === undefined || final.has(error.code) || error.details?.['status'] === 410;
    if (isOver) return this.end(delivery, config, owner, { status: 'dead', error, attempt });
    await this.dependencies.outbox.tryAt(
      delivery.id,
      this.dependencies.times.now() + wait,
      attempt.error ?? error.message,
      attempt,
    );
  }

  private async end(
    { id, runId, event, webhook }: Delivery,
    { url, clearance }: WebhookConfig,
    who: string,
    { status, error, attempt }: End,
  ): Promise<void> {
    const details = { decision: status, destination: new URL(url).host, clearance, event, webhook, delivery: id };
    const outcome = { isAllowed: error === undefined, details: { ...details, error: error?.code } };
    await this.dependencies.audit.commit(
      { kind: 'egress', who, subject: `run:${runId}`, ...outcome },
      this.dependencies.outbox.write.end(id, status, attempt.error, attempt),
    );
  }
}

interface End {
  readonly status: 'sent' | 'dead';
  readonly error: HeddleError | undefined;
  readonly attempt: DeliveryAttempt;
}

/** Errors that no retry can change. */
const final: ReadonlySet<string> = new Set([
  'forbidden',
  'not_found',
  'user_not_found',
  'key_not_found',
  'run_not_found',
  'workflow_not_found',
  'fetch_blocked',
  'secret_not_found',
]);
