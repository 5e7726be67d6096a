import { isPlainObject } from '@heddle/core';
import { ToolEntry } from './tool-field.js';

const named = (text: string): string => text.replace(/[^A-Za-z0-9_-]/g, '_');

/** What a model calls a workflow that nobody named anew. */
export const workflowToolName = (workflow: string): string => named(workflow.replace(/^#/, ''));

/** What a model calls the search in a collection that nobody named anew. */
export const searchToolName = (collection: string): string => `search_${named(collection)}`.slice(0, 64);

/**
 * What models call the tools that the agents of a workflow document have, those of servers left out.
 *
 * @example toolNamesIn(document) // ['calculator', 'search_handbook']
 */
export function toolNamesIn(document: unknown): readonly string[] {
  if (Array.isArray(document)) return document.flatMap(toolNamesIn);
  if (!isPlainObject(document)) return [];
  return Object.entries(document).flatMap(([key, value]) => [
    ...(key === 'tools' && Array.isArray(value) ? value.flatMap(nameOf) : []),
    ...toolNamesIn(value),
  ]);
}

function nameOf(value: unknown): readonly string[] {
  const { data: entry } = ToolEntry.safeParse(value);
  if (entry === undefined || entry.use === 'mcp') return [];
  if (entry.name !== '') return [entry.name];
  if (entry.use === 'workflow') return [workflowToolName(entry.workflow)];
  return [entry.use === 'search' ? searchToolName(entry.collection) : entry.use];
}
