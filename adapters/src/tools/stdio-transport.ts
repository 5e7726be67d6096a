import { spawn, type ChildProcess } from 'node:child_process';
import { HeddleError } from '@heddle/core';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { allowedEnvironment } from '../child/allowed-environment.js';
import { lostReply } from './lost-reply.js';
import { MessageLines } from './message-lines.js';

interface StdioOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string | undefined;
  /** Added to the few variables that child processes inherit. */
  readonly environment: Readonly<Record<string, string>>;
  /** Most bytes in one message. */
  readonly maxBytes: number;
}

const keptErrorOutput = 4_096;
const graceMs = 1_000;

/**
 * Speaks to a command over its standard input and output. The command runs in its own process group with its own environment. Closing ends
 * the whole group, with all processes that the command started.
 */
export class StdioTransport implements Transport {
  // The protocol sets these; it distinguishes an absent property from `undefined`.
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: <T extends JSONRPCMessage>(message: T) => void;
  private child: ChildProcess | undefined;
  private gone: Promise<void> = Promise.resolve();
  private text = '';

  constructor(private readonly options: StdioOptions) {}

  /** The end of what the command wrote to its standard error. */
  get errorOutput(): string {
    return this.text;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  async start(): Promise<void> {
    const { command, args, folder, environment } = this.options;
    const child = spawn(command, [...args], {
      env: allowedEnvironment(environment),
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
      cwd: folder,
    });
    this.child = child;
    const lines = new MessageLines(
      this.options.maxBytes,
      (line) => this.read(line),
      ({ id }) => (id === undefined ? this.fail('a message is too large') : this.onmessage?.(lostReply(id, 'large'))),
    );
    child.stdout.on('data', (chunk: Buffer) => lines.push(chunk));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.text = (this.text + text).slice(-keptErrorOutput);
    });
    for (const stream of [child.stdin, child.stdout, child.stderr])
      stream.on('error', (error: Error) => this.onerror?.(error));
    this.gone = new Promise((resolve) => {
      child.once('close', () => {
        resolve();
        this.onclose?.();
      });
      child.once('error', () => (child.pid === undefined ? resolve() : undefined));
    });
    // Processes that the command started may outlive it, so its group is ended too.
    child.once('exit', () => endGroup(child, 'SIGKILL'));
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) =>
        reject(
          new HeddleError('mcp_unreachable', `The command '${command}' cannot be started: ${error.message}.`, {
            cause: error,
            retryable: false,
          }),
        ),
      );
    });
  }

  send(message: JSONRPCMessage): Promise<void> {
    const input = this.child?.stdin;
    return new Promise((resolve, reject) => {
      if (input?.writable !== true) {
        reject(new HeddleError('mcp_unreachable', 'The command of the tool server has ended.'));
        return;
      }
      input.write(`${JSON.stringify(message)}\n`, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Closes the command's input, so that it can end by itself; then asks it to end; then kills its group. */
  async close(): Promise<void> {
    const { child } = this;
    if (child?.pid === undefined) return;
    child.stdin?.end();
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (await this.isGoneWithin(graceMs)) return;
      endGroup(child, signal);
    }
    await this.gone;
  }

  private read(line: string): void {
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      // Some commands print other things to their standard output; these are ignored.
      return;
    }
    if (typeof message !== 'object' || message === null || !('jsonrpc' in message)) return;
    // The protocol checks the form of the message.
    this.onmessage?.(message as JSONRPCMessage);
  }

  private fail(why: string): void {
    this.onerror?.(new Error(why));
    if (this.child !== undefined) endGroup(this.child, 'SIGKILL');
  }

  private isGoneWithin(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ms);
      void this.gone.then(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }
}

function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}
