import { openTestService, type ServiceCall, type ServiceReply, type TestService } from '../testing/test-service.js';

/** A test double of GitHub: the issues of one repository by number. Its lists have three entries on each page. */
export interface GithubDouble extends TestService {
  /** The current time of the double. It starts an hour ago, and each change adds a minute. */
  now: number;
  /** Creates or changes an issue. Returns its number. */
  write(number: number | undefined, issue: Partial<DoubleIssue>): number;
  remove(number: number): void;
}

interface DoubleIssue {
  readonly title: string;
  readonly body: string | null;
  readonly state: 'open' | 'closed';
  readonly isPull: boolean;
  readonly labels: readonly string[];
  readonly comments: readonly { readonly author: string; readonly body: string }[];
}

type Stored = DoubleIssue & { readonly updated: string };

const pageSize = 3;

/** Starts the double. @example const github = await openGithubDouble('acme/handbook'); */
export async function openGithubDouble(repository: string): Promise<GithubDouble> {
  const issues = new Map<number, Stored>();
  let last = 0;
  const service: TestService = await openTestService({
    answer: (call) => answer({ repository, issues, server: () => service.server }, call),
    refused: { status: 401, json: { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest' } },
    limited: { status: 403, json: { message: 'You have exceeded a secondary rate limit.' } },
  });
  const double: GithubDouble = {
    ...service,
    now: Date.now() - 3_600_000,
    write(number, change) {
      double.now += 60_000;
      const id = number ?? (last += 1);
      const base = issues.get(id) ?? {
        title: 'Issue',
        body: null,
        state: 'open' as const,
        isPull: false,
        labels: [],
        comments: [],
      };
      const updated = `${new Date(double.now).toISOString().slice(0, 19)}Z`;
      issues.set(id, { ...base, ...change, updated });
      return id;
    },
    remove: (number) => void issues.delete(number),
  };
  return double;
}

interface World {
  readonly repository: string;
  readonly issues: ReadonlyMap<number, Stored>;
  readonly server: () => string;
}

function answer({ repository, issues, server }: World, { method, url }: ServiceCall): ServiceReply | undefined {
  const base = `/repos/${repository}/issues`;
  if (method !== 'GET' || !url.pathname.startsWith(base)) return undefined;
  const rest = url.pathname.slice(base.length);
  if (rest === '') {
    const state = url.searchParams.get('state') ?? 'open';
    const wanted = [...issues].filter(([, issue]) => state === 'all' || issue.state === state);
    const listed = wanted.toSorted(([one], [other]) => one - other);
    return pageOf(
      listed.map(([number, issue]) => issueOf(server(), repository, number, issue)),
      url,
      server(),
    );
  }
  const [, number] = /^\/(\d+)\/comments$/.exec(rest) ?? [];
  const issue = number === undefined ? undefined : issues.get(Number(number));
  if (issue === undefined) return undefined;
  return pageOf(
    issue.comments.map((comment, index) => commentOf(server(), `${base}/${number}`, index, comment)),
    url,
    server(),
  );
}

/** GitHub names the next page only in the header `Link`. */
function pageOf(all: readonly object[], url: URL, server: string): ServiceReply {
  const page = Number(url.searchParams.get('page') ?? '1');
  const next = new URL(url.pathname + url.search, server);
  next.searchParams.set('page', String(page + 1));
  const hasMore = page * pageSize < all.length;
  return {
    json: all.slice((page - 1) * pageSize, page * pageSize),
    headers: hasMore ? { link: `<${next.href}>; rel="next", <${next.href}>; rel="last"` } : {},
  };
}

const simpleUser = (server: string, login: string): object => {
  const at = `${server}/users/${login}`;
  const names = [
    'followers',
    'following',
    'gists',
    'starred',
    'subscriptions',
    'organizations',
    'repos',
    'events',
    'received_events',
  ];
  return {
    login,
    id: 1,
    node_id: 'U_1',
    avatar_url: `${at}.png`,
    gravatar_id: '',
    url: at,
    html_url: at,
    ...Object.fromEntries(names.map((name) => [`${name}_url`, at])),
    type: 'User',
    site_admin: false,
  };
};

function issueOf(server: string, repository: string, number: number, issue: Stored): object {
  const at = `${server}/repos/${repository}/issues/${number}`;
  const links = ['labels', 'comments', 'events'].map((name): [string, string] => [`${name}_url`, `${at}/${name}`]);
  return {
    id: number,
    node_id: `I_${number}`,
    number,
    url: at,
    repository_url: `${server}/repos/${repository}`,
    ...Object.fromEntries(links),
    html_url: `https://github.com/${repository}/issues/${number}`,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    user: simpleUser(server, 'ada'),
    assignee: null,
    assignees: [],
    milestone: null,
    locked: false,
    labels: issue.labels.map((name, index) => ({
      id: index,
      node_id: `L_${index}`,
      url: `${at}/labels/${index}`,
      name,
      description: null,
      color: 'ffffff',
      default: false,
    })),
    comments: issue.comments.length,
    author_association: 'OWNER',
    created_at: '2026-01-01T00:00:00Z',
    updated_at: issue.updated,
    closed_at: issue.state === 'closed' ? issue.updated : null,
    ...(issue.isPull ? { pull_request: { url: at, html_url: at, diff_url: at, patch_url: at } } : {}),
  };
}

function commentOf(
  server: string,
  path: string,
  index: number,
  { author, body }: DoubleIssue['comments'][number],
): object {
  const at = `${server}${path}/comments/${index}`;
  return {
    id: index,
    node_id: `IC_${index}`,
    url: at,
    html_url: at,
    issue_url: `${server}${path}`,
    body,
    user: simpleUser(server, author),
    author_association: 'NONE',
    created_at: '2026-02-03T04:05:06Z',
    updated_at: '2026-02-03T04:05:06Z',
  };
}
