/*
 * Known findings of the contract check that are correct behaviour, each with its reason. An entry that is not found does no harm: a limited
 * check does not find everything each time.
 */

/** Paths that the check does not call. */
export const uncalled = [
  { path: '/mcp', reason: 'JSON-RPC over one address: the suites of that protocol check it' },
  { path: '/v1/workflows/{slug}/a2a', reason: 'JSON-RPC over one address: the client of that protocol checks it' },
  { path: '/api/node-packages', reason: 'it would ask the package registry for names that nobody means' },
  { path: '/api/users', reason: 'with a second user everybody has to sign in, and what comes after would be refused' },
  {
    path: '/api/kill-switches/{target}',
    reason: 'with the switch for everything on no run starts, and what comes after would be refused',
  },
  { path: '/api/models/{id}/pull', reason: 'it would download models' },
];

const refused = 'RejectedPositiveData';

/** Findings by kind: a reason and the operations, in which `*` stands for any text. */
export const exceptions = [
  {
    kind: 'ServerError',
    reason:
      'a 503 says that a program or a store of others is not there: the body has its code, and nothing is broken here',
    operations: ['POST /api/collections', 'POST /api/tools/servers/{id}/refresh', 'POST /api/tools/servers/{id}/test'],
  },
  {
    kind: 'ResponseTimeExceeded',
    reason:
      'a small model of this machine reads up to 4,056 tokens before it writes: 2,000 take 23 s on two busy cores, and the tool allows 10 s; a longer text is refused in half a second',
    operations: ['POST /v1/workflows/writes'],
  },
  {
    kind: 'AllowHeaderMismatch',
    reason: 'the address is also one of another path, such as /api/connections/{id}, whose methods it answers too',
    operations: ['OPTIONS /api/*', 'OPTIONS /v1/workflows/openapi.json'],
  },
  {
    kind: 'JsonSchemaError',
    reason:
      'version 3.1 describes a stream as its text, which generators of clients read; the tool takes the schema for that of an event',
    operations: ['GET /v1/runs/{runId}/events', 'POST /v1/workflows/*'],
  },
  {
    kind: refused,
    reason:
      'one of several fields must be given, or a choice between them: a schema cannot say it and stay readable for generators',
    operations: [
      ...[
        'DELETE /api/audit/content',
        'DELETE /api/conversations',
        'DELETE /api/facts',
        'POST /api/facts/{id}',
        'POST /api/annotation-queues/{id}/calibration',
        'GET /api/runs/{id}/values',
        'GET /api/run-excerpts',
      ],
      ...['POST /api/annotation-queues', 'POST /api/annotation-queues/{id}/items', 'POST /api/evaluators/try'],
      ...['POST /api/runs/{id}/feedback', 'POST /v1/runs/{*}/feedback', 'POST /v1/share/{token}/runs/{run}/feedback'],
      ...['PUT /api/gate', 'PUT /api/monitors/{id}'],
    ],
  },
  {
    kind: refused,
    reason:
      'two values depend on each other: a time before another, a window shorter than another, a bound below another, an address or an API that a kind of connection has or has not, a part that a format has not, two rules for the same subjects',
    operations: [
      ...[
        'POST /api/connections',
        'GET /api/datasets/{id}/export',
        'PUT /api/projects/{id}/retention',
        'PUT /api/collections/{name}/relevance',
      ],
      ...['GET /api/dashboard', 'GET /api/dashboard/export', 'GET /api/monitors/{id}/series', 'GET /api/spend'],
      ...['PATCH /api/keys/{id}', 'POST /api/keys', 'POST /api/alerts', 'PUT /api/alerts/{id}'],
      ...[
        'POST /api/experiments',
        'POST /api/experiments/preview',
        'POST /api/policies/what-if',
        'PUT /api/policies/{name}',
      ],
    ],
  },
  {
    kind: refused,
    reason:
      'a text has a grammar of its own, and its message says more than a pattern: a list, a time, a document, an origin, a name',
    operations: [
      ...['GET /api/runs', 'GET /api/replays/{id}/rows', 'POST /api/compile', 'POST /api/runs', 'POST /api/workflows'],
      ...[
        'POST /api/workflows/{id}/merge',
        'PUT /api/workflows/{id}/tests',
        'PUT /api/workflows/{id}',
        'POST /api/workflows/{id}/runs',
      ],
      ...['POST /api/workflows/{id}/schedules', 'POST /api/workflows/{id}/schedules/preview'],
      ...['PUT /api/workflows/{id}/schedules/{schedule}', 'POST /api/workflows/{id}/shares'],
      ...[
        'POST /oauth/register',
        'PUT /api/workflows/{id}/shares/{share}',
        'POST /api/collections',
        'PATCH /api/collections/{name}',
      ],
      ...[
        'POST /api/collections/{name}/search',
        'POST /api/prompts',
        'PATCH /api/prompts/{id}',
        'POST /api/prompts/{id}/versions',
      ],
      ...[
        'POST /api/workflows/{id}/batches',
        'POST /api/workflows/{id}/batches/preview',
        'POST /api/datasets/{id}/import',
      ],
    ],
  },
  {
    kind: refused,
    reason: 'a part of the address has a form: a number, or a name with lower-case letters; another one names nothing',
    operations: [
      ...['DELETE /api/prompts/{id}/labels/{label}', 'PUT /api/prompts/{id}/labels/{label}'],
      ...['GET /api/prompts/{id}/versions/{version}', 'GET /api/replays/{id}/rows/{number}', 'PUT /api/budgets/{id}'],
      ...['POST /api/annotation-queues/{id}/items/{item}/annotation', 'PUT /api/secrets/{name}'],
      ...['PUT /api/connections/{id}', 'PUT /api/tools/servers/{id}', 'PUT /api/groups/{id}/members/{member}'],
    ],
  },
  {
    kind: refused,
    reason: 'which inputs there are says the document of the workflow; this one stands for all workflows',
    operations: ['POST /v1/workflows/{slug}', 'POST /v1/workflows/{slug}/ag-ui', 'POST /v1/share/{token}/runs'],
  },
  {
    kind: refused,
    reason:
      'the settings of a source have the schema of its kind, which `GET /api/sources/kinds` gives, and its schedule has a grammar',
    operations: ['POST /api/collections/{name}/sources'],
  },
  {
    kind: refused,
    reason:
      'a list of readers names users, groups, service accounts and keys, which must be there: a wrong name would lock a document',
    operations: ['PUT /api/collections/{name}/reader-rules'],
  },
  {
    kind: refused,
    reason:
      'the model that is named decides: a workflow continues a thread and says whether a text may be empty, a model of one kind answers one route and needs a question; and a response continues one thing',
    operations: ['chat/completions', 'completions', 'embeddings', 'moderations', 'responses'].map(
      (name) => `POST /v1/${name}`,
    ),
  },
  {
    kind: refused,
    reason: 'a body has a limit of members in all, whatever its form, which a schema cannot count',
    operations: ['POST /api/datasets/{id}/rows', 'POST /api/datasets/{id}/rows/{row}/review'],
  },
  {
    kind: refused,
    reason: 'nothing fits the schema of a parameter that is not supported, and the tool sends one all the same',
    operations: ['GET /v1/responses/{id}', 'GET /v1/responses/{id}/input_items'],
  },
  {
    kind: refused,
    reason:
      'while the tool tries a bound of a header it sends a body that it made to be wrong (`0`, mode negative in its record), and calls the request valid',
    operations: ['edits', 'moderates', 'says', 'writes'].map((name) => `POST /v1/workflows/${name}`),
  },
  {
    kind: refused,
    reason: 'a file is judged by its bytes: a picture must be one, and base64 must be whole',
    operations: ['POST /v1/workflows/count'],
  },
  {
    kind: refused,
    reason:
      'the state of the workflow decides: which version is live, which inputs it takes, whether its data map is accepted',
    operations: [
      ...['POST /api/workflows/{id}/ab', 'POST /api/workflows/{id}/hooks', 'POST /api/workflows/{id}/publish'],
      'POST /api/workflows/{id}/hooks/{hook}/try',
    ],
  },
  {
    kind: refused,
    reason: 'the request names what does not exist or is of another kind here, and the body says which',
    operations: [
      ...['POST /api/evaluators/calibrations', 'POST /api/models', 'POST /api/models/{id}/score', 'POST /api/monitors'],
      ...['POST /api/models/{id}/try', 'POST /api/tools/servers/{id}/sign-in', 'DELETE /api/projects/{id}/membership'],
      ...['POST /api/connections/{id}/test', 'POST /v1/hooks/{hook}', 'POST /oauth/token'],
    ],
  },
];
