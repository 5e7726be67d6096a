import type { GuardedWrite } from '../../ports/database/guarded-write.js';
import type { AlertChannelConfig, AlertEvent, AlertRule, AlertState } from './alert.js';

/** A stored alert rule with its state. */
export interface StoredAlert {
  readonly id: string;
  readonly project: string;
  readonly owner: string;
  readonly rule: AlertRule;
  readonly state: AlertState;
  readonly silentUntil: number | undefined;
  readonly createdAt: number;
  /** The state as stored text, which `record` compares to detect a change by another process. */
  readonly storedState: string;
}

/** A stored channel. Its secret and the address of a Slack webhook are stored encrypted. */
export interface StoredAlertChannel {
  readonly id: string;
  readonly project: string;
  readonly owner: string;
  /** For a Slack webhook, `url` contains only the origin of its address. */
  readonly config: AlertChannelConfig;
  readonly createdAt: number;
}

/** A queued message of an alert to one channel. */
export interface AlertDelivery {
  readonly id: string;
  readonly alert: string;
  readonly channel: string;
  readonly event: AlertEvent['kind'];
  readonly attempts: number;
  /** JSON. */
  readonly message: string;
}

/** The result of a check of a rule, stored in one commit. */
export interface AlertOutcome {
  readonly state: AlertState;
  readonly event?: Pick<AlertEvent, 'at' | 'kind' | 'value' | 'text' | 'runs' | 'isSilenced'> | undefined;
  /** The messages of the event, by channel. */
  readonly messages?: readonly { readonly channel: string; readonly message: string }[];
}

/** Writes that change rules and channels, for the commit that also writes their audit event. */
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

/**
 * Stores rules, channels, history and messages. A state is committed together with its event and messages, so a crash never causes a
 * message to be sent twice.
 */
export interface AlertStore {
  readonly write: AlertWrites;
  rules(): Promise<readonly StoredAlert[]>;
  /** Errors: `alert_not_found`. */
  rule(id: string): Promise<StoredAlert>;
  /**
   * Returns whether the outcome was stored. It is not stored if the rule was removed or another process recorded an outcome after the rule
   * was read.
   */
  record(alert: Pick<StoredAlert, 'id' | 'storedState'>, outcome: AlertOutcome): Promise<boolean>;
  /** Newest first. */
  history(id: string, limit: number): Promise<readonly AlertEvent[]>;

  channels(): Promise<readonly StoredAlertChannel[]>;
  /** Errors: `alert_channel_not_found`. */
  channel(id: string): Promise<StoredAlertChannel>;
  /** Returns the signing secret of a webhook, or the address of a Slack webhook. */
  secretOf(id: string): Promise<string | undefined>;
  lastDelivery(
    channel: string,
  ): Promise<{ readonly at: number; readonly status: string; readonly error?: string } | undefined>;

  /** Returns at most `limit` messages that are due. */
  due(now: number, limit: number): Promise<readonly AlertDelivery[]>;
  nextAt(): Promise<number | undefined>;
  /**
   * Marks a message as being sent, committed before it is sent, so that an interrupted message is not sent again. Returns false if another
   * process is sending it or it no longer exists.
   */
  beginSending(id: string): Promise<boolean>;
  tryLater(id: string, at: number, error: string): Promise<void>;
  /**
   * Marks messages as interrupted that were being sent when the process ended. Only the sending process calls it, before it starts.
   * `first`: writes that the same commit runs before.
   */
  markInterrupted(first?: readonly GuardedWrite[]): Promise<void>;
  /** Removes a small part of the history before a time. Returns whether anything was removed. */
  prune(before: number): Promise<boolean>;
}
