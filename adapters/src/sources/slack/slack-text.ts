import type { SlackMessage } from './slack-api.js';

/** The names of users by id. */
export type Names = ReadonlyMap<string, string>;

/** A message with its replies. */
export interface Discussion {
  readonly message: SlackMessage;
  readonly replies: readonly SlackMessage[];
}

/** Converts one day of a channel to Markdown: each message with its time in UTC, followed by its replies as a list. */
export function dayAsMarkdown(title: string, discussions: readonly Discussion[], names: Names): string {
  const parts = discussions.map(({ message, replies }) => {
    const below = replies.map(
      (reply) => `- **${authorOf(reply, names)}** ${textOf(reply, names).replace(/\n/g, '\n  ')}`,
    );
    return [`**${authorOf(message, names)}** (${timeOf(message)}) ${textOf(message, names)}`, ...below].join('\n');
  });
  return [`# ${title}`, ...parts].join('\n\n');
}

const timeOf = ({ ts }: SlackMessage): string => new Date(Number(ts) * 1_000).toISOString().slice(11, 16);

const authorOf = ({ user, username, bot_profile: bot }: SlackMessage, names: Names): string =>
  names.get(user ?? '') ?? username ?? bot?.name ?? 'Somebody';

/** The text of a message and the names of its files. Mentions and links are written as people see them. */
function textOf({ text, files }: SlackMessage, names: Names): string {
  const attached = (files ?? []).flatMap(({ title, name }) => title ?? name ?? []).map((name) => `[${name}]`);
  return [plainText(text ?? '', names), ...attached].filter((part) => part !== '').join(' ');
}

/**
 * Converts Slack's markup: `<@USER>`, `<#CHANNEL|name>`, `<!here>` and `<https://…|label>`. The only entities are `&amp;`, `&lt;` and
 * `&gt;`.
 */
const plainText = (text: string, names: Names): string =>
  text
    .replace(/<([@#!]?)([^>|]*)(?:\|([^>]*))?>/g, (_whole, kind: string, target: string, label: string | undefined) => {
      if (kind === '@') return `@${label ?? names.get(target) ?? target}`;
      if (kind === '#') return `#${label ?? target}`;
      if (kind === '!') return label ?? `@${target.replace(/^subteam\^/, '')}`;
      return label === undefined ? target : `[${label}](${target})`;
    })
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
