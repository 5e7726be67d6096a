import { z } from 'zod';
import { withReadOnly } from '../../api/read-only.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** A metric that an alert can watch. Shares range from 0 to 1; times are in milliseconds. */
export const AlertMetric = z
  .enum([
    'runs',
    'failed-runs',
    'failed-share',
    'duration-p50',
    'duration-p95',
    'duration-p99',
    'calls',
    'failed-call-share',
    'first-token-p50',
    'first-token-p95',
    'tokens',
    'cost',
    'saved',
    'ratings',
    'bad-rating-share',
    'score',
    'failed-score-share',
    'drifts',
    'ab-rollbacks',
    'ab-promotions',
  ])
  .meta({ id: 'AlertMetric' });
export type AlertMetric = z.infer<typeof AlertMetric>;

/** A metric with a burn rate: a share of bad events, or an amount in 30 days. */
export const BurnMetric = z
  .enum([
    'failed-share',
    'slow-share',
    'failed-call-share',
    'slow-first-token-share',
    'bad-rating-share',
    'tokens',
    'cost',
  ])
  .meta({ id: 'BurnMetric' });
export type BurnMetric = z.infer<typeof BurnMetric>;

/** Metrics that need the name of a monitor's metric. */
const ofScores: ReadonlySet<string> = new Set(['score', 'failed-score-share']);

const Minutes = z.int().min(1).max(43_200);

/**
 * Compares a figure of the last minutes with a value. Scores are means or shares. Drift counts the kinds of drift found now. For A/B tests
 * and canaries, it counts arms that were rolled back and winners that Heddle promoted by itself.
 */
const Threshold = lazyStrictObject(() => ({
  kind: z.literal('threshold'),
  metric: AlertMetric,
  /** For `score` and `failed-score-share`: the metric of a monitor, such as `judge` or `groundedness`. */
  score: z.string().trim().min(1).max(100).optional(),
  is: z.enum(['above', 'below']).default('above'),
  value: z.number().min(0).max(1e15),
  windowMinutes: Minutes.default(15),
  /** Minimum number of events in the window; with fewer, nothing is judged. */
  atLeast: z.int().min(0).max(1_000_000).default(1),
})).refine(({ metric, score }) => !ofScores.has(metric) || score !== undefined, {
  path: ['score'],
  error: 'Name the metric of a monitor',
});

const burnWindow = lazyStrictObject(() => ({
  longMinutes: Minutes,
  shortMinutes: Minutes,
  factor: z.number().positive().max(10_000),
})).meta({ id: 'BurnWindow' });

/** The windows that the SRE workbook recommends: 2 % of the month's allowance in an hour, 5 % in six hours, 10 % in three days. */
const usualBurnWindows: readonly z.infer<typeof burnWindow>[] = [
  { longMinutes: 60, shortMinutes: 5, factor: 14.4 },
  { longMinutes: 360, shortMinutes: 30, factor: 6 },
  { longMinutes: 4_320, shortMinutes: 360, factor: 1 },
];

/**
 * How fast an allowance is used up: at a rate of 1, it lasts exactly 30 days. The rate must exceed the factor in both windows of a pair.
 */
const BurnRate = lazyStrictObject(() => ({
  kind: z.literal('burn-rate'),
  metric: BurnMetric,
  /** A share from 0 to 1, such as 0.01 if 99 % must be good; for `tokens` and `cost` the amount in 30 days. */
  allowed: z.number().positive().max(1e15),
  /** For `slow-share` and `slow-first-token-share`: a slower event counts as bad. */
  slowMs: z.number().positive().max(86_400_000).optional(),
  windows: z
    .array(burnWindow)
    .min(1)
    .max(6)
    .default([...usualBurnWindows]),
  atLeast: z.int().min(0).max(1_000_000).default(10),
}))
  .refine(({ metric, slowMs }) => !metric.startsWith('slow-') || slowMs !== undefined, {
    path: ['slowMs'],
    error: 'For a share of slow runs or calls, give the time above which one counts as slow',
  })
  .refine(({ metric, allowed }) => metric === 'tokens' || metric === 'cost' || allowed < 1, {
    path: ['allowed'],
    error: 'A share must be below 1',
  })
  .refine(({ windows }) => windows.every(({ longMinutes, shortMinutes }) => shortMinutes < longMinutes), {
    path: ['windows'],
    error: 'The short window must be shorter than the long one',
  });

