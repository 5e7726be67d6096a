import { HeddleError } from '../errors/heddle-error.js';
import { forbiddenNames, isPlainObject } from '../values/json/json.js';
import { readJson } from '../values/json/read-json.js';
import { runThrough, type Steps } from '../values/steps.js';
import { withoutUndefined } from '../values/without-undefined.js';
import { migrateDocument } from './migrate-document.js';
import { GraphReader } from './read-graph.js';
import { InnerWorkflow, WorkflowDocument } from './workflow-document.js';

type Fields = Readonly<Record<string, unknown>>;

/** Maximum characters of a text that is parsed in one step. */
const longText = 200_000;

/** Values to check between two pauses. */
const stretch = 5_000;

/**
 * Reads a workflow document: JSON text or a parsed value. Older versions are migrated. Names that a user chooses become
 * keys of null-prototype objects.
 *
 * Errors: `document_unreadable` (invalid JSON, or not a workflow document; `details.issues` lists the first issues), `document_version`,
 * `forbidden_name`.
 *
 * @example parseDocument(await readFile('workflow.json', 'utf8'))
 */
export const parseDocument = (input: unknown): WorkflowDocument => runThrough(parseDocumentSteps(input));

/** Reads a stored document of any size; size limits apply only to documents from outside. Errors: see `parseDocument`. */
export const parseStoredDocument = (text: string): WorkflowDocument => runThrough(parseDocumentSteps(text, true));

/** `parseDocument` in steps, also for stored documents. Errors: see `parseDocument`. */
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
    // Editors on Windows add a byte order mark at the start, which is not valid JSON.
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
  const given = headOf(value);
  const head = reader.check(WorkflowDocument, workflows === undefined ? given : { ...given, workflows: {} }, '');
  reader.throwProblems();
  // Without issues, the head is defined.
  return withoutUndefined({ ...(head as WorkflowDocument), ...graph, workflows });
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

/** A graph without its lists and objects, which were read separately. A field with a wrong type stays, so that its schema refuses it. */
function headOf(graph: Fields): Fields {
  const { nodes, edges, layout, ...rest } = graph;
  return withoutUndefined({
    ...rest,
    nodes: isPlainObject(nodes) ? {} : nodes,
    edges: Array.isArray(edges) ? [] : edges,
    layout: isPlainObject(layout) ? layoutHeadOf(layout) : layout,
  });
}

function layoutHeadOf(layout: Fields): Fields {
  const { nodes, notes, groups, ...rest } = layout;
  return withoutUndefined({
    ...rest,
    nodes: isPlainObject(nodes) ? undefined : nodes,
    notes: Array.isArray(notes) ? undefined : notes,
    groups: Array.isArray(groups) ? undefined : groups,
  });
}

/** A value to check, and its location. */
interface Open {
  readonly value: object;
  readonly name: string;
  readonly above: Open | undefined;
}

/** Not recursive, so that a deep document cannot overflow the stack. */
function* refuseForbiddenNames(root: object): Steps<void> {
  const open: Open[] = [{ value: root, name: '', above: undefined }];
  let count = 0;
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    const isList = Array.isArray(item.value);
    for (const name in item.value) {
      if (!isList && forbiddenNames.has(name)) {
        const location = locationOf({ value: item.value, name, above: item });
        throw new HeddleError(
          'forbidden_name',
          `The name '${name}' at ${location} is not allowed: choose another one.`,
          {
            details: { name, place: location },
          },
        );
      }
      const value: unknown = Reflect.get(item.value, name);
      if (typeof value === 'object' && value !== null) open.push({ value, name, above: item });
      count += 1;
      if (count % stretch === 0) yield;
    }
  }
}

function locationOf(item: Open): string {
  const names: string[] = [];
  for (let at: Open | undefined = item; at?.above !== undefined; at = at.above) names.unshift(at.name);
  return names.join('.');
}
