/**
 * Names in stored data that must keep its bytes (records of runs, published versions), mapped to today's names when they are read.
 * No other file knows an old name, except the migrations of the database.
 */
type Fields = Record<string, unknown>;

/** The fields of a stored durable event. It is changed in place: it comes from `JSON.parse`, and most events need no change. */
export function renameEvent(event: Fields): Fields {
  switch (event['type']) {
    case 'label-decision':
      rename(event, 'ceiling', 'clearance');
      break;
    case 'node-decision':
      if (event['kind'] === 'route') renameRouteDetails(event['details']);
      break;
  }
  return event;
}

/** The details of a stored route decision, in place. */
export function renameRouteDetails(details: unknown): unknown {
  if (isFields(details)) for (const fact of listOf(details['facts'])) rename(fact, 'ceiling', 'clearance');
  return details;
}

/** The caller in a stored acceptance of a run, in place. */
export function renameCaller(caller: unknown): unknown {
  if (isFields(caller)) rename(caller, 'door', 'channel');
  return caller;
}

/** What a run was accepted with, in place. */
export function renameAcceptance(acceptance: Fields): Fields {
  renameCaller(acceptance['caller']);
  return acceptance;
}

/** The body of a stored version of a workflow, in place. */
export function renameVersion(version: unknown): unknown {
  if (!isFields(version)) return version;
  rename(version, 'replyCeiling', 'replyClearance');
  for (const flow of listOf(version['dataMap'])) rename(flow, 'ceiling', 'clearance');
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
