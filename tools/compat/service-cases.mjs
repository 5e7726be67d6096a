import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { prepareNode } from './prepare-partners.mjs';

/**
 * These cases test the doubles that the specs of connectors use: with the clients of the vendors, and against the API descriptions that the
 * vendors publish.
 */
const token = 'token-of-the-test';

function same(given, wanted, what) {
  const left = JSON.stringify(given);
  const right = JSON.stringify(wanted);
  if (left !== right) throw new Error(`${what}: ${left?.slice(0, 300)} is not ${right.slice(0, 300)}`);
}

async function codeOf(work) {
  const error = await work.then(
    () => undefined,
    (thrown) => thrown,
  );
  return error?.code ?? error?.status;
}

async function runNotion({ partner: { folder }, report }) {
  const { openNotionDouble, notionBlock, notionText } = await import('@heddle/adapters/testing');
  const { Client, collectPaginatedAPI, isFullBlock, isFullPage, LogLevel } = createRequire(
    join(folder, 'package.json'),
  )('@notionhq/client');
  const notion = await openNotionDouble();
  const client = new Client({
    ...{ auth: token, baseUrl: notion.local, notionVersion: '2022-06-28', retry: false, logLevel: LogLevel.ERROR },
  });
  try {
    await report("Notion's client pages through the double's search", async () => {
      for (const id of ['a', 'b', 'c', 'd']) notion.write(id, 'Hello.');
      const filter = { property: 'object', value: 'page' };
      const pages = (await collectPaginatedAPI(client.search, { filter })).filter(isFullPage);
      const edited = pages.map((page) => page.last_edited_time);
      same([pages.map((page) => page.id), edited.toSorted()], [['a', 'b', 'c', 'd'], edited], 'pages');
    });
    await report("Notion's client reads the double's blocks", async () => {
      const text = { rich_text: [notionText('x', { bold: true })] };
      notion.setBlocks('p', { p: [1, 2, 3, 4].map((index) => notionBlock(`b${index}`, 'paragraph', text)) });
      const blocks = await collectPaginatedAPI(client.blocks.children.list, { block_id: 'p' });
      same(
        blocks.filter(isFullBlock).map((block) => block.paragraph.rich_text[0].plain_text),
        ['x', 'x', 'x', 'x'],
        'blocks',
      );
    });
    await report("Notion's client knows the double's refusals", async () => {
      notion.faults.limit(1, 0);
      same(await codeOf(client.search({})), 'rate_limited', 'too many requests');
      notion.faults.setToken(false);
      same(await codeOf(client.search({})), 'unauthorized', 'a refused sign-in');
    });
  } finally {
    await notion.close();
  }
}

/** OpenAPI 3.0 allows `nullable` beside references, which JSON Schema does not have. */
function withNull(_key, value) {
  if (value?.nullable !== true || typeof value.type === 'string') return value;
  const { nullable, ...schema } = value;
  return { anyOf: [schema, { type: 'null' }] };
}

async function runGithub({ partner: { folder }, report }) {
  const { openGithubDouble } = await import('@heddle/adapters/testing');
  const load = createRequire(join(folder, 'package.json'));
  const Ajv = load('ajv').default;
  const ajv = new Ajv({ strict: false, allErrors: true });
  load('ajv-formats').default(ajv);
  const generated = join(dirname(load.resolve('@octokit/openapi/package.json')), 'generated');
  ajv.addSchema(JSON.parse(readFileSync(join(generated, 'api.github.com.json'), 'utf8'), withNull), 'github');
  const check = (name, values) => {
    const validate = ajv.getSchema(`github#/components/schemas/${name}`);
    if (values.length === 0) throw new Error(`no ${name} to check`);
    for (const value of values) if (!validate(value)) throw new Error(ajv.errorsText(validate.errors).slice(0, 500));
  };
  const github = await openGithubDouble('acme/handbook');
  const read = async (path) =>
    (await fetch(`${github.local}${path}`, { headers: { authorization: `Bearer ${token}` } })).json();
  try {
    const comments = [{ author: 'bob', body: 'An answer.' }];
    github.write(undefined, { title: 'Leave', labels: ['hr'], comments });
    github.write(undefined, { title: 'A change', isPull: true, state: 'closed' });
    await report("issues of the double are those of GitHub's OpenAPI", async () =>
      check('issue', await read('/repos/acme/handbook/issues?state=all')),
    );
    await report("comments of the double are those of GitHub's OpenAPI", async () =>
      check('issue-comment', await read('/repos/acme/handbook/issues/1/comments')),
    );
  } finally {
    await github.close();
  }
}

