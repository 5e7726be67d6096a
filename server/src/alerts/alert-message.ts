import { z } from 'zod';
import type { AlertEvent, StoredAlert } from '@heddle/core';

/** A message about an alert, as a webhook receives it. It contains names, numbers and ids, and nothing that a run read or wrote. */
export const AlertMessage = z.object({
  type: z.enum(['alert.fired', 'alert.still_firing', 'alert.resolved', 'alert.test']),
  timestamp: z.string(),
  data: z.object({
    alert: z.object({ id: z.string(), name: z.string(), severity: z.enum(['info', 'warning', 'critical']) }),
    project: z.string(),
    text: z.string(),
    value: z.number().optional(),
    workflow: z.string().optional(),
    /** The address of the alert. It and the addresses of runs are relative if no public address is set. */
    url: z.string(),
    runs: z.array(z.object({ runId: z.string(), url: z.string() })),
  }),
});
export type AlertMessage = z.infer<typeof AlertMessage>;

const types = {
  fired: 'alert.fired',
  'still firing': 'alert.still_firing',
  resolved: 'alert.resolved',
  test: 'alert.test',
} as const satisfies Record<AlertEvent['kind'], AlertMessage['type']>;
const titles: Readonly<Record<AlertMessage['type'], string>> = {
  'alert.fired': 'Alert',
  'alert.still_firing': 'Still firing',
  'alert.resolved': 'Resolved',
  'alert.test': 'Test',
};

/** Creates the message of an alert event. */
export function alertMessage(
  { id, project, rule }: Pick<StoredAlert, 'id' | 'project' | 'rule'>,
  { kind, at, text, value, runs }: Pick<AlertEvent, 'kind' | 'at' | 'text' | 'value' | 'runs'>,
  publicUrl: string | undefined,
): AlertMessage {
  const root = (publicUrl ?? '').replace(/\/+$/, '');
  const { name, severity, filter } = rule;
  return {
    type: types[kind],
    timestamp: new Date(at).toISOString(),
    data: {
      alert: { id, name, severity },
      project,
      text,
      value,
      workflow: filter.workflow,
      url: `${root}/dashboard/alerts?alert=${encodeURIComponent(id)}`,
      runs: runs.map((runId) => ({ runId, url: `${root}/runs/${encodeURIComponent(runId)}` })),
    },
  };
}

/** A message for an incoming webhook of Slack. Names are escaped, so that Slack does not read them as markup. */
export function slackMessage({ type, data }: AlertMessage): { readonly text: string } {
  const { alert, text, runs, url } = data;
  const isLinked = /^https?:/.test(url);
  const link = (address: string, shown: string): string =>
    isLinked ? `<${address}|${escaped(shown)}>` : escaped(shown);
  const examples = runs.length === 0 ? '' : `\nRuns: ${runs.map((run) => link(run.url, run.runId)).join(', ')}`;
  return {
    text: `${titles[type]} (${alert.severity}): ${link(url, oneLine(alert.name))}\n${escaped(text)}${examples}`,
  };
}

/** An e-mail in plain text, so that no name is read as HTML or starts a header. */
export function emailMessage({ type, timestamp, data }: AlertMessage): {
  readonly subject: string;
  readonly text: string;
} {
  const { alert, text, project, runs, url } = data;
  return {
    subject: `[Heddle] ${titles[type]}: ${oneLine(alert.name)}`.slice(0, 200),
    text: [
      `${titles[type]} (${alert.severity}): ${oneLine(alert.name)}`,
      '',
      text,
      '',
      `Project: ${project}`,
      `Time: ${timestamp}`,
      `Alert: ${url}`,
      ...(runs.length === 0 ? [] : ['', 'Runs to open:', ...runs.map((run) => run.url)]),
      '',
    ].join('\n'),
  };
}

/** Slack reads these as markup: https://docs.slack.dev/messaging/formatting-message-text */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
// oxlint-disable-next-line no-control-regex -- what must not begin a new line
const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim();
