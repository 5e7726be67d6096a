import type { Clock } from '@heddle/core';
import type { CallerRights } from '../../auth/rights/caller-rights.js';
import type { Ownership } from '../../auth/rights/ownership.js';
import type { RunHub } from '../../live/run-hub.js';
import type { RunService } from '../../runs/run.service.js';
import type { ChannelCallers } from '../channel-callers.js';
import type { Published } from '../published.js';
import type { Library } from './library/library.js';

/** The parts that an MCP server reads from and starts runs with. */
export interface McpSources {
  readonly published: Published;
  readonly callers: ChannelCallers;
  readonly rights: CallerRights;
  readonly runs: RunService;
  readonly hub: RunHub;
  readonly ownership: Ownership;
  readonly clock: Clock;
  readonly library: Library;
  /** The address of this server; empty if it is not known. */
  readonly publicUrl: string;
}
