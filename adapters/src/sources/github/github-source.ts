import {
  HeddleError,
  type SourceChange,
  type SourceConnector,
  type SourceContent,
  type SourceDocument,
  type SourceRequest,
} from '@heddle/core';
import { z } from 'zod';
import { createJsonApi, type JsonApi, type Refusal } from '../api/json-api.js';

const GithubConfig = z.strictObject({
  repository: z
    .string()
    .trim()
    .regex(/^[\w.-]{1,100}\/[\w.-]{1,100}$/, { error: 'Write OWNER/NAME' })
    .meta({ title: 'Repository', description: 'OWNER/NAME of the repository.' }),
  content: z.enum(['issues', 'pulls', 'both']).default('issues').meta({
    title: 'Content',
    description: 'Issues, pull requests, or both, with their comments.',
  }),
  state: z.enum(['all', 'open', 'closed']).default('all').meta({
    title: 'State',
    description: 'Issues and pull requests that are left out are removed from the collection.',
  }),
  server: z
    .url({ protocol: /^https?$/, error: 'An address such as https://github.example.com/api/v3' })
    .max(1_000)
    .refine((text) => !/[@?#]/.test(text), { error: 'An address without a user name or a query' })
    .default('https://api.github.com')
    .meta({ title: 'Server', description: 'The address of the API, for GitHub Enterprise.' }),
});
type GithubConfig = z.infer<typeof GithubConfig>;

const User = z.object({ login: z.string() }).nullish();
const Issue = z.object({
  number: z.int(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.string(),
  html_url: z.string(),
  updated_at: z.iso.datetime(),
  comments: z.int(),
  user: User,
  labels: z.array(z.union([z.string(), z.object({ name: z.string().nullish() })])).default([]),
  /** Set only for pull requests. */
  pull_request: z.looseObject({}).nullish(),
});
type Issue = z.infer<typeof Issue>;
const Comment = z.object({ body: z.string().nullish(), created_at: z.string(), user: User });
type Comment = z.infer<typeof Comment>;

/** Times of changes have a precision of seconds, and lists lag a little. So within this time, a newer change can have the same time. */
const settledMs = 60_000;
const mostComments = 5_000;

/** The connector for issues and pull requests on GitHub. */
export const githubSource: SourceConnector<GithubConfig> = {
  kind: 'github',
  title: 'GitHub issues',
  description: 'Issues and pull requests of a GitHub repository, with their comments.',
  config: GithubConfig,
  // Anyone with an account can write to a public repository.
  capabilities: { isIncremental: false, hasReaders: false, secret: 'optional', isUntrusted: true },
  changes,
};

async function* changes(request: SourceRequest<GithubConfig>): AsyncGenerator<SourceChange> {
  const { repository, content, state, server } = request.config;
  const api = createJsonApi(request, {
    service: 'GitHub',
    server: server.replace(/\/+$/, ''),
    headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
    waitOf,
  });
  const wants = (issue: Issue): boolean => content === 'both' || (content === 'pulls') === isPull(issue);
  yield { type: 'listing' };
  // Sorted by creation, so that a change during the listing moves nothing to another page.
  const first = `/repos/${repository}/issues?state=${state}&sort=created&direction=asc&per_page=100`;
  for await (const issue of all(api, z.array(Issue), first))
    if (wants(issue)) yield { type: 'upsert', document: documentOf(api, issue, request) };
  yield { type: 'checkpoint', isComplete: true };
}

const isPull = ({ pull_request: pull }: Issue): boolean => pull !== undefined && pull !== null;

/** GitHub signals a rate limit with 403 too, with the time at which the count of requests starts again. */
export function waitOf({ status, headers, now }: Omit<Refusal, 'text'>): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const { 'retry-after': after, 'x-ratelimit-remaining': left, 'x-ratelimit-reset': reset } = headers;
  if (after !== undefined && /^\d{1,9}$/.test(after)) return Number(after) * 1_000;
  if (left !== '0' || reset === undefined || !/^\d{1,12}$/.test(reset)) return undefined;
  return Math.max(1_000, Number(reset) * 1_000 - now);
}

async function* all<Item>(api: JsonApi, shape: z.ZodType<readonly Item[]>, first: string): AsyncGenerator<Item> {
  const seen = new Set<string>();
  for (let path: string | undefined = first; path !== undefined;) {
    if (seen.has(path)) throw new HeddleError('source_failed', 'GitHub named the same page of a list twice.');
    seen.add(path);
    const page: { readonly reply: readonly Item[]; readonly next?: string | undefined } = await api.askPage(
      shape,
      path,
    );
    yield* page.reply;
    path = page.next;
  }
}

function documentOf(api: JsonApi, issue: Issue, { config, now }: SourceRequest<GithubConfig>): SourceDocument {
  const { number, title, html_url: url, updated_at: updated, comments, state, user, labels } = issue;
  const modified = Date.parse(updated);
  const version = `${updated} ${comments}`;
  const names = labels.flatMap((label) => (typeof label === 'string' ? label : (label.name ?? [])));
  return {
    id: `${isPull(issue) ? 'pull' : 'issues'}/${number}`,
    title: `${title} (#${number})`.slice(0, 1_000),
    url: /^https?:\/\//i.test(url) ? url : undefined,
    modified,
    etag: now() - modified < settledMs ? `${version} at ${now()}` : version,
    metadata: {
      repository: config.repository,
      state,
      ...(user === null || user === undefined ? {} : { author: user.login }),
      ...(names.length === 0 ? {} : { labels: names.join(', ').slice(0, 1_000) }),
    },
    content: () => load(api, issue, config),
  };
}

async function load(api: JsonApi, issue: Issue, { repository }: GithubConfig): Promise<SourceContent> {
  if (issue.comments > mostComments) throw tooLong(issue);
  const comments: Comment[] = [];
  if (issue.comments > 0)
    for await (const comment of all(
      api,
      z.array(Comment),
      `/repos/${repository}/issues/${issue.number}/comments?per_page=100`,
    )) {
      if (comments.length === mostComments) throw tooLong(issue);
      comments.push(comment);
    }
  const parts = comments.map(
    ({ user, created_at: at, body }) => `## ${user?.login ?? 'Somebody'}, ${at.slice(0, 10)}\n\n${textOf(body)}`,
  );
  return {
    content: [`# ${issue.title}`, textOf(issue.body), ...parts].filter((part) => part !== '').join('\n\n'),
    mediaType: 'text/markdown',
  };
}

const tooLong = ({ number }: Issue): HeddleError =>
  new HeddleError('document_too_large', `#${number} has more than the ${mostComments} comments that are read.`);

/** Removes HTML comments, which issue templates leave in the text. */
const textOf = (body: string | null | undefined): string =>
  (body ?? '')
    .replace(/\r\n/g, '\n')
    .replace(/<!--[^]*?-->/g, '')
    .trim();
