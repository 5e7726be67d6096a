import type { GuardedWrite } from '../../ports/database/guarded-write.js';
import type { AlertChannelConfig, AlertEvent, AlertRule, AlertState } from './alert.js';

/** A stored rule. */
export interface StoredAlert {
  readonly id: string;
  readonly project: string;
  /** Who made it. */
  readonly owner: string;
  readonly rule: AlertRule;
  readonly state: AlertState;
  readonly silentUntil: number | undefined;
  readonly createdAt: number;
  /** The state as text: what is recorded about the rule is about this one. */
  readonly storedState: string;
}

/** A stored channel. Its secret, and the address of a Slack hook, are sealed. */
export interface StoredAlertChannel {
  readonly id: string;
  readonly project: string;
  readonly owner: string;
  /** Without the address of a Slack hook; `url` is then its origin. */
  readonly config: AlertChannelConfig;
  readonly createdAt: number;
}

/** A message that is to be sent. */
export interface AlertDelivery {
  readonly id: string;
  readonly alert: string;
  readonly channel: string;
  readonly event: AlertEvent['kind'];
  readonly attempts: number;
  /** JSON. */
  readonly message: string;
}

/** What a check at a rule found, to be stored at once. */
export interface AlertOutcome {
  readonly state: AlertState;
  readonly event?: Pick<AlertEvent, 'at' | 'kind' | 'value' | 'text' | 'runs' | 'isSilenced'> | undefined;
  /** The messages of the event, by channel. */
  readonly messages?: readonly { readonly channel: string; readonly message: string }[];
}

/** Changes of rules and channels, for the commit with their audit event. */
export interface AlertWrites {
  save(alert: Pick<StoredAlert, 'id' | 'project' | 'owner' | 'rule'>): readonly GuardedWrite[];
  /** Removes a rule with its history. Errors of the commit: `alert_not_found`. */
  remove(id: string): readonly GuardedWrite[];
  /** Errors of the commit: `alert_not_found`. */
  silence(id: string, until: number | undefined): readonly GuardedWrite[];
  addChannel(channel: Omit<StoredAlertChannel, 'createdAt'>, secret: string | undefined): readonly GuardedWrite[];
  /** Errors of the commit: `alert_channel_not_found`. */
  removeChannel(id: string): readonly GuardedWrite[];
  endSending(
    id: string,
    end: { readonly status: 'sent' | 'dead'; readonly error?: string | undefined; readonly at: number },
  ): readonly GuardedWrite[];
}

/** Rules, channels, history and messages. A state is stored in one commit with its event and messages: a kill sends nothing twice. */
export interface AlertStore {
  readonly write: AlertWrites;
  rules(): Promise<readonly StoredAlert[]>;
  /** Errors: `alert_not_found`. */
  rule(id: string): Promise<StoredAlert>;
  /** Whether it was stored: not where the rule was removed, or another process recorded something since the rule was read. */
  record(alert: Pick<StoredAlert, 'id' | 'storedState'>, outcome: AlertOutcome): Promise<boolean>;
  /** Newest first. */
  history(id: string, limit: number): Promise<readonly AlertEvent[]>;

  channels(): Promise<readonly StoredAlertChannel[]>;
  /** Errors: `alert_channel_not_found`. */
  channel(id: string): Promise<StoredAlertChannel>;
  /** What signs a webhook, or the address of a Slack hook. */
  secretOf(id: string): Promise<string | undefined>;
  /** The newest delivery of a channel. */
  lastDelivery(
    channel: string,
  ): Promise<{ readonly at: number; readonly status: string; readonly error?: string } | undefined>;

  /** Messages that are due. */
  due(now: number, limit: number): Promise<readonly AlertDelivery[]>;
  /** When the next message is due. */
  nextAt(): Promise<number | undefined>;
  /** Committed before a message is sent: what a kill interrupts is not sent again. False where another process sends it, or it is gone. */
  beginSending(id: string): Promise<boolean>;
  tryLater(id: string, at: number, error: string): Promise<void>;
  /** Marks what was being sent when the process ended. Only the process that sends calls it, before it begins. `first`: writes before it in its commit. */
  markInterrupted(first?: readonly GuardedWrite[]): Promise<void>;
  /** Removes history that is older than a time, a small part at a time. */
  prune(before: number): Promise<boolean>;
}
