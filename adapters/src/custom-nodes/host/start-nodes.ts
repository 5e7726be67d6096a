import { spawn } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import { HeddleError } from '@heddle/core';
import { watchExit, watchMemory, type ChildExit, type Ending } from '../../child/spawn-child.js';
import type { ToNodes } from '../wire/messages.js';
import { openPipeFrames } from './pipe-frames.js';

/** How the process of a package is started. Plain data, because a worker thread starts one too. */
export interface NodesCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** The process is ended when its resident memory exceeds this. */
  readonly memoryMb: number;
}

export interface NodesProcess {
  readonly pid: number | undefined;
  send(message: ToNodes): void;
  stop(): Promise<void>;
  readonly exited: Promise<ChildExit>;
  /** Sets whether the process keeps this one alive. */
  hold(isHeld: boolean): void;
}

interface StartNodesOptions {
  /** `bytes`: the size of the message. */
  readonly onMessage: (message: unknown, bytes: number) => void;
  /** Called once, after the process ended. `broken`: how it violated the protocol, if that is why it was ended. */
  readonly onExit: (exit: ChildExit, broken: string | undefined) => void;
}

/** Starts the process of a package without an environment, input or output; it has one plain pipe in each direction. */
export function startNodes(
  { command, args, folder, memoryMb }: NodesCommand,
  options: StartNodesOptions,
): NodesProcess {
  const child = spawn(command, args, {
    cwd: folder,
    env: {},
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const ending: Ending = { reason: undefined };
  let broken: string | undefined;
  const [, , , outgoing, incoming] = child.stdio;
  if (!(incoming instanceof Readable) || !(outgoing instanceof Writable))
    throw new HeddleError('internal', 'The process of custom nodes has no pipes.');
  const frames = openPipeFrames(incoming, outgoing, {
    message: options.onMessage,
    broken: (reason) => {
      broken = reason;
      child.kill('SIGKILL');
    },
  });
  const exited = watchExit(child, ending);
  void exited.then((exit) => {
    frames.close();
    options.onExit(exit, broken);
  });
  watchMemory(child, memoryMb, ending);
  const hold = (isHeld: boolean): void => {
    for (const each of [child, incoming, outgoing, child.stderr]) {
      // Pipes of children are sockets, which have `ref` and `unref` like the child.
      const held = each as { ref?(): void; unref?(): void } | null;
      if (isHeld) held?.ref?.();
      else held?.unref?.();
    }
  };
  return {
    pid: child.pid,
    send: (message) => frames.send(message),
    async stop() {
      ending.reason ??= 'stopped';
      // The server keeps running until the process has ended.
      hold(true);
      child.kill('SIGKILL');
      await exited;
    },
    exited,
    hold,
  };
}

/** The error for what ran in a process that ended. */
export function lostError(name: string, { reason, errorOutput }: ChildExit, broken: string | undefined): HeddleError {
  const why =
    broken ?? (reason === 'memory' ? 'it used too much memory' : reason === 'stopped' ? 'it was ended' : 'it crashed');
  const said = errorOutput.trim().slice(-500);
  return new HeddleError(
    'custom_node_crashed',
    `The process of the custom nodes of '${name}' ended: ${why}. It is started again.${said === '' ? '' : ` It wrote: ${said}`}`,
    { details: { package: name, reason } },
  );
}