/** The condition of an alert: a threshold or a burn rate. */
export const AlertCondition = z.union([Threshold, BurnRate]).meta({ id: 'AlertCondition' });
export type AlertCondition = z.infer<typeof AlertCondition>;

const Name = z.string().trim().min(1).max(200);

/** An alert rule: what it watches and whom it notifies. */
export const AlertRule = lazyStrictObject(() => ({
  name: Name,
  severity: z.enum(['info', 'warning', 'critical']).default('warning'),
  /** Only figures that match. `workflow` is an id. */
  filter: z
    .strictObject({
      workflow: Name.optional(),
      version: z.int().nonnegative().optional(),
      model: Name.optional(),
      key: Name.optional(),
      channel: Name.optional(),
    })
    .default({}),
  /** For `cost` and `saved`; amounts in other currencies are ignored. */
  currency: z.string().trim().max(10).default('USD'),
  condition: AlertCondition,
  /** How long the condition must hold before the alert fires. */
  forMinutes: z.int().min(0).max(1_440).default(0),
  channels: z.array(z.string().max(100)).max(20).default([]),
  /** Hours after which a firing alert notifies again; 0 notifies once. */
  repeatHours: z.int().min(0).max(720).default(0),
  isEnabled: z.boolean().default(true),
})).meta({ id: 'AlertRule' });
export type AlertRule = z.infer<typeof AlertRule>;

/** `pending`: the condition holds, but not long enough yet. */
export const AlertStatus = z.enum(['ok', 'pending', 'firing']).meta({ id: 'AlertStatus' });
export type AlertStatus = z.infer<typeof AlertStatus>;

/** The state of a rule, which survives restarts. Times are epoch milliseconds. */
export const AlertState = lazyObject(() => ({
  status: AlertStatus,
  /** When the rule entered this status. */
  since: z.number(),
  /** When the condition of a firing alert stopped holding. */
  calmSince: z.number().optional(),
  /** When people were last notified. */
  notifiedAt: z.number().optional(),
  /** The figure at the last check; missing if too little was measured. */
  value: z.number().optional().catch(undefined),
  checkedAt: z.number().optional(),
  /** Why the rule could not be checked. */
  error: z.string().optional(),
})).meta({ id: 'AlertState' });
export type AlertState = z.infer<typeof AlertState>;

/** A rule with its current state. */
export const AlertReply = AlertRule.extend({
  id: z.string(),
  project: z.string(),
  owner: z.string(),
  createdAt: z.number(),
  state: AlertState,
  /** When the silence ends; missing without a silence. */
  silentUntil: z.number().optional(),
}).meta({ id: 'AlertReply' });
export type AlertReply = z.infer<typeof AlertReply>;

/** Body of `PUT /api/alerts/:id`: a rule; the read-only fields of a reply are accepted too. */
export const ChangeAlertRequest = withReadOnly(AlertRule, AlertReply).meta({ id: 'ChangeAlertRequest' });

/** Reply of `GET /api/alerts`. */
export const AlertsReply = z.object({ alerts: z.array(AlertReply) }).meta({ id: 'AlertsReply' });

const Host = z
  .string()
  .trim()
  .min(1)
  .max(253)
  .regex(/^[A-Za-z0-9.\-:[\]]+$/, 'A host name or an address');
const Mailbox = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^\s@<>,;:"\\]+@[^\s@<>,;:"\\]+$/, 'An e-mail address');

