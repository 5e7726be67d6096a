import {
  defineNode,
  FilePort,
  HeddleError,
  Json,
  labelOf,
  NumberPort,
  parseTemplate,
  templateTexts,
  Text,
  type NodeContext,
} from '@heddle/core';
import { z } from 'zod';
import { inputsOfTemplates, templateText } from '../fields/template-field.js';
import { fillUrl } from './fill-url.js';
import { jsonOf, readReply, type Reply } from './read-reply.js';
import { fillBody, fillHeaders, headerProblem, signInOf } from './request-parts.js';
import { listOf } from '../fields/list-of.js';

const Auth = z.object({
  kind: z
    .enum(['none', 'bearer', 'basic', 'header'])
    .default('none')
    .meta({
      title: 'Kind',
      labels: { none: 'None', bearer: 'Bearer token', basic: 'User and password', header: 'A header' },
    }),
  secret: z.string().max(128).default('').meta({
    title: 'Secret',
    description: 'Name of the secret. The document never contains its value.',
    widget: 'secret',
  }),
  header: z
    .string()
    .max(100)
    .default('x-api-key')
    .meta({ title: 'Header', description: 'Name of the header with the secret.' }),
  user: z.string().max(200).default('').meta({ title: 'User', description: 'For user and password.' }),
});
const Body = z.object({
  kind: z
    .enum(['none', 'json', 'text', 'form'])
    .default('none')
    .meta({ title: 'Kind', labels: { none: 'None', json: 'JSON', text: 'Text', form: 'Form' } }),
  json: z
    .unknown()
    .default({})
    .meta({ title: 'JSON or fields', description: '{{ name }} inserts a value.', widget: 'json-template' }),
  text: templateText.default('').meta({ title: 'Text', widget: 'template' }),
});
const Config = z.object({
  method: z
    .enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'])
    .default('GET')
    .meta({ basic: true, title: 'Method' }),
  url: templateText.default('{{ url }}').meta({
    basic: true,
    title: 'Address',
    description: '{{ name }} inserts an encoded value.',
    widget: 'template',
    rows: 1,
  }),
  headers: z
    .array(
      z.object({
        name: z.string().max(100).meta({ title: 'Name' }),
        value: templateText.meta({ title: 'Value', widget: 'template', rows: 1 }),
      }),
    )
    .max(50)
    .default([])
    .meta({ basic: true, title: 'Headers' }),
  auth: Auth.default(Auth.parse({})).meta({ basic: true, title: 'Sign-in' }),
  body: Body.default(Body.parse({})).meta({ basic: true, title: 'Body' }),
  reply: z
    .enum(['auto', 'json', 'text', 'file'])
    .default('auto')
    .meta({
      title: 'Read the reply as',
      labels: { auto: 'By its content type', json: 'JSON', text: 'Text', file: 'File' },
    }),
  onStatus: z
    .enum(['fail', 'give'])
    .default('fail')
    .meta({ title: 'If the status is an error', labels: { fail: 'Fail', give: 'Return the reply' } }),
  timeoutMs: z.int().min(100).max(600_000).default(30_000).meta({ title: 'Timeout', widget: 'duration' }),
  maxMegabytes: z.number().min(0.001).max(100).default(5).meta({ title: 'Max reply size in MB' }),
});
type Config = z.infer<typeof Config>;

export const http = defineNode({
  type: 'http',
  version: 1,
  category: 'network',
  title: 'HTTP',
  summary: 'Sends an HTTP request and reads the reply.',
  icon: 'globe',
  keywords: listOf(`
      api, api call, rest, rest api, request, http request, https, fetch, curl, url, get, post, put, patch, web
      request, web service, endpoint, graphql, soap, download, axios, call api, integration, connector
    `),
  standsFor: [
    {
      names: listOf('webhook, callback, outgoing webhook'),
      note: 'HTTP calls a webhook of another service; a trigger receives one.',
    },
    {
      names: listOf(`
      slack, discord, teams, microsoft teams, telegram, whatsapp, sms, twilio, mattermost, notification, notify,
      send message, push
    `),
      note: 'There is no node for messages: HTTP posts to the API of the service.',
    },
    {
      names: listOf('email, e-mail, mail, send email, gmail, outlook, smtp, imap, sendgrid, mailgun'),
      note: 'There is no node for email: HTTP calls the API of a mail service.',
    },
    {
      names: listOf(`
      sql, database, db, postgres, postgresql, mysql, mariadb, sqlite, mongodb, mongo, redis, supabase, airtable,
      bigquery, snowflake, oracle, dynamodb, firebase
    `),
      note: 'There is no node for databases: HTTP calls an API in front of one, an agent the tools of a server (MCP).',
    },
    {
      names: listOf(`
      google sheets, sheets, google drive, google docs, google calendar, calendar, notion, jira, confluence, github,
      gitlab, salesforce, hubspot, zendesk, intercom, stripe, shopify, trello, asana, linear, sharepoint, onedrive,
      dropbox, s3, aws, sap, zapier, n8n, make, rss, crm, weather, ticket
    `),
      note: 'There is no node for this service: HTTP calls its API.',
    },
    {
      names: listOf(`
      elevenlabs, text to speech, tts, speech, whisper, transcribe, transcription, audio, video, voice
    `),
      note: 'There is no node for sound and video: HTTP calls the API of a service.',
    },
    {
      names: listOf('image generation, generate image, dalle, midjourney, stable diffusion, draw'),
      note: 'There is no node that makes images: HTTP calls the API of a service.',
    },
  ],
  role: 'step',
  effects: ['network'],
  headline: 'url',
  help: `
\`{{ name }}\` in the address, headers and body creates an input. Values in an address are encoded, so that none can change the destination of the request. An address with a single placeholder takes a whole address.

Requests reach only the public web: addresses inside your network, on this machine and of cloud metadata are refused (\`fetch_blocked\`), also after redirects, unless the administrator allowed the host. Size and time are limited.

**Sign-in** uses a secret by its name. Its value is sent only to the allowed hosts of the secret (\`secret_host_refused\`), also after redirects, and is removed from the reply. Requests that change something carry an \`Idempotency-Key\`, which stays the same when the step is repeated. A received reply is never requested again.

A status of 400 or more fails the node: 429 and 5xx can be retried, others cannot. **Return the reply** returns the status instead. The reply is marked \`untrusted\`.
`.trim(),
  config: Config,
  inputs: {},
  outputs: { status: NumberPort, body: Text, json: Json, headers: Json, file: FilePort },
  example: { config: { url: 'https://example.com/orders/{{ id }}' }, inputs: { id: '42' } },
  ports: ({ url, headers, body }) => ({
    inputs: inputsOfTemplates([
      url,
      ...headers.map(({ value }) => value),
      ...(body.kind === 'text' ? [body.text] : []),
      ...(body.kind === 'json' || body.kind === 'form' ? templateTexts(body.json) : []),
    ]),
  }),
  references: ({ auth, url }) => [
    { kind: 'network', id: hostOf(url), field: 'url' },
    ...(auth.kind === 'none' || auth.secret === ''
      ? []
      : [{ kind: 'secret' as const, id: auth.secret, field: 'auth.secret', ...addressOf(url) }]),
  ],
  check: (config) => problemsOf(config),
  async run({ config, inputs, context }) {
    context.raise(labelOf('public', ['untrusted']));
    const reply = await context.step('request', ({ idempotencyKey, signal }) =>
      send(config, inputs, context, idempotencyKey, signal),
    );
    if (reply.status >= 400 && config.onStatus === 'fail') throw statusError(config.method, reply);
    const json = await jsonOf(reply, config.reply, context);
    return {
      status: reply.status,
      headers: { ...reply.headers },
      body: reply.text,
      file: reply.file,
      json,
    };
  },
});