async function runDrive({ partner: { folder }, report }) {
  const { openDriveDouble } = await import('@heddle/adapters/testing');
  const { drive: createDrive } = createRequire(join(folder, 'package.json'))('@googleapis/drive');
  const double = await openDriveDouble();
  const headers = { authorization: 'Bearer access-of-the-test' };
  const client = createDrive({ version: 'v3', rootUrl: `${double.local}/`, headers, retry: false });
  try {
    const mimeType = 'application/vnd.google-apps.document';
    for (const id of ['a', 'b', 'c', 'd']) double.write(`file-${id}`, { text: id, permissions: [{ type: 'anyone' }] });
    double.write('doc-1', { mimeType, text: 'exported' });
    await report("Google's client pages through the double's files", async () => {
      const found = [];
      for (let pageToken; ;) {
        const { data } = await client.files.list({ q: 'trashed = false', pageSize: 1000, pageToken });
        found.push(...data.files);
        if ((pageToken = data.nextPageToken) === undefined) break;
      }
      same(
        found.map(({ id }) => id),
        ['file-a', 'file-b', 'file-c', 'file-d', 'doc-1'],
        'files',
      );
    });
    await report("Google's client loads, exports and reads permissions", async () => {
      const loaded = await client.files.get({ fileId: 'file-a', alt: 'media' }, { responseType: 'text' });
      const exported = await client.files.export({ fileId: 'doc-1', mimeType: 'text/plain' }, { responseType: 'text' });
      const { data } = await client.permissions.list({ fileId: 'file-a' });
      same([loaded.data, exported.data, data.permissions], ['a', 'exported', [{ type: 'anyone' }]], 'contents');
    });
    await report("Google's client knows the double's refusals", async () => {
      double.faults.setToken(false);
      same(Number(await codeOf(client.files.list({}))), 401, 'a refused sign-in');
    });
  } finally {
    await double.close();
  }
}

async function runSlack({ partner: { folder }, report }) {
  const { openSlackDouble } = await import('@heddle/adapters/testing');
  const { WebClient, LogLevel } = createRequire(join(folder, 'package.json'))('@slack/web-api');
  const slack = await openSlackDouble();
  const client = new WebClient(token, {
    ...{ slackApiUrl: `${slack.local}/api/`, logLevel: LogLevel.ERROR, rejectRateLimitedCalls: true },
    retryConfig: { retries: 0 },
  });
  const read = async (method, options, field) => {
    const found = [];
    for await (const page of client.paginate(method, options)) found.push(...page[field]);
    return found;
  };
  try {
    slack.channels.set('C01', { name: 'general', isPrivate: true, members: ['U1', 'U2', 'U3', 'U4'] });
    const replies = [1, 2, 3].map((index) => ({ ts: `10.00000${index}`, user: 'U2', text: String(index) }));
    for (const ts of ['1.000100', '2.000100', '3.000100', '4.000100'])
      slack.write('C01', { ts, user: 'U1', text: 'x', replies });
    await report("Slack's client pages through the double's messages, replies, members and people", async () => {
      const channel = 'C01';
      const messages = await read('conversations.history', { channel }, 'messages');
      const thread = await read('conversations.replies', { channel, ts: '1.000100' }, 'messages');
      const members = await read('conversations.members', { channel }, 'members');
      const people = await read('users.list', {}, 'members');
      same([messages.length, thread.length, members.length, people.length], [4, 4, 4, 4], 'counts');
      const { channel: about } = await client.conversations.info({ channel });
      same([about.name, (await client.auth.test()).ok], ['general', true], 'the channel');
    });
    await report("Slack's client knows the double's refusals", async () => {
      const refusal = (work) =>
        work.then(
          () => undefined,
          (error) => error.data?.error ?? error.code,
        );
      same(await refusal(client.conversations.info({ channel: 'C99' })), 'channel_not_found', 'an unknown channel');
      slack.faults.limit(1, 1000);
      same(await refusal(client.auth.test()), 'slack_webapi_rate_limited_error', 'too many requests');
      slack.faults.setToken(false);
      same(await refusal(client.auth.test()), 'invalid_auth', 'a refused sign-in');
    });
  } finally {
    await slack.close();
  }
}

