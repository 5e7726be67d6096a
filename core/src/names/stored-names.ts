/**
 * Old names in stored data that must not change (records of runs, published versions). They are mapped to today's names when the data is
 * read. Besides the database migrations, only this file knows the old names.
 */
type Fields = Record<string, unknown>;

/** Renames the fields of a stored durable event. Changes the event in place: it comes from `JSON.parse`, and most events need no change. */
export function renameEvent(event: Fields): Fields {
  if (isFields(event['error'])) renameCode(event['error']);
  switch (event['type']) {
    case 'ask-start':
    case 'ask-end':
    case 'ask-remind':
      event['type'] = `human-input-${event['type'].slice('ask-'.length)}`;
      rename(event, 'askId', 'requestId');
      break;
    case 'run-park':
      event['type'] = 'run-suspend';
      rename(event, 'asks', 'requests');
      break;
    case 'run-held':
      event['type'] = 'run-pause';
      splitReason(event);
      break;
    case 'node-park':
      event['type'] = 'node-suspend';
      rename(event, 'askId', 'requestId');
      if (event['reason'] === 'ask') event['reason'] = 'human-input';
      break;
    case 'label-decision':
      rename(event, 'ceiling', 'clearance');
      if (event['decision'] === 'lowered') event['decision'] = 'declassified';
      break;
    case 'node-decision':
      if (event['kind'] === 'route') renameRouteDetails(event['details']);
      break;
  }
  return event;
}

/** Error codes of older versions. */
const codes: ReadonlyMap<unknown, string> = new Map([
  ['ask_not_found', 'human_input_not_found'],
  ['ask_decided', 'human_input_decided'],
  ['ask_answer_invalid', 'human_input_invalid'],
  ['door_closed', 'channel_closed'],
  ['stopped', 'kill_switch'],
  ['seed_mismatch', 'reused_result_mismatch'],
  ['lowering_undeclared', 'declassification_undeclared'],
]);

function renameCode(error: Fields): void {
  const code = codes.get(error['code']);
  if (code !== undefined) error['code'] = code;
}

/** In older versions, the reason of a paused run named the kill switch: `stop TARGET: REASON`. */
function splitReason(event: Fields): void {
  const [, target, reason] = /^stop (.+?): (.*)$/s.exec(String(event['reason'])) ?? [];
  if (target !== undefined) Object.assign(event, { cause: { kind: 'kill-switch', target }, reason });
}

/** Renames the details of a stored route decision, in place. */
export function renameRouteDetails(details: unknown): unknown {
  if (isFields(details)) for (const fact of listOf(details['facts'])) rename(fact, 'ceiling', 'clearance');
  return details;
}

/** Converts a workflow document of version 1 to today's node types. */
export function renameDocument(document: Readonly<Fields>): Fields {
  const { workflows } = document;
  return {
    ...renameGraph(document),
    ...(isFields(workflows) && {
      workflows: mapValues(workflows, (inner) => (isFields(inner) ? renameGraph(inner) : inner)),
    }),
  };
}

/** The defaults of the former node `chat`, for settings that a document leaves out. */
const chatDefaults: Readonly<Fields> = {
  model: 'smollm2-135m',
  temperature: 0.7,
  maxTokens: 1024,
  layout:
    'Passages:\n\n{{ passages }}\n\nAnswer the question from the passages. Name the passage after each statement, as in [1]; say so when they do not hold the answer.\n\nQuestion: {{ prompt }}',
  order: 'best-first',
};

const nodeTypes: ReadonlyMap<unknown, string> = new Map([
  ['ask', 'human-input'],
  ['chat', 'generate'],
]);

/** The node types whose former input `order` is now called `route`. */
const routed: ReadonlySet<unknown> = new Set(['chat', 'generate', 'reason', 'fallback']);

function renameGraph(graph: Readonly<Fields>): Fields {
  const { nodes, edges } = graph;
  if (!isFields(nodes)) return graph;
  const renamed = { ...graph, nodes: mapValues(nodes, renameNode) };
  if (!Array.isArray(edges)) return renamed;
  return { ...renamed, edges: edges.map((edge: unknown) => renameEdge(edge, nodes)) };
}

function renameNode(node: unknown): unknown {
  const type = isFields(node) ? nodeTypes.get(node['type']) : undefined;
  if (type === undefined) return node;
  const { config = {}, ...rest } = node as Fields;
  return { ...rest, type, config: isFields(config) ? renameConfig(type, config) : config };
}

function renameConfig(type: string, given: Readonly<Fields>): Fields {
  if (type === 'generate') return { ...chatDefaults, ...given };
  const config = { ...given };
  rename(config, 'lowerFrom', 'declassifyFrom');
  rename(config, 'lowerTo', 'declassifyTo');
  return config;
}

function renameEdge(edge: unknown, nodes: Readonly<Fields>): unknown {
  const to = isFields(edge) ? edge['to'] : undefined;
  if (typeof to !== 'string' || !to.endsWith('.order')) return edge;
  const id = to.slice(0, -'.order'.length);
  const node = Object.hasOwn(nodes, id) ? nodes[id] : undefined;
  return isFields(node) && routed.has(node['type']) ? { ...(edge as Fields), to: `${id}.route` } : edge;
}

/** Maps the values of an object. Its keys are names that users choose, so the result has no prototype. */
function mapValues(fields: Readonly<Fields>, map: (value: unknown) => unknown): Fields {
  const mapped = Object.create(null) as Fields; // a null-prototype object has no other type
  for (const key in fields) mapped[key] = map(fields[key]);
  return mapped;
}

/** Renames the fields of the caller in a stored acceptance, in place. */
export function renameCaller(caller: unknown): unknown {
  if (isFields(caller)) rename(caller, 'door', 'channel');
  return caller;
}

/** Renames the fields of a stored acceptance, in place. */
export function renameAcceptance(acceptance: Fields): Fields {
  rename(acceptance, 'seeds', 'reused');
  renameCaller(acceptance['caller']);
  return acceptance;
}

/** Renames the fields in the body of a stored workflow version, in place. */
export function renameVersion(version: unknown): unknown {
  if (!isFields(version)) return version;
  rename(version, 'replyCeiling', 'replyClearance');
  for (const flow of listOf(version['dataMap'])) {
    rename(flow, 'ceiling', 'clearance');
    rename(flow, 'loweredBy', 'declassifiedBy');
  }
  return version;
}

function rename(fields: Fields, from: string, to: string): void {
  if (!Object.hasOwn(fields, from)) return;
  fields[to] = fields[from];
  Reflect.deleteProperty(fields, from);
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);
