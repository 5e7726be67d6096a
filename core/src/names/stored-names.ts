/**
 * Names in stored data that must keep its bytes (records of runs, published versions), mapped to today's names when they are read.
 * No other file knows an old name, except the migrations of the database.
 */
type Fields = Record<string, unknown>;

/** The fields of a stored durable event. It is changed in place: it comes from `JSON.parse`, and most events need no change. */
export function renameEvent(event: Fields): Fields {
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

/** The reason of a paused run named the kill switch: `stop TARGET: REASON`. */
function splitReason(event: Fields): void {
  const [, target, reason] = /^stop (.+?): (.*)$/s.exec(String(event['reason'])) ?? [];
  if (target !== undefined) Object.assign(event, { cause: { kind: 'kill-switch', target }, reason });
}

/** The details of a stored route decision, in place. */
export function renameRouteDetails(details: unknown): unknown {
  if (isFields(details)) for (const fact of listOf(details['facts'])) rename(fact, 'ceiling', 'clearance');
  return details;
}

/** A workflow document of version 1 with today's node types. */
export function renameDocument(document: Readonly<Fields>): Fields {
  const { workflows } = document;
  return {
    ...renameGraph(document),
    ...(isFields(workflows) && {
      workflows: mapValues(workflows, (inner) => (isFields(inner) ? renameGraph(inner) : inner)),
    }),
  };
}

const nodeTypes: ReadonlyMap<unknown, string> = new Map([['ask', 'human-input']]);

function renameGraph(graph: Readonly<Fields>): Fields {
  const { nodes } = graph;
  if (!isFields(nodes)) return graph;
  return { ...graph, nodes: mapValues(nodes, renameNode) };
}

function renameNode(node: unknown): unknown {
  const type = isFields(node) ? nodeTypes.get(node['type']) : undefined;
  if (type === undefined) return node;
  const renamed: Fields = { ...(node as Fields), type };
  const config = isFields(renamed['config']) ? { ...renamed['config'] } : undefined;
  if (config === undefined) return renamed;
  rename(config, 'lowerFrom', 'declassifyFrom');
  rename(config, 'lowerTo', 'declassifyTo');
  return { ...renamed, config };
}

/** The same keys with other values. The keys are names that users choose, so the object has no prototype. */
function mapValues(fields: Readonly<Fields>, map: (value: unknown) => unknown): Fields {
  const mapped = Object.create(null) as Fields; // a null-prototype object has no other type
  for (const key in fields) mapped[key] = map(fields[key]);
  return mapped;
}

/** The caller in a stored acceptance of a run, in place. */
export function renameCaller(caller: unknown): unknown {
  if (isFields(caller)) rename(caller, 'door', 'channel');
  return caller;
}

/** What a run was accepted with, in place. */
export function renameAcceptance(acceptance: Fields): Fields {
  rename(acceptance, 'seeds', 'reused');
  renameCaller(acceptance['caller']);
  return acceptance;
}

/** The body of a stored version of a workflow, in place. */
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
