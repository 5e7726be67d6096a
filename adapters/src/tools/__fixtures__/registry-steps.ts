import { ToolServer, type RawTool, type RegisteredTool, type Tables, type ToolEffect } from '@heddle/core';
import type { z } from 'zod';
import { ToolRegistry, type SeenChange } from '../tool-registry.js';

/** Changes of a registry, each one commit without an event. */
export interface RegistrySteps {
  readonly registry: ToolRegistry;
  register(server: z.input<typeof ToolServer>): Promise<void>;
  remove(id: string): Promise<void>;
  see(server: string, seen: readonly RawTool[]): Promise<void>;
  /** By default, what was seen last. */
  approve(name: string, hash?: string, effects?: readonly ToolEffect[]): Promise<void>;
  disable(name: string): Promise<void>;
  forgetApprovals(server: string): Promise<void>;
  tool(name: string): Promise<RegisteredTool>;
  tools(server?: string): Promise<readonly RegisteredTool[]>;
  changes(server: string, seen: readonly RawTool[]): Promise<readonly SeenChange[]>;
}

export function registrySteps(tables: Tables, clock: { readonly now: () => number } = { now: () => 1 }): RegistrySteps {
  const registry = new ToolRegistry(tables, clock);
  const change = (make: Parameters<ToolRegistry['change']>[0]) =>
    registry.change(make, (writes) => tables.commit(writes));
  return {
    registry,
    register: (server) => change((_view, write) => write.save(ToolServer.parse(server))),
    remove: (id) => change((view, write) => write.remove(view.server(id))),
    see: (server, seen) => change((_view, write) => write.see(server, seen)),
    approve: (name, hash, effects = ['read']) =>
      change((view, write) => {
        const tool = view.tool(name);
        return write.approve(tool, { hash: hash ?? tool.hash, by: 'ada', effects });
      }),
    disable: (name) => change((view, write) => write.disable(view.tool(name))),
    forgetApprovals: (server) => change((_view, write) => write.forgetApprovals(server)),
    tool: async (name) => (await registry.view()).tool(name),
    tools: async (server) => (await registry.view()).tools(server),
    changes: async (server, seen) => (await registry.view()).changes(server, seen),
  };
}
