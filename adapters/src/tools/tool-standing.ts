import { RawTool, ToolEffect, type RegisteredTool, type ToolStanding } from '@heddle/core';
import { z } from 'zod';
import { problemOfDefinition, proposeEffects } from './tool-definition.js';
import { problemOfName, toolName } from './tool-names.js';

export interface ToolRow {
  readonly server: string;
  readonly tool: string;
  readonly hash: string;
  readonly definition: string;
  readonly is_offered: number;
  readonly approved_hash: string | null;
  readonly approved_definition: string | null;
  readonly approved_by: string | null;
  readonly approved_at: number | null;
  readonly effects: string | null;
  readonly is_disabled: number;
}

const Effects = z.array(ToolEffect);

/** The state of every tool, judged against all others. */
export function standingOf(rows: readonly ToolRow[], servers: readonly string[]): readonly RegisteredTool[] {
  const named = rows.map((row) => ({
    server: row.server,
    tool: row.tool,
    isApproved: row.approved_hash === row.hash && row.is_disabled === 0,
  }));
  return rows.map((row, index): RegisteredTool => {
    const definition = RawTool.parse(JSON.parse(row.definition));
    const self = named[index] ?? { server: row.server, tool: row.tool, isApproved: false };
    // An approved tool keeps its name: a later imitation must not take it away.
    const reason = self.isApproved
      ? undefined
      : (problemOfName(self, named, servers) ?? problemOfDefinition(definition));
    const proposed = [...proposeEffects(definition)];
    return {
      server: row.server,
      name: toolName(row.server, row.tool),
      tool: row.tool,
      standing: standing(row, reason),
      reason,
      effects: row.effects === null ? proposed : Effects.parse(JSON.parse(row.effects)),
      proposed,
      hash: row.hash,
      definition,
      ...(row.approved_hash === null || row.approved_definition === null
        ? {}
        : {
            approved: {
              hash: row.approved_hash,
              definition: RawTool.parse(JSON.parse(row.approved_definition)),
              by: row.approved_by ?? '',
              at: row.approved_at ?? 0,
            },
          }),
    };
  });
}

function standing(row: ToolRow, reason: string | undefined): ToolStanding {
  if (row.is_offered === 0) return 'gone';
  if (reason !== undefined) return 'refused';
  if (row.approved_hash === null) return row.is_disabled === 1 ? 'disabled' : 'new';
  if (row.approved_hash !== row.hash) return 'changed';
  return row.is_disabled === 1 ? 'disabled' : 'approved';
}
