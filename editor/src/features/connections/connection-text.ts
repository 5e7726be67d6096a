import type { ConnectionKind, ConnectionReply } from '@heddle/core';
import { formatDuration } from '../../ui/format/format-duration.js';
import { formatAgo } from '../../ui/format/format-time.js';

export const kindText: Readonly<Record<ConnectionKind, string>> = {
  openai: 'OpenAI',
  'azure-openai': 'Azure OpenAI',
  anthropic: 'Anthropic',
  google: 'Google Gemini',
  'openai-compatible': 'OpenAI-compatible',
};

export const keyText: Readonly<Record<ConnectionReply['key'], string>> = {
  vault: 'Key set',
  environment: 'Key from the environment',
  none: 'No key',
};

interface Standing {
  readonly status: 'done' | 'failed' | 'waiting' | 'cancelled';
  readonly text: string;
  /** Set if no test result is known; the user may not have the right to see one. */
  readonly isUntested?: true;
}

/**
 * The most important state of a connection now: disabled, backing off, rate limited, the result of its last test, or not yet known.
 *
 * @example standingOf(connection, Date.now()).text // 'Answered in 210 ms, 5 min ago'
 */
export function standingOf(
  {
    isEnabled,
    activity,
    lastTest,
    kind,
    key,
  }: Pick<ConnectionReply, 'isEnabled' | 'activity' | 'lastTest' | 'kind' | 'key'>,
  now: number,
): Standing {
  if (!isEnabled) return { status: 'cancelled', text: 'Disabled' };
  if (activity.circuit !== 'closed')
    return {
      status: 'failed',
      text:
        activity.circuit === 'half-open'
          ? 'Retrying after failures'
          : `Paused after failures${activity.retryAt === undefined ? '' : `, next attempt in ${formatDuration(Math.max(0, activity.retryAt - now))}`}`,
    };
  if (activity.pausedUntil !== undefined && activity.pausedUntil > now)
    return {
      status: 'waiting',
      text: `Rate limited by the provider for ${formatDuration(activity.pausedUntil - now)}`,
    };
  if (key === 'none' && kind !== 'openai-compatible') return { status: 'waiting', text: 'Needs a key' };
  if (lastTest === undefined) return { status: 'cancelled', text: 'Not tested with these settings', isUntested: true };
  const ago = formatAgo(lastTest.at, now);
  return lastTest.isReachable
    ? { status: 'done', text: `Answered in ${formatDuration(lastTest.ms)}, ${ago}` }
    : { status: 'failed', text: `Last test failed, ${ago}` };
}

/** The host of a connection's address, or of the provider's default address; undefined if the user may not see it. */
export function hostOf({ baseUrl, kind }: Pick<ConnectionReply, 'baseUrl' | 'kind'>): string | undefined {
  if (baseUrl === undefined) return kind === 'openai-compatible' ? undefined : `${kindText[kind]} default address`;
  return URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl;
}