/** Tests the double of Zendesk, a service that cannot run here, with a published client. */
async function runZendesk({ partner: { folder }, report }) {
  const { openZendeskDouble } = await import('@heddle/adapters/testing');
  const { createClient } = createRequire(join(folder, 'package.json'))('node-zendesk');
  const zendesk = await openZendeskDouble();
  const clientOf = (given, ...apiType) =>
    createClient({ endpointUri: `${zendesk.local}/api/v2`, username: zendesk.user, token: given, apiType });
  const client = clientOf(token, 'core');
  try {
    await report('node-zendesk pages through agents and their groups', async () => {
      for (const id of [1, 2, 3, 4])
        zendesk.agents.set(id, { email: `a${id}@acme.example`, role: 'agent', restriction: 'groups', groups: [id, 9] });
      same((await client.users.list()).map(({ email }) => email).length, 4, 'agents');
      same((await client.groupmemberships.list()).length, 8, 'memberships');
    });
    await report('node-zendesk reads comments of a ticket, and who wrote them', async () => {
      const comments = [1, 2, 3, 4].map((at) => ({ body: `comment ${at}`, public: at > 1, author: 7 }));
      zendesk.writeTicket(5, { comments });
      const found = await client.tickets.getComments(5);
      same(
        found.flat().map((comment) => [comment.body, comment.public]),
        comments.map((comment) => [comment.body, comment.public]),
        'comments',
      );
      same((await client.users.show(7)).result.name, 'Ada', 'the name of who wrote');
    });
    await report('node-zendesk knows a refused sign-in', async () => {
      const refused = await clientOf('wrong', 'core')
        .users.show(7)
        .then(
          () => '',
          (error) => error.message,
        );
      same(/401/.test(refused), true, refused);
    });
  } finally {
    await zendesk.close();
  }
}

export const serviceCases = [
  {
    ...{ name: 'zendesk', title: 'the double of Zendesk, with the client node-zendesk', isPlain: true },
    needs: () => prepareNode('zendesk', ['node-zendesk@6.0.1']),
    run: runZendesk,
  },
  {
    ...{ name: 'notion', title: "the double of Notion, with Notion's client", isPlain: true },
    needs: () => prepareNode('notion', ['@notionhq/client@5.26.0']),
    run: runNotion,
  },
  {
    ...{ name: 'slack', title: "the double of Slack, with Slack's client", isPlain: true },
    needs: () => prepareNode('slack', ['@slack/web-api@8.2.0']),
    run: runSlack,
  },
  {
    ...{ name: 'github', title: "the double of GitHub, with GitHub's OpenAPI", isPlain: true },
    needs: () => prepareNode('github', ['@octokit/openapi@23.0.2', 'ajv@8.20.0', 'ajv-formats@3.0.1']),
    run: runGithub,
  },
  {
    ...{ name: 'drive', title: "the double of Google Drive, with Google's client", isPlain: true },
    needs: () => prepareNode('drive', ['@googleapis/drive@26.0.1']),
    run: runDrive,
  },
];
