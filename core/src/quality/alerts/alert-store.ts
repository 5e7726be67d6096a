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

/** Rules, channels, history and messages. A state is stored in one commit with its event and messages: a kill sends nothing twice. */
export interface AlertStore {
  rules(): readonly StoredAlert[];
  /** Errors: `alert_not_found`. */
  rule(id: string): StoredAlert;
  save(alert: Pick<StoredAlert, 'id' | 'project' | 'owner' | 'rule'>): void;
  /** Removes a rule with its history. */
  remove(id: string): void;
  silence(id: string, until: number | undefined): void;
  record(id: string, outcome: AlertOutcome): void;
  /** Newest first. */
  history(id: string, limit: number): readonly AlertEvent[];

  channels(): readonly StoredAlertChannel[];
  /** Errors: `alert_channel_not_found`. */
  channel(id: string): StoredAlertChannel;
  addChannel(channel: Omit<StoredAlertChannel, 'createdAt'>, secret: string | undefined): void;
  /** What signs a webhook, or the address of a Slack hook. */
  secretOf(id: string): string | undefined;
  removeChannel(id: string): void;
  /** The newest delivery of a channel. */
  lastDelivery(channel: string): { readonly at: number; readonly status: string; readonly error?: string } | undefined;

  /** Messages that are due. */
  due(now: number, limit: number): readonly AlertDelivery[];
  /** When the next message is due. */
  nextAt(): number | undefined;
  /** Committed before a message is sent: what a kill interrupts is not sent again. */
  beginSending(id: string): void;
  endSending(
    id: string,
    end: { readonly status: 'sent' | 'dead'; readonly error?: string | undefined; readonly at: number },
  ): void;
  tryLater(id: string, at: number, error: string): void;
  /** Marks what was being sent when the process ended. */
  markInterrupted(): void;
  /** Removes history that is older than a time, a small part at a time. */
  prune(before: number): boolean;
}
