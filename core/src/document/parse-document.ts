import type { z } from 'zod';
import { HeddleError } from '../errors/heddle-error.js';
import { forbiddenNames, isPlainObject } from '../values/json.js';
import { migrateDocument } from './migrate-document.js';
import { WorkflowDocument, type InnerWorkflow } from './workflow-document.js';

/**
 * Reads a workflow document: JSON text or a value parsed elsewhere. Older versions are migrated. User-chosen names become
 * keys of null-prototype objects.
 *
 * Errors: `document_unreadable` (not JSON, or not of the schema; `details.issues` names each place), `document_version`,
 * `forbidden_name`.
 *
 * @example parseDocument(await readFile('workflow.json', 'utf8'))
 */
export function parseDocument(input: unknown): WorkflowDocument {
  const value = typeof input === 'string' ? parseJson(input) : input;
  if (!isPlainObject(value)) {
    throw new HeddleError(
      'document_unreadable',
      'A workflow document is a JSON object with "heddle", "name", "nodes" and "edges".',
    );
  }
  refuseForbiddenNames(value);
  const parsed = WorkflowDocument.safeParse(migrateDocument(value));
  if (!parsed.success) throw unreadable(parsed.error);
  return withSafeNames(parsed.data);
}

function parseJson(text: string): unknown {
  try {
    // Editors on Windows put a byte order mark in front, which is no JSON.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new HeddleError(
      'document_unreadable',
      `The workflow document is not valid JSON: ${String(cause instanceof Error ? cause.message : cause)}`,
      { cause },
    );
  }
}

/** Walks without recursion, so that a deep document cannot exhaust the stack. */
function refuseForbiddenNames(root: object): void {
  const open: { readonly value: object; readonly place: string }[] = [{ value: root, place: '' }];
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    for (const [key, value] of Object.entries<unknown>({ ...item.value })) {
      const place = item.place === '' ? key : `${item.place}.${key}`;
      if (!Array.isArray(item.value) && forbiddenNames.has(key)) {
        throw new HeddleError('forbidden_name', `The name '${key}' at ${place} is not allowed: choose another one.`, {
          details: { name: key, place },
        });
      }
      if (typeof value === 'object' && value !== null) open.push({ value, place });
    }
  }
}

function unreadable(error: z.ZodError): HeddleError {
  const issues = error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message }));
  const first = issues[0];
  const place = first === undefined || first.field === '' ? 'at the top' : `at ${first.field}`;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  return new HeddleError(
    'document_unreadable',
    `The workflow document does not have the right form ${place}: ${first?.message ?? 'unknown'}${more}.`,
    { details: { issues } },
  );
}

function withSafeNames(document: WorkflowDocument): WorkflowDocument {
  const inner = document.workflows;
  return {
    ...document,
    nodes: safe(document.nodes),
    ...(document.layout === undefined ? {} : { layout: { ...document.layout, nodes: safe(document.layout.nodes) } }),
    ...(inner === undefined
      ? {}
      : {
          workflows: safe(
            Object.fromEntries(
              Object.entries(inner).map(([name, workflow]): [string, InnerWorkflow] => [
                name,
                { ...workflow, nodes: safe(workflow.nodes) },
              ]),
            ),
          ),
        }),
  };
}

function safe<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  const copy: Record<string, T> = Object.create(null) as Record<string, T>; // a null-prototype object has no other type
  return Object.assign(copy, record);
}