/** A channel that alerts are sent to. */
export const AlertChannelConfig = z
  .discriminatedUnion('kind', [
    /** Messages are signed as in Standard Webhooks. The secret is shown only once. */
    lazyStrictObject(() => ({
      kind: z.literal('webhook'),
      name: Name,
      url: z.url({ protocol: /^https?$/ }).max(2_000),
    })),
    /** An incoming webhook of Slack, or of a service that accepts the same messages. Its address is a secret and is never shown again. */
    lazyStrictObject(() => ({ kind: z.literal('slack'), name: Name, url: z.url({ protocol: /^https?$/ }).max(2_000) })),
    lazyStrictObject(() => ({
      kind: z.literal('email'),
      name: Name,
      host: Host,
      port: z.int().min(1).max(65_535).default(587),
      /** `tls`: encrypted from the start. `starttls`: encryption is required after the greeting. `none`: no encryption. */
      security: z.enum(['tls', 'starttls', 'none']).default('starttls'),
      user: z.string().max(300).optional(),
      /** Name of a secret that may be sent to this host. */
      passwordSecret: z.string().max(128).optional(),
      from: Mailbox,
      to: z.array(Mailbox).min(1).max(50),
    })),
  ])
  .meta({ id: 'AlertChannelConfig' });
export type AlertChannelConfig = z.infer<typeof AlertChannelConfig>;

/** A channel for display. Of a Slack webhook, only the host is shown. */
export const AlertChannelReply = lazyObject(() => ({
  id: z.string(),
  project: z.string(),
  kind: z.enum(['webhook', 'slack', 'email']),
  name: z.string(),
  /** The destination, without secrets. */
  destination: z.string(),
  createdAt: z.number(),
  /** The newest delivery. */
  last: z.object({ at: z.number(), status: z.string(), error: z.string().optional() }).optional(),
})).meta({ id: 'AlertChannelReply' });
export type AlertChannelReply = z.infer<typeof AlertChannelReply>;

/** Reply of `GET /api/alert-channels`. */
export const AlertChannelsReply = z.object({ channels: z.array(AlertChannelReply) }).meta({ id: 'AlertChannelsReply' });

/** A new channel. `secret` signs the messages of a webhook and is shown only once. */
export const CreatedAlertChannel = AlertChannelReply.extend({ secret: z.string().optional() }).meta({
  id: 'CreatedAlertChannel',
});
export type CreatedAlertChannel = z.infer<typeof CreatedAlertChannel>;

/** An event in the history of a rule. */
export const AlertEvent = lazyObject(() => ({
  number: z.int(),
  alert: z.string(),
  at: z.number(),
  kind: z.enum(['fired', 'still firing', 'resolved', 'test']),
  value: z.number().optional(),
  text: z.string(),
  /** Ids of runs that show the problem. */
  runs: z.array(z.string()),
  /** Whether a silence suppressed its messages. */
  isSilenced: z.boolean(),
  deliveries: z.array(
    z.object({
      channel: z.string(),
      status: z.enum(['waiting', 'sending', 'sent', 'dead', 'interrupted']),
      attempts: z.int(),
      error: z.string().optional(),
      sentAt: z.number().optional(),
    }),
  ),
})).meta({ id: 'AlertEvent' });
export type AlertEvent = z.infer<typeof AlertEvent>;

/** Reply of `GET /api/alerts/:id/history`, newest first. */
export const AlertHistoryReply = z.object({ events: z.array(AlertEvent) }).meta({ id: 'AlertHistoryReply' });

/** Silences an alert for a time. The rule is still checked and its history continues. */
export const SilenceRequest = lazyStrictObject(() => ({
  /** 0 ends the silence. */
  minutes: z.int().min(0).max(43_200),
  reason: z.string().trim().max(500).default(''),
})).meta({ id: 'SilenceRequest' });
export type SilenceRequest = z.infer<typeof SilenceRequest>;

/** The result of a test message. */
export const AlertTestReply = lazyObject(() => ({ isSent: z.boolean(), error: z.string().optional() })).meta({
  id: 'AlertTestReply',
});
export type AlertTestReply = z.infer<typeof AlertTestReply>;
