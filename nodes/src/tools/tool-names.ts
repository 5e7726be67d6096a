import { isPlainObject } from '@heddle/core';
import { ToolEntry } from './tool-field.js';

const named = (text: string): string => text.replace(/[^A-Za-z0-9_-]/g, '_');

/** The default tool name of a workflow. */
export const workflowToolName = (workflow: string): string => named(workflow.replace(/^#/, ''));

/** The default tool name of the search in a collection. */
export const searchToolName = (collection: string): string => `search_${named(collection)}`.slice(0, 64);

/**
 * The names of the tools of all agents in a workflow document, except tools of tool servers.
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
