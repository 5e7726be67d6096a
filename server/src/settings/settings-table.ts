import { address, bytes, choice, daysByLevel, list, path, rolesByGroup, text, whole } from './setting-parsers.js';
import { optional, required, type Setting } from './setting.js';

export type { Setting } from './setting.js';

/** Every setting, in the order of the documentation. This is the only place where one is declared. */
export const settingsTable = {
  dataFolder: required(
    'HEDDLE_DATA',
    '.heddle',
    path,
    'Folder of everything Heddle keeps: database, collections, files.',
  ),
  modelsFolder: optional(
    'HEDDLE_MODELS',
    path,
    "Folder of model files, shared by all data folders. Without it: the user's cache folder.",
  ),
  host: required('HOST', '127.0.0.1', text, 'Address to listen on. Anything but loopback needs sign-in to be set up.'),
  port: required('PORT', '3000', whole(0, 65_535), 'Port to listen on; 0 takes a free one.'),
  allowedHosts: required(
    'HEDDLE_ALLOWED_HOSTS',
    '',
    list,
    'Further host names that requests may name, such as heddle.example.com.',
  ),
  signIn: required(
    'HEDDLE_SIGN_IN',
    'auto',
    choice(['auto', 'required']),
    'Whether everybody signs in: auto asks for it from the second user on, or where another machine can reach the server.',
  ),
  sessionIdleHours: required(
    'HEDDLE_SESSION_IDLE_HOURS',
    '24',
    whole(1, 8_760),
    'Hours without a request after which somebody signs in again.',
  ),
  sessionDays: required(
    'HEDDLE_SESSION_DAYS',
    '30',
    whole(1, 365),
    'Days after which somebody signs in again in any case.',
  ),
  publicUrl: optional(
    'HEDDLE_PUBLIC_URL',
    address,
    'Address at which people reach Heddle, such as https://heddle.example.com. Without it: as the request names it.',
  ),
  oidcIssuer: optional(
    'HEDDLE_OIDC_ISSUER',
    address,
    'Issuer of a sign-in provider (OpenID Connect), such as https://login.example.com.',
  ),
  oidcClientId: required('HEDDLE_OIDC_CLIENT_ID', 'heddle', text, 'Name of Heddle at the sign-in provider.'),
  oidcClientSecret: optional(
    'HEDDLE_OIDC_CLIENT_SECRET',
    text,
    'Secret of Heddle at the sign-in provider; none for a public client.',
    true,
  ),
  oidcDomains: required(
    'HEDDLE_OIDC_DOMAINS',
    '',
    list,
    'Domains of email addresses whose people become users at their first sign-in; without it only users that are here sign in.',
  ),
  oidcGroupsClaim: required('HEDDLE_OIDC_GROUPS_CLAIM', 'groups', text, 'Claim that names the groups of somebody.'),
  oidcRoles: required(
    'HEDDLE_OIDC_ROLES',
    '',
    rolesByGroup,
    'What groups are in the first project, such as heddle-admins=owner, staff=editor, *=viewer; set at each sign-in. Without it roles are kept as they are.',
  ),
  ratePerMinute: required(
    'HEDDLE_RATE_PER_MINUTE',
    '120000',
    whole(1, 100_000_000),
    'Requests a minute of one user, key, or address that nobody signed in from.',
  ),
  projectRatePerMinute: required(
    'HEDDLE_PROJECT_RATE_PER_MINUTE',
    '600000',
    whole(1, 100_000_000),
    'Requests a minute of everybody in one project together.',
  ),
  slowSeconds: required(
    'HEDDLE_SLOW_SECONDS',
    '30',
    whole(1, 3_600),
    'Seconds for the headers of a request, and without a byte of its body, after which the connection is closed.',
  ),
  slowRate: required(
    'HEDDLE_SLOW_RATE',
    '4kb',
    bytes,
    'Bytes a second that the body of a request brings at least, on average after the first HEDDLE_SLOW_SECONDS; 0 sets no rate.',
  ),
  addressConnections: required(
    'HEDDLE_ADDRESS_CONNECTIONS',
    '1000',
    whole(1, 1_000_000),
    'Open connections of one address (of IPv6 the /64); further ones are closed. Not counted: this machine, and HEDDLE_TRUST_PROXY.',
  ),
  anonymousSockets: required(
    'HEDDLE_ANONYMOUS_SOCKETS',
    '20',
    whole(1, 100_000),
    'Live sockets of one address that have not shown who they are yet.',
  ),
  anonymousSeconds: required(
    'HEDDLE_ANONYMOUS_SECONDS',
    '15',
    whole(1, 3_600),
    'Seconds after which a live socket that has not shown who it is is closed.',
  ),
  trustProxy: required(
    'HEDDLE_TRUST_PROXY',
    '',
    list,
    'Addresses or networks of proxies in front whose X-Forwarded-For is believed; none without it.',
  ),
  log: required(
    'HEDDLE_LOG',
    'warn',
    choice(['silent', 'error', 'warn', 'info', 'debug']),
    'Least level of log lines on standard error.',
  ),
  publishedTimeoutMs: required(
    'HEDDLE_PUBLISHED_TIMEOUT_MS',
    '300000',
    whole(1, 86_400_000),
    'Longest that a caller of a published workflow waits for it; the header Heddle-Timeout asks for less.',
  ),
  cancelOnDisconnect: required(
    'HEDDLE_CANCEL_ON_DISCONNECT',
    'false',
    choice(['true', 'false']),
    'Whether a published run is cancelled when its caller goes away.',
  ),
  fetchAllow: required(
    'HEDDLE_FETCH_ALLOW',
    '',
    list,
    'Hosts inside your network that workflows may fetch: name, name:port or *.name.',
  ),
  toolCommands: required(
    'HEDDLE_TOOL_COMMANDS',
    'true',
    choice(['true', 'false']),
    'Whether owners may register commands of this machine as tool servers (MCP).',
  ),
  filesFolders: required('HEDDLE_FILES', '', list, 'Folders that workflows may read files from; none without it.'),
  customNodes: required('HEDDLE_NODES', '', list, 'Folders or packages with nodes of your own.'),
  qdrantUrl: optional('QDRANT_URL', address, 'Address of a Qdrant server, for collections that live there.'),
  qdrantApiKey: optional('QDRANT_API_KEY', text, 'Key of the Qdrant server.', true),
  hubUrl: optional('HF_ENDPOINT', address, 'Address of the model hub, or of a mirror of it.'),
  hubToken: optional('HF_TOKEN', text, 'Token for the model hub.', true),
  maxRuns: required(
    'HEDDLE_MAX_RUNS',
    '64',
    whole(1, 10_000),
    'Runs that work at the same time; parked ones do not count.',
  ),
  maxQueued: required(
    'HEDDLE_MAX_QUEUED',
    '1000',
    whole(0, 1_000_000),
    'Runs that may wait for a place; a further one is refused as busy. A tenth more is kept for workflows of which few wait.',
  ),
  maxParallelNodes: required(
    'HEDDLE_RUN_PARALLEL',
    '256',
    whole(1, 10_000),
    'Nodes of one run that work at the same time.',
  ),
  maxModelCalls: required('HEDDLE_MODEL_PARALLEL', '4', whole(1, 1000), 'Calls of one model at the same time.'),
  crashLimit: required(
    'HEDDLE_CRASH_LIMIT',
    '3',
    whole(0, 1000),
    'Recoveries of a run or an ingest in a row, without progress, after which it fails (crash_loop, job_interrupted); 0 switches this off.',
  ),
  generateThreads: optional(
    'HEDDLE_GENERATE_THREADS',
    whole(1, 1024),
    'Threads that write text. Without it: processor cores less one.',
  ),
  embedThreads: optional(
    'HEDDLE_EMBED_THREADS',
    whole(1, 1024),
    'Threads that embed. Without it: all cores while nothing is generated.',
  ),
  gpu: required(
    'HEDDLE_GPU',
    'auto',
    choice(['auto', 'cpu', 'cuda', 'vulkan', 'metal']),
    'Which graphics processor models may use.',
  ),
  contextTokens: required(
    'HEDDLE_CONTEXT_TOKENS',
    '4096',
    whole(256, 1_048_576),
    'Tokens that prompt and answer share; at most what the model can read.',
  ),
  modelQueue: required('HEDDLE_MODEL_QUEUE', '32', whole(0, 100_000), 'Calls of one model that may wait for a place.'),
  modelMemoryMb: optional(
    'HEDDLE_MODEL_MEMORY_MB',
    whole(64, 16_777_216),
    'Megabytes that loaded models may take together. Without it: 70 % of the memory.',
  ),
  modelIdleMinutes: required(
    'HEDDLE_MODEL_IDLE_MINUTES',
    '10',
    whole(0, 100_000),
    'Minutes without a call after which a model leaves memory; 0 keeps it.',
  ),
  bodyLimit: required('HEDDLE_BODY_LIMIT', '10mb', bytes, 'Largest JSON body of a request.'),
  uploadLimit: required('HEDDLE_UPLOAD_LIMIT', '200mb', bytes, 'Largest file of an upload.'),
  inputLimit: required(
    'HEDDLE_INPUT_LIMIT',
    '1mb',
    bytes,
    'Largest input of a run; larger texts belong into a file or a collection.',
  ),
  stuckSeconds: required(
    'HEDDLE_STUCK_SECONDS',
    '30',
    whole(1, 86_400),
    'Seconds of silence, or of waiting for a place, after which GET /api/health calls a node stuck.',
  ),
  keepValuesDays: required(
    'HEDDLE_KEEP_VALUES_DAYS',
    '30',
    whole(0, 36_500),
    'Days after its end for which the inputs and results of a run are kept; 0 keeps them as long as the run.',
  ),
  keepRunsDays: required(
    'HEDDLE_KEEP_RUNS_DAYS',
    '90',
    whole(0, 36_500),
    'Days after its end for which a run is kept in the list; 0 keeps it for ever.',
  ),
  keepJobsDays: required(
    'HEDDLE_KEEP_JOBS_DAYS',
    '30',
    whole(0, 36_500),
    'Days after its end for which a job (an ingest, a download) is kept in the list; 0 keeps it for ever.',
  ),
  keepFilesDays: required(
    'HEDDLE_KEEP_FILES_DAYS',
    '7',
    whole(0, 36_500),
    'Days for which a stored file is kept that no workflow and no run names; 0 keeps it for ever.',
  ),
  keepContent: required(
    'HEDDLE_KEEP_CONTENT',
    'public=30, internal=30, confidential=30, restricted=7',
    daysByLevel({ public: 30, internal: 30, confidential: 30, restricted: 7 }),
    'Days for which the audit record keeps what models were sent and answered, by its label, sealed; 0 keeps none.',
  ),
  sweepMinutes: required(
    'HEDDLE_SWEEP_MINUTES',
    '60',
    whole(0, 35_000),
    'Minutes between two looks for what has been kept long enough; 0 never removes anything.',
  ),
  stopMs: required(
    'HEDDLE_STOP_MS',
    '5000',
    whole(0, 60_000),
    'Milliseconds that running work gets to finish when the server is stopped.',
  ),
} as const;

type Table = typeof settingsTable;

/** All settings, parsed. */
export type Settings = { readonly [Key in keyof Table]: Table[Key] extends Setting<infer T> ? T : never };