async function send(
  config: Config,
  inputs: Readonly<Record<string, unknown>>,
  context: NodeContext,
  idempotencyKey: string,
  signal: AbortSignal,
): Promise<Reply> {
  const url = fillUrl(config.url, inputs);
  const filled = fillBody(config.body, inputs);
  const isChange = config.method !== 'GET' && config.method !== 'HEAD';
  const signIn = await signInOf(config.auth, context);
  const headers = {
    ...filled.headers,
    ...fillHeaders(config.headers, inputs),
    ...(isChange ? { 'idempotency-key': idempotencyKey } : {}),
  };
  const fetcher = await context.use('fetch');
  const response = await fetcher.fetch({
    url,
    method: config.method,
    headers,
    body: isChange ? filled.body : undefined,
    signIn,
    timeoutMs: config.timeoutMs,
    maxBytes: Math.round(config.maxMegabytes * 1_000_000),
    signal,
  });
  // A retryable failure must not be stored as the result of the step.
  if (config.onStatus === 'fail' && isRetryable(response.status))
    throw statusError(config.method, await readReply(response, 'text', context));
  return readReply(response, config.reply, context);
}

const isRetryable = (status: number): boolean => status === 429 || status >= 500;

function statusError(method: string, { status, url, text }: Reply): HeddleError {
  const said = (text ?? '').trim().slice(0, 300);
  return new HeddleError(
    'fetch_status',
    `${method} ${withoutQuery(url)} answered with status ${status}${said === '' ? '' : `: ${said}`}`,
    { retryable: isRetryable(status), details: { status } },
  );
}

/** The query may contain keys, so messages do not show it. */
function withoutQuery(url: string): string {
  return url.split(/[?#]/)[0] ?? url;
}

function problemsOf({ headers, auth, body, method }: Config): { field: string; message: string; fix: string }[] {
  const problems = headers.flatMap(({ name }, index) => {
    const problem = headerProblem(name);
    return problem === undefined
      ? []
      : [{ field: `headers.${index}.name`, message: problem, fix: 'Choose another header.' }];
  });
  if (auth.kind !== 'none' && auth.secret === '')
    problems.push({
      field: 'auth.secret',
      message: 'No secret is chosen.',
      fix: 'Choose a secret, or set the kind to None.',
    });
  const authProblem = auth.kind === 'header' ? headerProblem(auth.header) : undefined;
  if (authProblem !== undefined)
    problems.push({ field: 'auth.header', message: authProblem, fix: 'Choose another header.' });
  if (body.kind !== 'none' && (method === 'GET' || method === 'HEAD'))
    problems.push({
      field: 'body.kind',
      message: `A ${method} request has no body.`,
      fix: 'Choose another method, or remove the body.',
    });
  try {
    for (const text of templateTexts(body.json)) parseTemplate(text);
  } catch (error) {
    problems.push({
      field: 'body.json',
      message: error instanceof Error ? error.message : String(error),
      fix: 'Correct the template.',
    });
  }
  return problems;
}

/** The host of an address; `*` if it is known only during a run. */
function hostOf(url: string): string {
  const { address } = addressOf(url);
  return address === undefined ? '*' : new URL(address).hostname;
}

/** The fixed beginning of an address, up to its host; empty if it is known only during a run. */
function addressOf(url: string): { readonly address?: string } {
  const fixed = /^https?:\/\/[^/?#{}\s]+(?=[/?#]|$)/i.exec(url)?.[0];
  return fixed !== undefined && URL.canParse(fixed) ? { address: new URL(fixed).origin } : {};
}
