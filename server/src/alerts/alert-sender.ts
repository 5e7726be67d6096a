import { toHeddleError, type AlertDelivery, type AlertStore, type Audit, type Clock } from '@heddle/core';
import { alone, type Held } from '@heddle/adapters/leases';
import { BackgroundWork } from '../common/background/background-work.js';
import type { Log } from '../common/log.js';
import { pause } from '../common/pause.js';
import { destinationOf } from './destination-of.js';
import { sendAlert, type SendSources } from './send-alert.js';

interface SenderSources extends Omit<SendSources, 'store'> {
  readonly store: AlertStore;
  readonly audit: Pick<Audit, 'commit'>;
  readonly clock: Clock;
  readonly log: Log;
}

const seconds = 1_000;
/** The pauses before further attempts. After the last attempt the message is given up. */
const waits: readonly number[] = [5, 30, 120, 600, 1_800].map((each) => each * seconds);
/** How many messages are sent at once. A receiver that hangs delays others by its time-out at most. */
const mostAtOnce = 8;
const faultMs = 5 * seconds;
const longestSleepMs = 60 * seconds;
const longestError = 500;

/**
 * Sends each message of an alert once. A message that was interrupted because its process was killed is marked at the next start of any
 * process, and is not sent again.
 */
export class AlertSender {
  private readonly background = new BackgroundWork();
  private onWake = (): void => undefined;

  constructor(private readonly sources: SenderSources) {}

  start({ fence }: Held = alone): void {
    this.background.start((signal) => this.work(signal, fence));
  }

  async stop(): Promise<void> {
    const stopping = this.background.stop();
    this.onWake();
    await stopping;
  }

  /** Wakes the sender when there are new messages. */
  wake(): void {
    this.onWake();
  }

  private async work(signal: AbortSignal, fence: Held['fence']): Promise<void> {
    let isMarked = false;
    while (!signal.aborted) {
      try {
        if (!isMarked) await this.sources.store.markInterrupted(fence);
        isMarked = true;
        await this.sendDue();
        await this.sleep();
      } catch (err) {
        this.sources.log.warn({ err }, 'alerts could not be sent; trying again');
        await pause(this.sources.clock, faultMs, signal);
      }
    }
  }

  private async sendDue(): Promise<void> {
    const { store, clock } = this.sources;
    for (;;) {
      const due = await store.due(clock.now(), mostAtOnce);
      if (due.length === 0 || this.background.signal.aborted) return;
      await Promise.all(due.map((delivery) => this.deliver(delivery)));
    }
  }

  private async sleep(): Promise<void> {
    const { store, clock } = this.sources;
    const waking = new AbortController();
    // A message that arrives while the store is being read ends the wait.
    this.onWake = () => waking.abort();
    const wait = Math.max(0, Math.min(((await store.nextAt()) ?? Infinity) - clock.now(), longestSleepMs));
    if (!this.background.signal.aborted) await pause(clock, wait, waking.signal);
    this.onWake = () => undefined;
  }

  private async deliver(delivery: AlertDelivery): Promise<void> {
    const { store, clock } = this.sources;
    const { id, attempts } = delivery;
    if (!(await store.beginSending(id))) return;
    try {
      const channel = await store.channel(delivery.channel);
      await sendAlert(this.sources, channel, id, delivery.message, this.background.signal);
      await this.end(delivery, 'sent');
    } catch (thrown) {
      const error = toHeddleError(thrown);
      const wait = error.retryable ? waits[attempts] : undefined;
      const text = `${error.message} (${error.code})`.slice(0, longestError);
      // A stop aborts the request. Whether the message arrived is then unknown, as after a kill, so it stays marked as being sent.
      if (this.background.signal.aborted) return;
      if (wait === undefined) await this.end(delivery, 'dead', text);
      else await store.tryLater(id, clock.now() + wait, text);
    }
  }

  private async end(
    { id, alert, channel, event }: AlertDelivery,
    status: 'sent' | 'dead',
    error?: string,
  ): Promise<void> {
    const { store, audit, clock } = this.sources;
    const known = (await store.channels()).find((each) => each.id === channel);
    const destination = known === undefined ? channel : destinationOf(known.config);
    const details = { decision: status, destination, event, delivery: id };
    const project = known?.project;
    await audit.commit(
      {
        kind: 'egress',
        who: known?.owner ?? 'heddle',
        project,
        subject: `alert:${alert}`,
        isAllowed: status === 'sent',
        details,
      },
      store.write.endSending(id, { status, error, at: clock.now() }),
    );
  }
}
