import { HeddleError } from '../errors/heddle-error.js';
import { forbiddenNames, isPlainObject } from '../values/json.js';
import { readJson } from '../values/read-json.js';
import { runThrough, type Steps } from '../values/steps.js';
import { migrateDocument } from './migrate-document.js';
import { GraphReader } from './read-graph.js';
import { InnerWorkflow, WorkflowDocument } from './workflow-document.js';

type Fields = Readonly<Record<string, unknown>>;

/** Characters of a text that are parsed at once. */
const longText = 200_000;

/** Values that are looked at without a pause. */
const stretch = 5_000;

/**
 * Reads a workflow document: JSON text or a value parsed elsewhere. Older versions are migrated. User-chosen names become
 * keys of null-prototype objects.
 *
 * Errors: `document_unreadable` (not JSON, or not of the schema; `details.issues` names the first places), `document_version`,
 * `forbidden_name`.
 *
 * @example parseDocument(await readFile('workflow.json', 'utf8'))
 */
export const parseDocument = (input: unknown): WorkflowDocument => runThrough(parseDocumentSteps(input));

/** Reads what was stored, however large it is: bounds are for what comes in. Errors: as `parseDocument`. */
export const parseStoredDocument = (text: string): WorkflowDocument => runThrough(parseDocumentSteps(text, true));

/** The same as `parseDocument` in pieces, for what is stored too. Errors: as `parseDocument`. */
export function* parseDocumentSteps(input: unknown, isStored = false): Steps<WorkflowDocument> {
  const value = typeof input === 'string' ? yield* parseText(input) : input;
  if (!isPlainObject(value)) {
    throw new HeddleError(
      'document_unreadable',
      'A workflow document is a JSON object with "heddle", "name", "nodes" and "edges".',
    );
  }
  yield* refuseForbiddenNames(value);
  return yield* readDocument(migrateDocument(value), new GraphReader(isStored));
}

function* parseText(text: string): Steps<unknown> {
  try {
    // Editors on Windows put a byte order mark in front, which is no JSON.
    const json = text.startsWith('\ufeff') ? text.slice(1) : text;
    return json.length > longText ? yield* readJson(json) : (JSON.parse(json) as unknown);
  } catch (cause) {
    throw new HeddleError(
      'document_unreadable',
      `The workflow document is not valid JSON: ${String(cause instanceof Error ? cause.message : cause)}`,
      { cause },
    );
  }
}

/** Errors: `document_unreadable`. */
function* readDocument(value: Fields, reader: GraphReader): Steps<WorkflowDocument> {
  reader.refuseUnknown(value, WorkflowDocument.shape, '');
  const graph = yield* reader.read(value, '');
  const workflows = isPlainObject(value['workflows']) ? yield* readInner(value['workflows'], reader) : undefined;
  const head = reader.check(
    WorkflowDocument,
    { ...headOf(value), ...(workflows === undefined ? {} : { workflows: {} }) },
    '',
  );
  reader.throwProblems();
  // Without a head there was a problem.
  return { ...(head as WorkflowDocument), ...graph, ...(workflows === undefined ? {} : { workflows }) };
}

function* readInner(given: Fields, reader: GraphReader): Steps<Record<string, InnerWorkflow>> {
  const workflows = Object.create(null) as Record<string, InnerWorkflow>; // a null-prototype object has no other type
  for (const name in given) {
    const value = given[name];
    const path = `workflows.${name}`;
    if (isPlainObject(value)) reader.refuseUnknown(value, InnerWorkflow.shape, path);
    const graph = isPlainObject(value) ? yield* reader.read(value, `${path}.`) : undefined;
    const head = reader.check(InnerWorkflow, isPlainObject(value) ? headOf(value) : value, path);
    if (head !== undefined) workflows[name] = { ...head, ...graph };
    yield* reader.pause();
  }
  return workflows;
}

/** A graph without what was read of it part by part; what is no list or object stays, so that its schema refuses it. */
function headOf(graph: Fields): Fields {
  const { nodes, edges, layout, ...rest } = graph;
  const placeOf = isPlainObject(layout) ? layout : undefined;
  return {
    ...rest,
    ...(nodes === undefined ? {} : { nodes: isPlainObject(nodes) ? {} : nodes }),
    ...(edges === undefined ? {} : { edges: Array.isArray(edges) ? [] : edges }),
    ...(layout === undefined ? {} : { layout: placeOf === undefined ? layout : layoutHeadOf(placeOf) }),
  };
}

function layoutHeadOf(layout: Fields): Fields {
  const { nodes, notes, groups, ...rest } = layout;
  return {
    ...rest,
    ...(nodes === undefined || isPlainObject(nodes) ? {} : { nodes }),
    ...(notes === undefined || Array.isArray(notes) ? {} : { notes }),
    ...(groups === undefined || Array.isArray(groups) ? {} : { groups }),
  };
}

/** A value that is still to be looked at, and where it stands. */
interface Open {
  readonly value: object;
  readonly name: string;
  readonly above: Open | undefined;
}

/** Walks without recursion, so that a deep document cannot exhaust the stack. */
function* refuseForbiddenNames(root: object): Steps<void> {
  const open: Open[] = [{ value: root, name: '', above: undefined }];
  let count = 0;
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    const isList = Array.isArray(item.value);
    for (const name in item.value) {
      if (!isList && forbiddenNames.has(name)) {
        const place = placeOf({ value: item.value, name, above: item });
        throw new HeddleError('forbidden_name', `The name '${name}' at ${place} is not allowed: choose another one.`, {
          details: { name, place },
        });
      }
      const value: unknown = Reflect.get(item.value, name);
      if (typeof value === 'object' && value !== null) open.push({ value, name, above: item });
      count += 1;
      if (count % stretch === 0) yield;
    }
  }
}

function placeOf(item: Open): string {
  const names: string[] = [];
  for (let at: Open | undefined = item; at?.above !== undefined; at = at.above) names.unshift(at.name);
  return names.join('.');
}
