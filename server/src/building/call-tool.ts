import { HeddleError, toHeddleError } from '@heddle/core';
import type { Builder } from './builder.js';
import type { BuildServices, OfferedTool } from './build-tools.js';

/** Calls a tool by its name. Errors: `tool_unknown`, `bad_request`, and those of the tool. */
export async function callTool(
  tools: readonly OfferedTool[],
  name: string,
  args: unknown,
  services: BuildServices,
  builder: Builder,
): Promise<unknown> {
  const found = tools.find((each) => each.name === name);
  if (found === undefined)
    throw new HeddleError(
      'tool_unknown',
      `There is no tool '${name.slice(0, 100)}'. The tools are: ${tools.map((each) => each.name).join(', ')}.`,
    );
  return found.call(services, builder, args);
}

/** A failure as text for a model: what is wrong, where, and what to do. The details of unexpected errors are not shown. */
export function failureText(thrown: unknown): string {
  const { code, message, details } = toHeddleError(thrown);
  if (code === 'internal') return 'internal: An internal error occurred.';
  const issues = details?.['issues'];
  return `${code}: ${message}${Array.isArray(issues) ? `\n${JSON.stringify(issues.slice(0, 20))}` : ''}`;
}
